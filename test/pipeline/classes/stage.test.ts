import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadModel } from '../../../pipeline/classes/load-model.ts';
import { type ClassifyOptions, classify } from '../../../pipeline/classes/stage.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { openWindowSource } from '../../../pipeline/rasters/open-window-source.ts';
import { lambert } from '../rasters/tiny-tiff.ts';
import { contractJson, modelFolder } from './tiny-model.ts';
import { fresh, image, mosaic, run, texture, tiny, type Value } from './tiny-run.ts';

describe('class and confidence', () => {
  test('the best of the classes that may be predicted, and its softmax', async () => {
    const grid = lambert(50, 41);
    const artefact = await run({
      model: await tiny(),
      image: await image(grid, texture),
      options: { tilePx: 16, marginPx: 3 },
    });
    assert.deepEqual(artefact.grid, grid);
    assert.equal(artefact.modelId, 'tiny');
    const [classes, confidence] = [await mosaic(artefact), await mosaic(artefact, 'confidencePath')];
    for (let i = 0; i < classes.length; i++) {
      const [r, g] = [0, 1].map((band) => (texture(i % 50, Math.floor(i / 50), band) - 100) / 10) as [number, number];
      if (r !== g) assert.equal(classes[i], r > g ? 0 : 1);
      const wanted = 255 / (1 + Math.exp(-Math.abs(r - g)));
      assert.ok(Math.abs(confidence[i]! - wanted) < 1, `${confidence[i]} for ${wanted}`);
    }
  });

  test('softmax scores are recognised as such', async () => {
    const json = contractJson((model) => delete model['ocsge:activation']);
    const grid = lambert(8, 8);
    const at = await image(grid, (x, _y, band) => (band === 0 ? 100 + x : 100));
    const options = { tilePx: 16, marginPx: 0 };
    const model = await modelFolder(fresh('model'), 'bands3-softmax', json);
    const confidence = await mosaic(await run({ model, image: at, options }), 'confidencePath');
    for (let x = 0; x < 8; x++) {
      const best = Math.exp(x / 10);
      assert.ok(Math.abs(confidence[x]! - (255 * best) / (best + 2)) < 1);
    }
  });

  test('one channel: its class from one half on', async () => {
    const json = contractJson((model) => {
      delete model['ocsge:activation'];
      const [output] = model['mlm:output'] as Record<string, unknown[]>[];
      output!['classification:classes']!.pop();
    });
    const at = await image(lambert(4, 1), (x) => [60, 99, 100, 130][x]!);
    const model = await modelFolder(fresh('model'), 'one-class', json);
    const artefact = await run({ model, image: at, options: { tilePx: 16, marginPx: 0 } });
    assert.deepEqual([...(await mosaic(artefact))], [0, 0, 1, 1]);
    const sigmoid = (dn: number) => 1 / (1 + Math.exp((100 - dn) / 10));
    const wanted = [1 - sigmoid(60), 1 - sigmoid(99), 0.5, sigmoid(130)].map((p) => Math.round(255 * p));
    assert.deepEqual([...(await mosaic(artefact, 'confidencePath'))], wanted);
  });

  test('holes of the imagery are nodata, never a class', async () => {
    const hole: Value = (x, y, band) => (x >= 10 && x < 30 && y >= 5 && y < 33 ? 255 : texture(x, y, band));
    const at = await image(lambert(40, 40), hole, 255);
    const artefact = await run({ model: await tiny(), image: at, options: { tilePx: 8, marginPx: 1 } });
    const [classes, confidence] = [await mosaic(artefact), await mosaic(artefact, 'confidencePath')];
    for (let i = 0; i < 1600; i++) {
      const [x, y] = [i % 40, Math.floor(i / 40)];
      const inside = x >= 10 && x < 30 && y >= 5 && y < 33;
      assert.equal(classes[i] === 255, inside);
      if (inside) assert.equal(confidence[i], 0);
    }
    assert.equal((await openRaster(artefact.dalles[0]!.classPath)).nodata, 255);
  });
});

/** What mean5 says of an endless image mirrored at the grid's edges. */
function meanOfFive(grid: Grid, value: Value): number[] {
  const mirror = (at: number, length: number) => (at < 0 ? -at : at >= length ? 2 * (length - 1) - at : at);
  const mean = (x: number, y: number, band: number) => {
    let sum = 0;
    for (let j = -2; j <= 2; j++) {
      for (let i = -2; i <= 2; i++) sum += value(mirror(x + i, grid.widthPx), mirror(y + j, grid.heightPx), band);
    }
    return sum;
  };
  return Array.from({ length: grid.widthPx * grid.heightPx }, (_, at) => {
    const [x, y] = [at % grid.widthPx, Math.floor(at / grid.widthPx)];
    return mean(x, y, 0) - mean(x, y, 1);
  });
}

describe('tiles', () => {
  const grid = lambert(61, 47);

  for (const options of [
    { tilePx: 16, marginPx: 2 },
    { tilePx: 32, marginPx: 5, dallePx: 22 },
    { tilePx: 32, marginPx: 5, dallePx: 45 },
    { tilePx: 128, marginPx: 2, dallePx: 1 },
  ]) {
    test(`no seam and mirrored edges with ${JSON.stringify(options)}`, async () => {
      const model = await modelFolder(fresh('model'), 'mean5', contractJson());
      const artefact = await run({ model, image: await image(grid, texture), options });
      const kept = options.tilePx - 2 * options.marginPx;
      const side = Math.max(kept, Math.floor((options.dallePx ?? 2048) / kept) * kept);
      assert.equal(artefact.dalles.length, Math.ceil(61 / side) * Math.ceil(47 / side));
      const classes = await mosaic(artefact);
      meanOfFive(grid, texture).forEach((difference, at) => {
        if (difference !== 0)
          assert.equal(classes[at], difference > 0 ? 0 : 1, `pixel ${at % 61}, ${Math.floor(at / 61)}`);
      });
    });
  }

  test('a margin too small for the network shows at the seams: the check above can fail', async () => {
    const model = await modelFolder(fresh('model'), 'mean5', contractJson());
    const steep: Value = (x, y, band) => (band === 0 ? texture(x, y, 0) : texture(x, y, 0) - 10 + ((x * 7 + y) % 21));
    const artefact = await run({ model, image: await image(grid, steep), options: { tilePx: 16, marginPx: 0 } });
    const classes = await mosaic(artefact);
    const wrong = meanOfFive(grid, steep).filter(
      (difference, at) => difference !== 0 && (difference > 0 ? 0 : 1) !== classes[at],
    );
    assert.ok(wrong.length > 20, `${wrong.length} wrong`);
  });

  const refused = async (model: string, options: ClassifyOptions, wanted: RegExp, value: Value = texture) =>
    assert.rejects(run({ model, image: await image(grid, value), options }), (error: Error) => {
      assert.equal(error.name, 'BadInput', error.stack);
      assert.match(error.message, wanted);
      return true;
    });
  const withContract = (network: string, change = (_: Record<string, unknown>) => {}) =>
    modelFolder(fresh('model'), network, contractJson(change));

  test('a tile of the wrong size is refused, saying which is wanted', async () => {
    await refused(
      await withContract('bands3-fixed16'),
      { tilePx: 32 },
      /tile of 32 px, the network of tiny takes 16 only/,
    );
    const stated = await withContract('stride2', (json) => Object.assign(json, { 'ocsge:size_multiple_px': 2 }));
    await refused(stated, { tilePx: 17 }, /tile of 17 px, a multiple of 2 wanted by tiny/);
    await refused(await withContract('stride2'), { tilePx: 17 }, /does not run on tiles of 17 × 17 px/);
    await refused(
      await tiny(),
      { tilePx: 16, marginPx: 8 },
      /margin of 8 px, from 0 to less than half the tile \(16 px\)/,
    );
  });

  test('scores that are no numbers are an error naming the model and the window', async () => {
    const dark: Value = (x, y, band) => (x === 40 && y === 30 ? 0 : 100 + texture(x, y, band) / 3);
    const wanted = /square-root.*window at 32,16 \(16 × 16 px\) a score is NaN/;
    const json = contractJson((model) => Object.assign(model, { 'mlm:name': 'roots' }));
    await refused(
      await modelFolder(fresh('square-root'), 'square-root', json),
      { tilePx: 16, marginPx: 0, dallePx: 16 }, // later dalles wait for this one: they must hear of it
      wanted,
      dark,
    );
  });
});

const samples = process.env['OCSGE_SAMPLES'];
describe('the real patch and the fixture U-Net', { skip: samples ? false : 'OCSGE_SAMPLES is not set' }, () => {
  async function differences(options: ClassifyOptions, threads = 1): Promise<number[]> {
    const model = await loadModel(join(samples!, 'models/fixture_unet8_rgbie_19cl_logits.onnx'), { threads });
    const rgbie = [join(samples!, 'imagery/rgbie-50m/IMG_77055_627760_RGBIE_0m20.tif')];
    const source = await openWindowSource({ rgbie }, model.bands, { srid: 2154 });
    const ctx = { report: silentReport, signal: new AbortController().signal, threads };
    const found = await mosaic(await classify(source, model, fresh('out'), options, ctx));
    await Promise.all([source.close(), model.close()]);
    const expected = await readFile(join(samples!, 'models/expected_argmax_252x252_uint8.bin'));
    assert.equal(found.length, expected.length);
    return [...found.keys()].filter((at) => found[at] !== expected[at]);
  }

  test('tile 256, margin 0: the expected classes, save at most the 9 pixels that are nearly tied', async () => {
    assert.ok((await differences({ tilePx: 256, marginPx: 0 })).length <= 9);
  });

  test('default tile and margin: at least 99 % of the pixels, whatever the threads', async () => {
    const one = await differences({}, 1);
    assert.ok(one.length < 0.01 * 252 * 252, `${one.length} differ`);
    assert.deepEqual(await differences({}, 2), one);
  });
});
