/** `ocsge evaluate`: a prediction, or a model on imagery, against the truth; a sample to label; labelled points read back. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { glob } from 'tinyglobby';
import { readClassTable } from '../annotations/class-table.ts';
import { type AnnotationsOptions, openAnnotations, openTruth } from '../annotations/open-truth.ts';
import type { ClassesArtefact, Manifest, PolygonsArtefact, StageContext } from '../artefacts.ts';
import { loadModel } from '../classes/load-model.ts';
import { BadInput } from '../errors.ts';
import {
  type EvaluateOptions,
  type EvaluateResult,
  evaluate,
  evaluatePoints,
  sampleMap,
} from '../evaluate/evaluate.ts';
import type { ScoredClass } from '../evaluate/labels.ts';
import { openClasses, openCouverture, openRasters, type Prediction } from '../evaluate/prediction.ts';
import type { RasterSources } from '../rasters/bands.ts';
import { modelPath } from '../shipped-model.ts';
import type { CommandEnv } from './environment.ts';
import { classifyFor, openPhoto, type SourcePaths, sourcesOf } from './evaluate-imagery.ts';
import { number, whole } from './option-numbers.ts';

export interface EvaluateCommandOptions extends SourcePaths {
  prediction?: string[];
  classes?: string;
  confidence?: string[];
  model?: string;
  truth?: string[];
  truthClasses?: string;
  truthLayer?: string;
  points?: string;
  out: string;
  sample?: string;
  seed: string;
  block: string;
  tolerance: string;
  ignore?: string;
  title?: string;
}

/** Does what the options ask and prints the figure, with the files written. Throws `BadInput` where they do not go together. */
export async function evaluateFromOptions(given: EvaluateCommandOptions, env: CommandEnv): Promise<void> {
  const ctx: StageContext = { report: env.report, signal: env.signal, threads: env.config.threads };
  const options = readOptions(given);
  if (given.points !== undefined) {
    if (given.prediction || given.truth) {
      throw new BadInput('--points holds the labels and the strata: --prediction and --truth are not wanted with it');
    }
    const { report, files } = await evaluatePoints(given.points, given.out);
    const { value, error } = report.sample.estimates.accuracy;
    env.print(
      `${percent(value)} of the ground right, ± ${(196 * error).toFixed(1)} points (95 %): ${files.join(', ')}`,
    );
    return;
  }
  const annotations: AnnotationsOptions = {
    classes: given.truthClasses === undefined ? undefined : await readClassTable(given.truthClasses),
    layer: given.truthLayer,
    onFault: env.report.warn,
  };
  const sources = sourcesOf(given);
  const prediction = await openPrediction(given, sources, annotations, ctx);
  try {
    if (given.truth === undefined) await drawSample(prediction, given, options, env, ctx);
    else env.print(summary(await score(prediction, given.truth, annotations, sources, given.out, options, ctx)));
  } finally {
    await prediction.close();
  }
}

async function score(
  prediction: Prediction,
  truthPaths: string[],
  annotations: AnnotationsOptions,
  sources: RasterSources,
  outDir: string,
  options: EvaluateOptions,
  ctx: StageContext,
): Promise<EvaluateResult> {
  const truth = await openTruth(truthPaths, { ...annotations, grid: prediction.grid, by: 'name' });
  const photo = await openPhoto(sources, prediction.grid);
  try {
    return await evaluate(prediction, truth, outDir, { ...options, photo: photo?.read }, ctx);
  } finally {
    await photo?.close();
    await truth.close();
  }
}

async function drawSample(
  prediction: Prediction,
  given: EvaluateCommandOptions,
  options: EvaluateOptions,
  env: CommandEnv,
  ctx: StageContext,
): Promise<void> {
  const { samplePoints } = options;
  if (samplePoints === undefined) {
    throw new BadInput('nothing to score against: --truth, or --sample N to draw points a person labels, wanted');
  }
  const { points, files } = await sampleMap(prediction, given.out, { ...options, samplePoints }, ctx);
  env.print(
    `${points} points drawn: ${files.join(', ')}\nFill in "verite", then: ocsge evaluate --points ${files[0]} --out ${given.out}`,
  );
}

/** The prediction the options name: what a stage left, class rasters, or a model's answer on imagery, made now. */
async function openPrediction(
  given: EvaluateCommandOptions,
  sources: RasterSources,
  annotations: AnnotationsOptions,
  ctx: StageContext,
): Promise<Prediction> {
  if (given.prediction === undefined) {
    if (given.model === undefined || Object.keys(sources).length === 0 || given.truth === undefined) {
      throw new BadInput(
        'nothing to score: --prediction; or --model, imagery (--pva, --irc, --mns, --mnt, --rgbie) and --truth; or --points wanted',
      );
    }
    const { srid, annotated, close } = await openAnnotations(given.truth, annotations);
    await close();
    return openClasses(await classifyFor(sources, given.model, { srid, annotated }, join(given.out, 'classes'), ctx));
  }
  const manifestPath = given.prediction.length === 1 ? await findManifest(given.prediction[0]!) : undefined;
  if (manifestPath !== undefined) return openManifest(manifestPath);
  const classes = await rasterClasses(given);
  return openRasters(await rasterFiles(given.prediction), classes, await rasterFiles(given.confidence ?? []));
}

const MANIFESTS = ['classes.manifest.json', 'polygons.manifest.json'];

/** The manifest a path is or holds: of a stage's folder, or of a run's (the classes stage first). */
async function findManifest(path: string): Promise<string | undefined> {
  if (MANIFESTS.includes(basename(path))) return path;
  if (basename(path) === 'couverture.tif') {
    const beside = join(dirname(path), 'polygons.manifest.json');
    return existsSync(beside) ? beside : undefined;
  }
  const places = MANIFESTS.flatMap((name) => [join(path, name), join(path, name.split('.')[0]!, name)]);
  return places.find((place) => existsSync(place));
}

async function openManifest(path: string): Promise<Prediction> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new BadInput(`${path}: the manifest cannot be read (${error.message})`);
  });
  try {
    const manifest = JSON.parse(text) as Manifest<ClassesArtefact> | Manifest<PolygonsArtefact>;
    return manifest.stage === 'classes'
      ? openClasses(manifest as Manifest<ClassesArtefact>)
      : openCouverture(manifest as Manifest<PolygonsArtefact>);
  } catch (error) {
    throw new BadInput(`${path}: no manifest of the classes or polygons stage (${(error as Error).message})`);
  }
}

/** What the values of class rasters mean: a table, or the model's own numbering. */
async function rasterClasses({ classes, model }: EvaluateCommandOptions): Promise<Map<number, ScoredClass>> {
  if (classes !== undefined) return new Map((await readClassTable(classes)).map(({ value, ...row }) => [value, row]));
  if (model === undefined) {
    throw new BadInput('class rasters need --classes (a table of their values) or --model (whose numbering they have)');
  }
  const loaded = await loadModel(modelPath(model));
  try {
    return new Map(loaded.classes.map(({ index, ...row }) => [index, row]));
  } finally {
    await loaded.close();
  }
}

/** Files as given; folders stand for their *.tif and *.tiff; patterns for what they match. */
async function rasterFiles(paths: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const kind = await stat(path).catch(() => undefined);
    const matched = kind?.isFile()
      ? [path]
      : kind
        ? await glob('*.{tif,tiff}', { cwd: path, absolute: true, expandDirectories: false, caseSensitiveMatch: false })
        : await glob(path, { expandDirectories: false });
    if (matched.length === 0) {
      throw new BadInput(
        `${path}: ${kind ? 'no *.tif in this folder' : 'no such file or folder'}; class rasters wanted`,
      );
    }
    found.push(...matched.sort());
  }
  return found;
}

function readOptions(given: EvaluateCommandOptions): EvaluateOptions {
  const { sample, ignore, title } = given;
  return {
    blockM: number(given.block, '--block', 1),
    toleranceM: number(given.tolerance, '--tolerance', 0),
    ignore: ignore === undefined ? [] : ignore.split(',').map((word) => word.trim()),
    seed: whole(given.seed, '--seed', 0),
    ...(sample === undefined ? {} : { samplePoints: whole(sample, '--sample', 2) }),
    ...(title === undefined ? {} : { title }),
  };
}

function summary({ report: { headline, levels, calibration, intervals, sample }, files }: EvaluateResult): string {
  const between = headline.interval
    ? `, ${percent(headline.interval[0])} to ${percent(headline.interval[1])} (95 %, ${intervals.blocks} blocks of ${intervals.blockM} m)`
    : ' (no interval: one block of ground)';
  const cs = levels.find(({ id }) => id === 'cs')!;
  return [
    `${percent(headline.accuracy)} of ${cs.scores.pixels} pixels right at CS level${between}`,
    `mean IoU ${headline.meanIou.toFixed(3)} over ${cs.labels.length} classes`,
    ...(calibration.cs ? [`calibration error ${calibration.cs.expectedError.toFixed(3)}`] : []),
    ...(sample
      ? [
          `from ${sample.points} points: ${percent(sample.estimates.accuracy.value)} ± ${(196 * sample.estimates.accuracy.error).toFixed(1)} points`,
        ]
      : []),
    files.join('\n'),
  ].join('\n');
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
