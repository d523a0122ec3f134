/** Stage 2: windows → class raster and confidence raster, dalle by dalle. */
import { join } from 'node:path';
import {
  type ClassesArtefact,
  manifestKey,
  type StageContext,
  type WindowSource,
  writeManifest,
} from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import type { Grid } from '../grid.ts';
import { removeRemains } from '../run-lock.ts';
import { type DalleRun, inputsOf, makeDalles, pathsOf } from './dalles.ts';
import type { Model } from './load-model.ts';
import { type NetworkPool, openNetworkPool } from './network-pool.ts';
import { scoringOf } from './scores.ts';
import type { Wanted } from './tile-batch.ts';
import { type AskedTiling, chooseTiling, type Tiling } from './tiling.ts';

/** Sides are in pixels of the grid; what is absent is the model's, then what `chooseTiling` says. */
export interface ClassifyOptions extends AskedTiling {
  /** Tiles of one run of the network; by default what the model's file says, else 1. Never more than the network takes. */
  batch?: number;
  /** Writes the probabilities of every class too. */
  probabilities?: boolean;
  /** Threads that hold a network each and share `ctx.threads`: by default one per thread, `MOST_WORKERS` at most. */
  workers?: number;
}

/**
 * Classifies the whole grid of `sources` into `outDir/dalles/<x>-<y>.{classes,confidence,probabilities}.tif` (x, y: the dalle's
 * first pixel), Cloud Optimized GeoTIFFs. Several sources are several views of the same ground: where more than one knows a pixel,
 * their probabilities are averaged. Each dalle has its manifest, so that a stopped or killed run goes on at the first dalle that is
 * not whole; pixels do not depend on where it stopped, nor on the dalles' size, the workers or the threads. Ignored classes are
 * never predicted; holes are CLASS_NODATA.
 * Throws `Stopped` on `ctx.signal`; `BadInput` for sources on differing grids, a tile the network does not take or scores that are
 * no numbers; `DiskFault`.
 */
export async function classify(
  sources: WindowSource | WindowSource[],
  model: Model,
  outDir: string,
  options: ClassifyOptions,
  ctx: StageContext,
): Promise<ClassesArtefact> {
  const views = [sources].flat();
  const grid = oneGrid(views);
  const tiling = chooseTiling(model, options, grid);
  warnOfResolution(model, grid, ctx);
  await removeRemains(join(outDir, 'dalles'));
  const { run, close } = planRun(views, model, outDir, tiling, options, ctx);
  const dalles = await makeDalles(run).finally(close);
  run.step.end();
  const output: ClassesArtefact = { grid, modelId: model.id, classes: model.classes, dalles };
  const inputs = await inputsOf(run, { xPx: 0, yPx: 0, widthPx: grid.widthPx, heightPx: grid.heightPx });
  const parameters = { ...run.parameters, dallePx: tiling.dallePx };
  await writeManifest(join(outDir, 'classes.manifest.json'), {
    stage: 'classes',
    key: manifestKey('classes', inputs, parameters),
    inputs,
    parameters,
    output,
    files: dalles.flatMap(pathsOf),
  });
  return output;
}

/**
 * Networks of one thread each do a third more than one of all threads, which wait for each other at every layer (`infer-workers`);
 * but each holds its weights and its layers in memory.
 */
const MOST_WORKERS = 4;

function planRun(
  sources: WindowSource[],
  model: Model,
  outDir: string,
  tiling: Tiling,
  options: ClassifyOptions,
  ctx: StageContext,
): { run: DalleRun; close: () => Promise<void> } {
  const { grid } = sources[0]!;
  const workers = Math.max(1, Math.floor(options.workers ?? Math.min(ctx.threads, MOST_WORKERS)));
  const summed = sources.length > 1 || tiling.blendPx > 0;
  const probabilities = options.probabilities ?? false;
  const wanted: Wanted = summed ? 'shares' : probabilities ? 'probabilities' : 'classes';
  // Shares of all sources are summed in 16 bits.
  const shareOfOne = Math.floor((2 ** 16 - 1) / sources.length);
  let pool: NetworkPool | undefined;
  const openPool = () => {
    const threads = Math.max(1, Math.round(ctx.threads / workers));
    const settings = { model: { ...model.source, threads }, tilePx: tiling.tilePx, wanted, shareOfOne };
    pool ??= openNetworkPool(settings, workers, ctx.signal);
    return pool;
  };
  const run: DalleRun = {
    sources,
    model,
    tiling,
    batch: chooseBatch(model, options.batch, ctx),
    pool: openPool,
    inputs: [],
    windows: [],
    content: {
      classes: model.classes,
      allowed: scoringOf(model).allowed,
      probabilities,
      shareOfOne: summed ? shareOfOne : undefined,
    },
    outDir,
    parameters: describe(model, grid, tiling, sources.length, probabilities),
    ctx,
    step: ctx.report.step('classes', grid.widthPx * grid.heightPx, 'px'),
    tasksAtOnce: 2 * workers + 1,
  };
  return { run, close: async () => pool?.close() };
}

/** All that makes two runs on the same inputs the same, but for the dalles: they only cut the result. */
function describe(
  { id, bands, scaling, classes, activation, head }: Model,
  grid: Grid,
  { tilePx, marginPx, blendPx }: Tiling,
  sources: number,
  probabilities: boolean,
): Record<string, unknown> {
  const model = { id, bands, scaling, classes, activation, head };
  return { grid, tilePx, marginPx, blendPx, sources, probabilities, model };
}

function chooseBatch({ id, batch: stated, maxBatch }: Model, asked: number | undefined, { report }: StageContext) {
  if (asked !== undefined && !(Number.isInteger(asked) && asked > 0)) {
    throw new BadInput(`batch of ${asked}, a whole number of tiles from 1 on wanted`);
  }
  if (asked !== undefined && asked > maxBatch) report.warn('Classes:Batch', { model: id, asked, taken: maxBatch });
  // A network of a fixed batch computes all of it, full or not.
  return Math.min(asked ?? stated ?? (Number.isFinite(maxBatch) ? maxBatch : 1), maxBatch);
}

/** Sources of one run have one grid and the model's bands. */
function oneGrid(sources: WindowSource[]): Grid {
  const [first, ...others] = sources as [WindowSource, ...WindowSource[]];
  for (const { grid } of others) {
    if (JSON.stringify(grid) === JSON.stringify(first.grid)) continue;
    throw new BadInput(
      `sources on differing grids, ${JSON.stringify(first.grid)} and ${JSON.stringify(grid)}; one wanted`,
    );
  }
  return first.grid;
}

function warnOfResolution({ id, resolutionM }: Model, grid: Grid, { report }: StageContext): void {
  if (resolutionM === undefined || Math.abs(resolutionM / grid.resolutionM - 1) < 0.01) return;
  report.warn('Classes:Resolution', { model: id, modelResolutionM: resolutionM, gridResolutionM: grid.resolutionM });
}
