/** The demonstration territory as files: the GeoTIFFs and reference vectors the chain takes from anyone, and their truth. */
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { freshManifest, manifestKey, type StageContext, writeManifest, writeWhole } from '../artefacts.ts';
import { BadInput, Stopped } from '../errors.ts';
import { createGeoTiff, type GeoTiffWriter } from '../geotiff/write-geotiff.ts';
import { openThread } from '../threads.ts';
import { SCENE_CLASSES } from './classes.ts';
import { type LandscapeOptions, planLandscape } from './landscape.ts';
import { isPatternName, PATTERNS } from './patterns.ts';
import type { ReferenceLayer } from './plan.ts';
import { changesLayer, REFERENCE_LAYERS, referenceLayer, SCENE_DEPARTEMENT, territories } from './references.ts';
import { type DateIndex, dateBit } from './scene.ts';
import { type Raster, rasterOptions, type Strip, type StripJob, stripJobs } from './strips.ts';

/** The two dates a scene is seen at. */
export const SCENE_YEARS = [2019, 2022] as const;
export type SceneYear = (typeof SCENE_YEARS)[number];

/** The demonstration's landscape; the shipped model was trained on other seeds. */
export const DEMO_SCENE: LandscapeOptions = { seed: 999, widthM: 1400, heightM: 1100 };

export interface SceneOptions extends Partial<LandscapeOptions> {
  date: SceneYear;
  outDir: string;
}

/** Paths of a rendered scene; all absolute or relative as `outDir` is. */
export interface SceneFiles {
  departement: string;
  /** GeoTIFFs of the date: R, G, B; NIR, R, G; surface and terrain heights in metres. */
  pva: string;
  irc: string;
  mns: string;
  mnt: string;
  /** Folder of `<layer>.geojson` in Lambert-93, and its files. */
  referencesDir: string;
  references: Record<ReferenceLayer, string>;
  territoires: string;
  /** True class of every pixel of the date (uint8, index of SCENE_CLASSES), its legend, and where the dates differ. */
  truth: string;
  truthLegend: string;
  truthChanges: string;
}

const RASTERS: Raster[] = ['pva', 'irc', 'truth', 'mns', 'mnt'];

/**
 * Renders a scene at a date into `outDir`. The same options give the same bytes whatever the threads. A scene already whole
 * there is left as it is.
 *
 * @throws BadInput for a date other than SCENE_YEARS, an unknown pattern, or sides that are not multiples of the pixel.
 */
export async function renderScene(options: SceneOptions, ctx: StageContext): Promise<SceneFiles> {
  const landscape = landscapeOf(options);
  const date = SCENE_YEARS.indexOf(options.date) as DateIndex;
  const files = sceneFiles(options.outDir, options.date);
  const manifestPath = join(options.outDir, `scene-${options.date}.manifest.json`);
  const parameters = { ...landscape, date: options.date, references: REFERENCE_LAYERS };
  const key = manifestKey('scenes', [], parameters);
  if (await freshManifest<SceneFiles>(manifestPath, key)) return files;
  await writeVectors(landscape, date, files);
  await writeRasters(landscape, date, files, ctx);
  const written = [...RASTERS.map((raster) => files[raster]), ...Object.values(files.references)];
  const shared = [files.territoires, files.truthLegend, files.truthChanges];
  await writeManifest(manifestPath, {
    stage: 'scenes',
    key,
    inputs: [],
    parameters,
    output: files,
    files: [...written, ...shared],
  });
  return files;
}

function landscapeOf({ date, seed, widthM, heightM, pattern }: SceneOptions): LandscapeOptions {
  if (!SCENE_YEARS.includes(date)) throw new BadInput(`date ${date}: a scene is seen in ${SCENE_YEARS.join(' or ')}`);
  const landscape = {
    seed: seed ?? DEMO_SCENE.seed,
    widthM: widthM ?? DEMO_SCENE.widthM,
    heightM: heightM ?? DEMO_SCENE.heightM,
  };
  for (const [name, value] of Object.entries(landscape)) {
    if (!Number.isInteger(value)) throw new BadInput(`${name} is ${value}: wanted a whole number`);
  }
  if (landscape.widthM < 200 || landscape.heightM < 200) {
    throw new BadInput(`a scene of ${landscape.widthM} × ${landscape.heightM} m: wanted 200 m a side at least`);
  }
  if (pattern === undefined) return landscape;
  if (!isPatternName(pattern)) {
    throw new BadInput(`pattern ${pattern}: wanted one of ${Object.keys(PATTERNS).join(', ')}`);
  }
  return { ...landscape, pattern };
}

/** Names of a scene's files. */
export function sceneFiles(outDir: string, date: SceneYear): SceneFiles {
  const referencesDir = join(outDir, `references-${date}`);
  const references = REFERENCE_LAYERS.map((layer) => [layer, join(referencesDir, `${layer}.geojson`)]);
  return {
    departement: SCENE_DEPARTEMENT,
    pva: join(outDir, `pva-${date}.tif`),
    irc: join(outDir, `irc-${date}.tif`),
    mns: join(outDir, `mns-${date}.tif`),
    mnt: join(outDir, `mnt-${date}.tif`),
    referencesDir,
    references: Object.fromEntries(references) as Record<ReferenceLayer, string>,
    territoires: join(outDir, 'territoires.geojson'),
    truth: join(outDir, `truth-couverture-${date}.tif`),
    truthLegend: join(outDir, 'truth-couverture.json'),
    truthChanges: join(outDir, 'truth-changements.geojson'),
  };
}

async function writeVectors(landscape: LandscapeOptions, date: DateIndex, files: SceneFiles): Promise<void> {
  const plan = planLandscape(landscape);
  for (const layer of REFERENCE_LAYERS) {
    await writeWhole(files.references[layer], referenceLayer(plan, landscape, layer, dateBit(date)));
  }
  await writeWhole(files.territoires, territories(landscape));
  await writeWhole(files.truthLegend, `${JSON.stringify({ classes: SCENE_CLASSES }, null, 1)}\n`);
  await writeWhole(files.truthChanges, changesLayer(plan));
}

async function writeRasters(landscape: LandscapeOptions, date: DateIndex, files: SceneFiles, ctx: StageContext) {
  const jobs = stripJobs(landscape, date);
  const step = ctx.report.step(`paysage ${SCENE_YEARS[date]}`, jobs.length, 'bandes');
  const writers = new Map<Raster, GeoTiffWriter>();
  try {
    for (const raster of RASTERS)
      writers.set(raster, await createGeoTiff(files[raster], rasterOptions(landscape, raster)));
    await inThreads(landscape, jobs, ctx, async (strip) => {
      for (const [raster, tiles] of Object.entries(strip)) {
        for (const tile of tiles) await writers.get(raster as Raster)!.append(tile);
      }
      step.advance(1);
    });
    for (const writer of writers.values()) await writer.close();
    step.end();
  } catch (error) {
    for (const writer of writers.values()) await writer.abort();
    throw error;
  }
}

/** Runs the jobs on `ctx.threads` threads and hands their strips over in the jobs' order. */
async function inThreads(
  landscape: LandscapeOptions,
  jobs: StripJob[],
  ctx: StageContext,
  take: (strip: Strip) => Promise<void>,
): Promise<void> {
  const count = Math.max(1, Math.min(ctx.threads, jobs.length));
  const workers = Array.from({ length: count }, () =>
    openThread(new URL('./strip-worker.ts', import.meta.url), landscape),
  );
  try {
    const strips: Promise<Strip>[] = [];
    let next = 0;
    const give = (worker: Worker) => {
      if (next < jobs.length) strips[next] = stripFrom(worker, jobs[next++]!, () => give(worker));
    };
    workers.forEach(give);
    for (let i = 0; i < jobs.length; i++) {
      if (ctx.signal.aborted) throw new Stopped('rendering of the scene was stopped');
      await take(await strips[i]!);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** One job on a worker; `free` is called once the worker can take the next. */
function stripFrom(worker: Worker, job: StripJob, free: () => void): Promise<Strip> {
  const strip = new Promise<Strip>((resolve, reject) => {
    const failed = (error: Error) => reject(error);
    worker.once('error', failed);
    worker.once('message', (done: Strip) => {
      worker.off('error', failed);
      free();
      resolve(done);
    });
    worker.postMessage(job);
  });
  strip.catch(() => {}); // awaited later, in the jobs' order
  return strip;
}
