import { copyFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { contractJson, delivered, first, fixture, modelFolder, refused, unused } from './tiny-model.ts';

describe('networks refused', () => {
  const cases: [string, RegExp][] = [
    ['two-inputs', /2 inputs found \(image, heights\), one wanted with all bands in it/],
    ['double', /input is float64 \[batch, 3, h, w\]; float32 or uint8 \[batch, bands, side, side\] wanted/],
    ['labels', /output output is int64 \[batch, h, w\]; float32 scores .* wanted/],
    ['free-bands', /input is float32 \[batch, bands, h, w\]; fixed bands wanted/],
    [
      'off-centre',
      /output output has 63 × 63 px for a tile of 64 × 64; wanted as large .* or smaller by an even number/,
    ],
  ];
  for (const [network, wanted] of cases) {
    test(network, async () => refused(await delivered(network, contractJson()), wanted));
  }

  test('more classes than a class raster has values', async () => {
    const json = contractJson((model) =>
      Object.assign(first(model, 'mlm:output'), {
        'classification:classes': Array.from({ length: 300 }, (_, value) => ({
          value,
          name: `${value}`,
          'ocsge:code_cs': 'CS1',
        })),
      }),
    );
    await refused(await delivered('classes300', json), /300 classes, at most 255 fit a class raster/);
  });

  test('whole numbers wanted, a scaling stated', async () => {
    await refused(
      await delivered('whole-numbers', contractJson()),
      /the network takes whole numbers \(uint8\) and a scaling is stated that makes others; wanted value_scaling null or clip/,
    );
  });

  test('weights beside the model that are not there, or cut', async () => {
    const folder = await modelFolder(unused(), 'external', contractJson());
    await refused(folder, /model\.onnx: its weights are in .*external\.weights, which is not there; both files wanted/);
    await copyFile(fixture('external').replace('.onnx', '.weights'), join(folder, 'external.weights'));
    await truncate(join(folder, 'external.weights'), 20);
    await refused(folder, /model\.onnx: not a model onnxruntime reads/);
  });

  test('an output that is not there', () =>
    refused(fixture('two-heads'), /no output 2; it has 0 \(cover\), 1 \(red\)/, { overrides: { head: '2' } }));
});
