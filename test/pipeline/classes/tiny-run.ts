/** The first two stages on tiny images and models, in a folder that goes when the file's tests end. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { ClassesArtefact, StageContext } from '../../../pipeline/artefacts.ts';
import { loadModel, type ModelOverrides } from '../../../pipeline/classes/load-model.ts';
import { type ClassifyOptions, classify } from '../../../pipeline/classes/stage.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { openWindowSource } from '../../../pipeline/rasters/open-window-source.ts';
import { writeTiny } from '../rasters/tiny-tiff.ts';
import { contractJson, modelFolder } from './tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'ocsge-classes-'));
after(() => rm(folder, { recursive: true, force: true }));
let count = 0;

/** A path nobody uses yet. */
export const fresh = (name: string) => join(folder, `${name}-${count++}`);

/** The model whose logits are its three bands. */
export const tiny = () => modelFolder(fresh('model'), 'bands3', contractJson());

export type Value = (x: number, y: number, band: number) => number;
/** An RGB image of what `value` gives. */
export const image = (grid: Grid, value: Value, nodata?: number) =>
  writeTiny(`${fresh('image')}.tif`, grid, value, { bands: 3, sampleFormat: 'uint8', nodata });

/** Repeatable texture; band 2 is the brightest almost everywhere, and its class is ignored. */
export const texture: Value = (x, y, band) =>
  ((x * 37 + y * 101 + band * 59 + ((x * y) % 17) * 11) % 180) + (band === 2 ? 60 : 0);

export interface Run {
  model: string;
  overrides?: ModelOverrides;
  image: string;
  out?: string;
  options?: ClassifyOptions;
  ctx?: Partial<StageContext>;
}

/** Loads, opens, classifies and closes: what `produce` does of the first two stages. */
export async function run({
  model: path,
  overrides,
  image,
  out = fresh('out'),
  options = {},
  ctx = {},
}: Run): Promise<ClassesArtefact> {
  const model = await loadModel(path, { overrides });
  try {
    const source = await openWindowSource({ pva: [image] }, model.bands, { srid: 2154 });
    const context = { report: silentReport, signal: new AbortController().signal, threads: 1, ...ctx };
    return await classify(source, model, out, options, context).finally(() => source.close());
  } finally {
    await model.close();
  }
}

/** The dalles of an artefact put together. */
export async function mosaic(
  { grid, dalles }: ClassesArtefact,
  which: 'classPath' | 'confidencePath' = 'classPath',
): Promise<Uint8Array> {
  const all = new Uint8Array(grid.widthPx * grid.heightPx);
  for (const dalle of dalles) {
    const { xPx, yPx, widthPx, heightPx } = dalle.window;
    const raster = await openRaster(dalle[which]);
    assert.equal(raster.grid.originX, grid.originX + xPx * grid.resolutionM);
    assert.equal(raster.grid.originY, grid.originY - yPx * grid.resolutionM);
    const pixels = await raster.read({ xPx: 0, yPx: 0, widthPx, heightPx }, 0, new Uint8Array(widthPx * heightPx));
    await raster.close();
    for (let y = 0; y < heightPx; y++)
      all.set(pixels.subarray(y * widthPx, (y + 1) * widthPx), (yPx + y) * grid.widthPx + xPx);
  }
  return all;
}
