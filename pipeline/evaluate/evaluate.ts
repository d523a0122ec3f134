/** The evaluate stage: a prediction against the truth, as report.json and a page for people. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile, type InputFile, type StageContext, writeWhole } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import { type BboxLocal, type Grid, gridBbox } from '../grid.ts';
import { type Level, planLevels, type ScoredClass } from './labels.ts';
import { drawPage } from './page.ts';
import { drawPointsPage } from './page-sample.ts';
import { chooseBlocks, drawBlocks, drawWindows, type ReadPhoto } from './pictures.ts';
import { NONE, type Prediction } from './prediction.ts';
import { reportOf, type ScoreReport } from './report.ts';
import { drawPoints, estimateFromPoints, type SampleEstimates } from './sample.ts';
import { readSample, type SamplePoint, writeSample } from './sample-file.ts';
import { Sampler } from './sampler.ts';
import { scan, scanMap } from './scan.ts';
import { checkOverlap, type Truth } from './truth.ts';

export interface EvaluateOptions {
  /** Side of the blocks of ground that confidence intervals are made of. */
  blockM: number;
  /** How far from a boundary of the truth a pixel may be doubtful. */
  toleranceM: number;
  /** Names or codes of classes left out. */
  ignore: string[];
  /** Points of a stratified random sample to draw. */
  samplePoints?: number;
  seed: number;
  /** The photo, for the pictures. */
  photo?: ReadPhoto;
  /** What the report is of, in the user's words. */
  title?: string;
}

/** What was scored, against what. */
export interface Subject {
  title: string;
  generatedAt: string;
  /** Synthetic ground is never to be mixed with real: what the files say of themselves is repeated here. */
  prediction: { modelId: string | null; files: InputFile[]; madeFrom: InputFile[]; classes: ScoredClass[] };
  truth: { files: InputFile[]; classes: ScoredClass[] };
  grid: Grid;
  bbox: BboxLocal;
  options: { blockM: number; toleranceM: number; ignore: string[]; seed: number };
}

export type Report = { subject: Subject } & ScoreReport;

export interface EvaluateResult {
  report: Report;
  files: string[];
}

/**
 * Scores `prediction` against `truth` (on the prediction's grid) and writes `outDir/report.json`, `report.html` and, where a
 * sample is asked for, `sample.geojson` and `sample.csv` labelled by the truth. Throws `BadInput` where nothing overlaps, and
 * `Stopped` on `ctx.signal`.
 */
export async function evaluate(
  prediction: Prediction,
  truth: Truth,
  outDir: string,
  options: EvaluateOptions,
  ctx: StageContext,
): Promise<EvaluateResult> {
  const { grid } = prediction;
  checkOverlap(truth, grid);
  const levels = planLevels(truth.classes, prediction.classes, options.ignore);
  const cs = levels.find(({ id }) => id === 'cs')!;
  const askedPx = tolerancePx(options.toleranceM, grid.resolutionM);
  const tolerancesPx = [...new Set([1, 2, 3, askedPx])].sort((a, b) => a - b);
  const plan = {
    truth: truth.classes,
    found: prediction.classes,
    cs,
    byClass: levels.find(({ id }) => id === 'class'),
    reachPx: Math.max(...tolerancesPx) + 1,
  };
  const sampler = options.samplePoints ? new Sampler(cs.labels.length, options.samplePoints, options.seed) : undefined;
  const scanned = await scan(prediction, truth, { blockM: options.blockM, plan, sampler }, ctx);
  const scores = reportOf(scanned, {
    levels,
    plan,
    tolerancesPx,
    askedPx,
    resolutionM: grid.resolutionM,
    seed: options.seed,
  });
  if (!scores) throw nothingScored(prediction, truth, scanned.tally.unpredictedPx);
  const files: string[] = [];
  if (sampler) {
    const mapPx = scores.levels.find(({ id }) => id === 'cs')!.scores.classes.map(({ foundPx }) => foundPx);
    const points = drawPoints(sampler, cs.labels, mapPx, { total: options.samplePoints!, seed: options.seed, grid });
    const labelled = await labelPoints(points, truth, cs);
    files.push(...(await writeSample(join(outDir, 'sample'), labelled, grid.srid)));
    scores.sample = estimateFromPoints(labelled);
  }
  const pictures = {
    windows: await drawWindows(chooseBlocks(scanned.blocks, options.seed), {
      prediction,
      truth,
      level: cs,
      nearPx: askedPx,
      photo: options.photo,
    }),
    blocks: drawBlocks(scanned.blocks),
  };
  const report: Report = { subject: await describe(prediction, truth, options), ...scores };
  await mkdir(outDir, { recursive: true });
  await writeWhole(join(outDir, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  await writeWhole(join(outDir, 'report.html'), drawPage(report, pictures));
  return { report, files: [join(outDir, 'report.json'), join(outDir, 'report.html'), ...files] };
}

/** Draws a sample of a map nobody has annotated: `outDir/sample.geojson` and `.csv`, `verite` empty. Returns how many points. */
export async function sampleMap(
  prediction: Prediction,
  outDir: string,
  options: Pick<EvaluateOptions, 'ignore' | 'seed'> & { samplePoints: number },
  ctx: StageContext,
): Promise<{ points: number; files: string[] }> {
  const cs = planLevels([], prediction.classes, options.ignore).find(({ id }) => id === 'cs')!;
  const { labels, foundOf } = cs;
  const sampler = new Sampler(labels.length, options.samplePoints, options.seed);
  const classPx = await scanMap(prediction, cs, sampler, ctx);
  const mapPx = labels.map((_, label) =>
    foundOf.reduce((all, of, index) => all + (of === label ? classPx[index]! : 0), 0),
  );
  const draw = { total: options.samplePoints, seed: options.seed, grid: prediction.grid };
  const points = drawPoints(sampler, labels, mapPx, draw);
  if (points.length === 0)
    throw new BadInput(`${prediction.paths[0]}: nothing is predicted anywhere, no point can be drawn`);
  return { points: points.length, files: await writeSample(join(outDir, 'sample'), points, prediction.grid.srid) };
}

/** The tolerance asked for, in whole pixels. */
function tolerancePx(toleranceM: number, resolutionM: number): number {
  const asked = Math.max(Math.round(toleranceM / resolutionM), 1);
  if (asked > 100) {
    throw new BadInput(`--tolerance ${toleranceM}: ${asked} pixels of ${resolutionM} m; at most 100 wanted`);
  }
  return asked;
}

function nothingScored({ paths, grid }: Prediction, truth: Truth, unpredictedPx: number): BadInput {
  const annotations = truth.inputs.map(({ path }) => path).join(', ');
  const found =
    unpredictedPx > 0
      ? `${unpredictedPx} pixels are annotated, none of them has a prediction`
      : `no pixel of the prediction (${gridBbox(grid)}, EPSG:${grid.srid}) is annotated`;
  return new BadInput(
    `${annotations} against ${paths[0]}: ${found}; annotated ground that the prediction covers wanted`,
  );
}

/** The truth at each point, as its label at the couverture level. */
async function labelPoints(
  points: (SamplePoint & { xPx: number; yPx: number })[],
  truth: Truth,
  { labels, truthOf }: Level,
): Promise<SamplePoint[]> {
  const labelled: SamplePoint[] = [];
  for (const { xPx, yPx, ...point } of points) {
    const [value] = await truth.read({ xPx, yPx, widthPx: 1, heightPx: 1 });
    labelled.push({ ...point, verite: labels[truthOf[value! - 1] ?? NONE]?.key ?? '' });
  }
  return labelled;
}

async function describe(prediction: Prediction, truth: Truth, options: EvaluateOptions): Promise<Subject> {
  const files: InputFile[] = [];
  for (const path of prediction.paths) files.push(await hashFile(path));
  const { blockM, toleranceM, ignore, seed } = options;
  return {
    title: options.title ?? prediction.modelId ?? 'Carte',
    generatedAt: new Date().toISOString(),
    prediction: {
      modelId: prediction.modelId ?? null,
      files,
      madeFrom: prediction.madeFrom,
      classes: prediction.classes,
    },
    truth: { files: truth.inputs, classes: truth.classes },
    grid: prediction.grid,
    bbox: gridBbox(prediction.grid),
    options: { blockM, toleranceM, ignore, seed },
  };
}

/** Estimates of labelled points alone. */
export interface PointsReport {
  generatedAt: string;
  file: InputFile;
  sample: SampleEstimates;
}

/** Estimates from points a person labelled: `outDir/report.json` and `report.html`. Throws `BadInput`. */
export async function evaluatePoints(path: string, outDir: string): Promise<{ report: PointsReport; files: string[] }> {
  const sample = estimateFromPoints(await readSample(path));
  const report = { generatedAt: new Date().toISOString(), file: await hashFile(path), sample };
  const files = [join(outDir, 'report.json'), join(outDir, 'report.html')] as const;
  await writeWhole(files[0], `${JSON.stringify(report, null, 1)}\n`);
  await writeWhole(files[1], drawPointsPage(report));
  return { report, files: [...files] };
}
