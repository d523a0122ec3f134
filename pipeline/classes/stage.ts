/** Stage 2: windows → class raster and confidence raster, dalle by dalle. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BandWindow,
  CLASS_NODATA,
  type ClassesArtefact,
  freshManifest,
  type InputFile,
  manifestKey,
  type StageContext,
  type WindowSource,
  writeManifest,
} from '../artefacts.ts';
import { BadInput, Stopped } from '../errors.ts';
import { writeGeoTiff } from '../geotiff/write-geotiff.ts';
import { cutInDalles, type Grid, groundX, groundY, type PixelWindow } from '../grid.ts';
import type { Model } from './load-model.ts';
import type { Activation } from './model-contract.ts';
import { probeNetwork } from './probe.ts';
import { type Classified, classifySingle, classifyTile } from './scores.ts';
import { chooseTiling, keptWindows, type TileView, type Tiling, tileInput, viewTile } from './tiling.ts';

/** Sides in pixels of the grid; what is absent is the model's, then 512, an eighth of the tile, 2048. */
export type ClassifyOptions = Partial<Tiling>;

type Dalle = ClassesArtefact['dalles'][number];

interface Work {
  source: WindowSource;
  model: Model;
  tiling: Tiling;
  ctx: StageContext;
  /** Known once the network has run, which is only where a dalle is to be made. */
  activation?: Activation;
}

/**
 * Classifies the whole grid of `source` into `outDir/dalles/<x>-<y>.{classes,confidence}.tif` (x, y: the dalle's first pixel).
 * Each dalle has its manifest, so that a stopped or killed run goes on at the first dalle that is not whole; the files do not
 * depend on where it stopped, nor on the dalles' size. Ignored classes are never predicted; holes are CLASS_NODATA.
 * Throws `Stopped` on `ctx.signal`, `BadInput` for a tile the network does not take or scores that are no numbers.
 */
export async function classify(
  source: WindowSource,
  model: Model,
  outDir: string,
  options: ClassifyOptions,
  ctx: StageContext,
): Promise<ClassesArtefact> {
  const tiling = chooseTiling(model, options);
  const { grid } = source;
  warnOfResolution(model, grid, ctx);
  const work: Work = { source, model, tiling, ctx };
  const whole = { xPx: 0, yPx: 0, widthPx: grid.widthPx, heightPx: grid.heightPx };
  const inputs = [...(await source.inputsOf(whole)), ...model.inputs];
  const parameters = describe(model, grid, tiling);
  const step = ctx.report.step('classes', grid.widthPx * grid.heightPx, 'px');
  const dalles: Dalle[] = [];
  await removeRemains(join(outDir, 'dalles'));
  for (const window of cutInDalles(grid, tiling.dallePx)) {
    dalles.push(await makeDalle(work, window, outDir, inputs, parameters, (px) => step.advance(px)));
  }
  step.end();
  const output: ClassesArtefact = { grid, modelId: model.id, classes: model.classes, dalles };
  const files = dalles.flatMap((dalle) => [dalle.classPath, dalle.confidencePath]);
  const key = manifestKey('classes', inputs, { ...parameters, dallePx: tiling.dallePx });
  await writeManifest(join(outDir, 'classes.manifest.json'), {
    stage: 'classes',
    key,
    inputs,
    parameters,
    output,
    files,
  });
  return output;
}

/** What a killed process left half-written. */
async function removeRemains(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names) if (name.endsWith('.part')) await rm(join(folder, name), { force: true });
}

/** All that makes two runs on the same inputs the same, but for the dalles: they only cut the result. */
function describe(model: Model, grid: Grid, { tilePx, marginPx }: Tiling): Record<string, unknown> {
  const { id, bands, scaling, classes, activation } = model;
  return { grid, tilePx, marginPx, model: { id, bands, scaling, classes, activation: activation ?? 'measured' } };
}

function warnOfResolution({ id, resolutionM }: Model, grid: Grid, { report }: StageContext): void {
  if (resolutionM === undefined || Math.abs(resolutionM / grid.resolutionM - 1) < 0.01) return;
  report.warn('Classes:Resolution', { model: id, modelResolutionM: resolutionM, gridResolutionM: grid.resolutionM });
}

async function makeDalle(
  work: Work,
  window: PixelWindow,
  outDir: string,
  inputs: InputFile[],
  parameters: Record<string, unknown>,
  advance: (px: number) => void,
): Promise<Dalle> {
  const path = (suffix: string) => join(outDir, 'dalles', `${window.xPx}-${window.yPx}.${suffix}`);
  const key = manifestKey('classes-dalle', inputs, { ...parameters, window });
  const done = await freshManifest<Dalle>(path('manifest.json'), key);
  if (done) {
    advance(window.widthPx * window.heightPx);
    return done.output;
  }
  const { classes, confidence } = await classifyDalle(work, window, advance);
  const output: Dalle = { window, classPath: path('classes.tif'), confidencePath: path('confidence.tif') };
  const grid = dalleGrid(work.source.grid, window);
  await writeGeoTiff(output.classPath, { grid, bands: 1, sampleFormat: 'uint8', nodata: CLASS_NODATA }, classes);
  await writeGeoTiff(output.confidencePath, { grid, bands: 1, sampleFormat: 'uint8' }, confidence);
  const files = [output.classPath, output.confidencePath];
  await writeManifest(path('manifest.json'), {
    stage: 'classes-dalle',
    key,
    inputs,
    parameters: { ...parameters, window },
    output,
    files,
  });
  return output;
}

const dalleGrid = (grid: Grid, window: PixelWindow): Grid => ({
  ...grid,
  originX: groundX(grid, window.xPx),
  originY: groundY(grid, window.yPx),
  widthPx: window.widthPx,
  heightPx: window.heightPx,
});

/** Windows one after the other; the next one is read while the network works on this one. */
async function classifyDalle(work: Work, dalle: PixelWindow, advance: (px: number) => void): Promise<Classified> {
  const size = dalle.widthPx * dalle.heightPx;
  const result = { classes: new Uint8Array(size).fill(CLASS_NODATA), confidence: new Uint8Array(size) };
  const windows = keptWindows(dalle, work.tiling);
  let next = readView(work, windows[0]!);
  for (const [index, kept] of windows.entries()) {
    if (work.ctx.signal.aborted) throw new Stopped('stopped while classifying');
    const { view, read } = await next;
    const following = windows[index + 1];
    if (following) {
      next = readView(work, following);
      next.catch(() => {}); // awaited in the next turn, unless this one fails first
    }
    if (read.valid.includes(1)) {
      const classified = await classifyView(work, kept, view, read);
      place(classified, kept, read, result, dalle);
    }
    advance(kept.widthPx * kept.heightPx);
  }
  return result;
}

async function readView({ source, tiling }: Work, kept: PixelWindow): Promise<{ view: TileView; read: BandWindow }> {
  const view = viewTile(kept, tiling, source.grid);
  return { view, read: await source.read(view.window) };
}

async function classifyView(work: Work, kept: PixelWindow, view: TileView, read: BandWindow): Promise<Classified> {
  const { model, tiling } = work;
  const { tilePx, marginPx } = tiling;
  work.activation ??= await probeNetwork(model, tilePx);
  const output = await model.run(tileInput(read, view, model.scaling), tilePx);
  const inTile = { ...kept, xPx: marginPx, yPx: marginPx };
  const allowed = model.classes.filter(({ codeCs }) => codeCs !== null).map(({ index }) => index);
  try {
    return model.channels.classes === 1
      ? classifySingle(output, tilePx, inTile, work.activation)
      : classifyTile(output, tilePx, inTile, allowed, work.activation);
  } catch (error) {
    const at = `${kept.xPx},${kept.yPx} (${kept.widthPx} × ${kept.heightPx} px)`;
    throw new BadInput(`${model.path}: in the window at ${at} ${(error as Error).message}, finite numbers wanted`);
  }
}

/** Copies a window's classes into its dalle, where the imagery is known. */
function place(from: Classified, kept: PixelWindow, read: BandWindow, into: Classified, dalle: PixelWindow): void {
  for (let y = 0; y < kept.heightPx; y++) {
    const source = (kept.yPx + y - read.window.yPx) * read.window.widthPx + kept.xPx - read.window.xPx;
    const target = (kept.yPx + y - dalle.yPx) * dalle.widthPx + kept.xPx - dalle.xPx;
    for (let x = 0; x < kept.widthPx; x++) {
      if (read.valid[source + x] === 0) continue;
      into.classes[target + x] = from.classes[y * kept.widthPx + x]!;
      into.confidence[target + x] = from.confidence[y * kept.widthPx + x]!;
    }
  }
}
