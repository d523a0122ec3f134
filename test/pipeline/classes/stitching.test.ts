import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import type { ClassesArtefact, WindowSource } from '../../../pipeline/artefacts.ts';
import { loadModel } from '../../../pipeline/classes/load-model.ts';
import { type ClassifyOptions, classify } from '../../../pipeline/classes/stage.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { openWindowSource } from '../../../pipeline/rasters/open-window-source.ts';
import { lambert } from '../rasters/tiny-tiff.ts';
import { contractJson, modelFolder } from './tiny-model.ts';
import { fresh, image, mosaic, run, texture, tiny, type Value } from './tiny-run.ts';

const grid = lambert(61, 47);

/** Classes and confidence of the whole grid, to compare runs cut otherwise. */
const pixels = async (artefact: ClassesArtefact) =>
  Buffer.concat([await mosaic(artefact), await mosaic(artefact, 'confidencePath')]);

/** What the tiny model makes of DN: softmax of the first two bands, the third may not be predicted. */
const shareOfFirst = (r: number, g: number) => 1 / (1 + Math.exp((g - r) / 10));

async function fuse(images: string[], options: ClassifyOptions, out = fresh('out')): Promise<ClassesArtefact> {
  const model = await loadModel(await tiny());
  const sources: WindowSource[] = [];
  for (const pva of images) sources.push(await openWindowSource({ pva: [pva] }, model.bands, { srid: 2154 }));
  const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };
  return classify(sources, model, out, options, ctx).finally(() =>
    Promise.all([model.close(), ...sources.map((source) => source.close())]),
  );
}

describe('the cut leaves no trace', () => {
  const hole: Value = (x, y, band) => (x > 25 && x < 40 && y > 10 && y < 20 ? 255 : Math.min(texture(x, y, band), 254));

  for (const stitching of ['clip', 'average'] as const) {
    test(`${stitching}: the same pixels whatever dalles, workers and batch`, async () => {
      const [model, at] = [await modelFolder(fresh('model'), 'mean5', contractJson()), await image(grid, hole, 255)];
      const sides = { tilePx: 16, marginPx: 3, stitching };
      const wanted = await pixels(await run({ model, image: at, options: sides }));
      const cuts: ClassifyOptions[] = [{ dallePx: 31, workers: 2, batch: 3 }, { dallePx: 10 }];
      for (const cut of cuts) {
        const found = await pixels(await run({ model, image: at, options: { ...sides, ...cut }, ctx: { threads: 2 } }));
        assert.ok(found.equals(wanted), JSON.stringify(cut));
      }
    });
  }

  test('tiles that agree are blended to what each says', async () => {
    const [model, at] = [await tiny(), await image(grid, hole, 255)];
    const sides = { tilePx: 16, marginPx: 5, dallePx: 18 };
    const clipped = await run({ model, image: at, options: sides });
    const blended = await run({ model, image: at, options: { ...sides, stitching: 'average' } });
    const [one, other] = [await pixels(clipped), await pixels(blended)];
    const differing = one.filter((value, i) => Math.abs(value - other[i]!) > 1).length;
    assert.equal(differing, 0);
  });

  test('tiles that differ are blended by their distance from the edge', async () => {
    // mean5 sees zeros past its tile: at a margin of 2 its outermost pixels are wrong, and count little.
    const value: Value = (_x, _y, band) => (band === 0 ? 110 : 100);
    const model = await modelFolder(fresh('model'), 'mean5', contractJson());
    const at = await image(grid, value);
    const options = { tilePx: 16, marginPx: 2, stitching: 'average' as const };
    const confidence = await mosaic(await run({ model, image: at, options }), 'confidencePath');
    const sure = (fifths: number) => 1 / (1 + Math.exp(-fifths / 5)); // of five columns, so many were seen
    const row = [...confidence.subarray(18 * 61, 19 * 61)];
    // Kept windows are 12 wide; columns 10 … 13 are seen by two tiles, of which one has its edge there.
    const weights = [0.125, 0.375, 0.625, 0.875];
    const seen = [3, 4, 5, 5];
    weights.forEach((weight, i) => {
      const left = sure([5, 5, 4, 3][i]!) * (1 - weight);
      const wanted = 255 * (left + sure(seen[i]!) * weight);
      assert.ok(Math.abs(row[10 + i]! - wanted) <= 1, `column ${10 + i}: ${row[10 + i]} for ${wanted}`);
    });
  });
});

describe('probabilities', () => {
  test('one band per class, that sum to 1, the best one the class; the class raster is the same without them', async () => {
    const [model, at] = [await tiny(), await image(grid, texture)];
    const options = { tilePx: 16, marginPx: 2, dallePx: 36 };
    const plain = await run({ model, image: at, options });
    const full = await run({ model, image: at, options: { ...options, probabilities: true, workers: 2 } });
    assert.equal(plain.dalles[0]!.probabilitiesPath, undefined);
    for (const [index, { window, classPath, confidencePath, probabilitiesPath }] of full.dalles.entries()) {
      assert.deepEqual(await readFile(classPath), await readFile(plain.dalles[index]!.classPath));
      assert.deepEqual(await readFile(confidencePath), await readFile(plain.dalles[index]!.confidencePath));
      const raster = await openRaster(probabilitiesPath!);
      assert.equal(raster.bands, 3);
      const whole = { ...window, xPx: 0, yPx: 0 };
      const read = (band: number) => raster.read(whole, band, new Uint8Array(window.widthPx * window.heightPx));
      const [first, second, third] = [await read(0), await read(1), await read(2)];
      await raster.close();
      for (let i = 0; i < first.length; i++) {
        const [x, y] = [window.xPx + (i % window.widthPx), window.yPx + Math.floor(i / window.widthPx)];
        const wanted = 255 * shareOfFirst(texture(x, y, 0), texture(x, y, 1));
        assert.ok(Math.abs(first[i]! - wanted) < 1 && Math.abs(second[i]! - (255 - wanted)) < 1);
        assert.equal(third[i], 0);
      }
    }
  });
});

describe('sources that overlap', () => {
  const left: Value = (x, y, band) => (x < 40 ? Math.min(texture(x, y, band), 254) : 255);
  const right: Value = (x, y, band) => (x >= 20 ? Math.min(texture(y, x, band), 254) : 255);

  for (const stitching of ['clip', 'average'] as const) {
    test(`${stitching}: the mean of those that know a pixel`, async () => {
      const images = [await image(grid, left, 255), await image(grid, right, 255)];
      const options = { tilePx: 16, marginPx: 3, dallePx: 20, probabilities: true, stitching };
      const artefact = await fuse(images, options);
      const [classes, confidence] = [await mosaic(artefact), await mosaic(artefact, 'confidencePath')];
      for (let at = 0; at < classes.length; at++) {
        const [x, y] = [at % 61, Math.floor(at / 61)];
        const shares = [...(x < 40 ? [left] : []), ...(x >= 20 ? [right] : [])].map((value) =>
          shareOfFirst(value(x, y, 0), value(x, y, 1)),
        );
        const first = shares.reduce((sum, share) => sum + share, 0) / shares.length;
        if (Math.abs(first - 0.5) > 1e-3) assert.equal(classes[at], first > 0.5 ? 0 : 1, `${x}, ${y}`);
        assert.ok(Math.abs(confidence[at]! - 255 * Math.max(first, 1 - first)) <= 1);
      }
    });
  }

  test('what no source knows is nodata; grids that differ are refused', async () => {
    const images = [
      await image(grid, (x) => (x < 20 ? 100 : 255), 255),
      await image(grid, (x) => (x > 40 ? 90 : 255), 255),
    ];
    const classes = await mosaic(await fuse(images, { tilePx: 16, marginPx: 2 }));
    for (let x = 0; x < 61; x++) assert.equal(classes[x] === 255, x >= 20 && x <= 40);
    await assert.rejects(fuse([images[0]!, await image(lambert(60, 47), texture)], {}), {
      name: 'BadInput',
      message: /differing grids/,
    });
  });
});
