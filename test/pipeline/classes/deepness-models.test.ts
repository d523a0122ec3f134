/**
 * The thirteen models the QGIS plugin Deepness tests itself with (PUTvision/qgis-plugin-deepness), on a real patch. What each gives
 * is worked out here from its weights and by Deepness's own rules: (DN / 255 − mean) / std, the best of several channels, half
 * and above of one; the answer of a smaller output is the middle of its tile.
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { loadModel, type ModelOverrides } from '../../../pipeline/classes/load-model.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import { refused } from './tiny-model.ts';
import { mosaic, run } from './tiny-run.ts';

const samples = process.env['OCSGE_SAMPLES'];
const at = (name: string) => join(samples!, 'models/deepness', `${name}.onnx`);

/** R, G, B from 0 to 1 → the scores of the network. */
type Formula = (rgb: [number, number, number]) => number[];
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
const linear =
  (weights: number[][], bias: number[]): Formula =>
  (rgb) =>
    weights.map((row, i) => row.reduce((sum, weight, band) => sum + weight * rgb[band]!, bias[i]!));
const oneSigmoid = (weights: number[], bias: number): Formula => {
  const scores = linear([weights], [bias]);
  return (rgb) => scores(rgb).map(sigmoid);
};

interface Runnable {
  classes: number;
  head?: string;
  heads?: number;
  names?: string[];
  marginPx?: number;
  formula?: Formula;
}

const [coffee, tea] = [
  [-0.4129411, -0.3776483, 0.10373987],
  [-0.43257943, -0.5298309, 0.15238857],
];
const two = linear([coffee, tea] as number[][], [-0.10588227, 0.12238773]);
const both = oneSigmoid([0.38057372, 0.17380796, 0.30796555], -0.3663631);
const flat = oneSigmoid([0.11904316, 0.1985954, -0.09570931], -0.23241358);

const RUN: [string, Runnable][] = [
  ['different_output_size_512_to_484', { classes: 2, marginPx: 14 }],
  ['dummy_model', { classes: 3, formula: (rgb) => rgb.map((value) => value ** 8) }],
  [
    'one_output_sigmoid_bsx1x512x512',
    {
      classes: 1,
      names: ['background', 'Coffee'],
      formula: oneSigmoid([-0.20842513, -0.35320354, 0.4048587], -0.48322442),
    },
  ],
  [
    'one_output_sigmoid_bsx512x512',
    {
      classes: 1,
      names: ['background', 'Coffee'],
      formula: oneSigmoid([-0.22551484, -0.04394151, 0.26401922], -0.09262428),
    },
  ],
  ['one_output_sigmoid_red_detector', { classes: 1, formula: ([red]) => [sigmoid(red - 0.5)] }],
  [
    'one_output_softmax_bsx2x512x512',
    {
      classes: 2,
      formula: linear(
        [
          [0.5559802, 0.25912428, -0.41481888],
          [0.54558563, 0.08742768, -0.41958752],
        ],
        [0.23860636, -0.38829455],
      ),
    },
  ],
  ['two_outputs_sigmoid_bsx1x512x512', { classes: 1, heads: 2, names: ['background', 'Coffee'], formula: both }],
  [
    'two_outputs_sigmoid_bsx1x512x512',
    { classes: 1, heads: 2, head: '1', names: ['background', 'Juice'], formula: both },
  ],
  ['two_outputs_sigmoid_bsx512x512', { classes: 1, heads: 2, formula: flat }],
  ['two_outputs_sigmoid_bsx512x512', { classes: 1, heads: 2, head: 'output2', formula: flat }],
  ['two_outputs_softmax_bsx2x512x512', { classes: 2, heads: 2, names: ['Coffee', 'Tea'], formula: two }],
  [
    'two_outputs_softmax_bsx2x512x512',
    { classes: 2, heads: 2, head: 'output2', names: ['Juice', 'Beer'], formula: two },
  ],
];

const REFUSED: [string, RegExp][] = [
  ['dummy_recognition_model', /model_type Regression found, Segmentor wanted/],
  ['dummy_regression_model', /model_type Regressor found, Segmentor wanted/],
  ['dummy_regression_model_batched', /model_type Regressor found, Segmentor wanted/],
  [
    'dummy_superresolution_model',
    /128 × 128 px for a tile of 64 × 64; wanted as large \(model_type Segmentor; a larger one is Superresolution\)/,
  ],
];

const overridesOf = ({ classes, head }: Runnable): ModelOverrides => ({
  bands: 'R,G,B',
  codesCs: ['CS2.2.1', 'CS1.1.1.1', 'CS1.2.2'].slice(0, Math.max(classes, 2)),
  ...(head === undefined ? {} : { head }),
});

describe('models of the Deepness plugin', { skip: samples ? false : 'OCSGE_SAMPLES is not set' }, () => {
  const image = join(samples ?? '', 'imagery/rgbie-50m/IMG_77055_627760_RGBIE_0m20.tif');
  const sidePx = 252;
  let rgb: Uint8Array[];
  before(async () => {
    const raster = await openRaster(image);
    const window = { xPx: 0, yPx: 0, widthPx: sidePx, heightPx: sidePx };
    rgb = await Promise.all([0, 1, 2].map((band) => raster.read(window, band, new Uint8Array(sidePx * sidePx))));
    await raster.close();
  });

  test('every one is in the lists', async () => {
    const names = (await readdir(join(samples!, 'models/deepness'))).filter((name) => name.endsWith('.onnx'));
    const listed = new Set([...RUN, ...REFUSED].map(([name]) => `${name}.onnx`));
    assert.deepEqual(names.sort(), [...listed].sort());
    assert.equal(listed.size, 13);
  });

  for (const [name, wanted] of REFUSED) {
    test(`${name} is refused`, () => refused(at(name), wanted, { overrides: overridesOf({ classes: 3 }) }));
  }

  for (const [name, expected] of RUN) {
    const { classes, head, heads = 1, names, marginPx = 0 } = expected;
    const overrides = overridesOf(expected);
    test(`${name}${head ? `, output ${head}` : ''} loads and gives what its weights say`, async () => {
      await refused(at(name), /no band order stated; name its 3 bands .* --bands/);
      await refused(at(name), /no CS codes stated for its \d classes .* --codes-cs/, {
        overrides: { ...overrides, codesCs: undefined },
      });
      const model = await loadModel(at(name), { overrides });
      await model.close();
      assert.deepEqual([model.channels.classes, model.fixedSidePx, model.outputMarginPx], [classes, 512, marginPx]);
      assert.equal(model.heads.length, heads);
      assert.deepEqual([model.scaling[0]!.subtract, model.scaling[0]!.divide], [0, 255]);
      if (names)
        assert.deepEqual(
          model.classes.map((one) => one.name),
          names,
        );
      const found = await mosaic(await run({ model: at(name), overrides, image }));
      assert.equal(found.length, sidePx * sidePx);
      if (expected.formula) assertClasses(found, expected.formula);
      else await assertSmaller(found, at(name), overrides);
    });
  }

  function assertClasses(found: Uint8Array, formula: Formula): void {
    let unsure = 0;
    const wrong: string[] = [];
    for (let i = 0; i < found.length; i++) {
      const scores = formula([rgb[0]![i]! / 255, rgb[1]![i]! / 255, rgb[2]![i]! / 255]);
      const ranked = scores.length === 1 ? [1 - scores[0]!, scores[0]!] : scores;
      const [best, second] = [...ranked].sort((one, other) => other - one) as [number, number];
      if (best - second < 1e-5 * Math.abs(best)) unsure++;
      else if (found[i] !== ranked.indexOf(best)) wrong.push(`pixel ${i}: ${found[i]} of ${scores}`);
    }
    assert.deepEqual(wrong.slice(0, 5), []);
    assert.ok(unsure < found.length / 10, `${unsure} pixels between two classes`);
  }

  /** The scores of a pixel are the same wherever it lies in the tile: here another tile than the stage's. */
  async function assertSmaller(found: Uint8Array, path: string, overrides: ModelOverrides): Promise<void> {
    const model = await loadModel(path, { overrides });
    try {
      const input = new Float32Array(3 * 512 * 512);
      for (let band = 0; band < 3; band++)
        for (let y = 0; y < sidePx; y++)
          for (let x = 0; x < sidePx; x++)
            input[(band * 512 + y + 100) * 512 + x + 77] = rgb[band]![y * sidePx + x]! / 255;
      const output = await model.run(input, 512);
      assert.equal(output.length, 2 * 484 * 484);
      let compared = 0;
      const wrong: string[] = [];
      for (let y = 14; y < sidePx - 14; y++)
        for (let x = 14; x < sidePx - 14; x++) {
          const [first, second] = [0, 1].map((one) => output[(one * 484 + y + 100 - 14) * 484 + x + 77 - 14]!);
          if (Math.abs(first! - second!) < 1e-5) continue;
          if (found[y * sidePx + x] !== (first! > second! ? 0 : 1)) wrong.push(`pixel ${x},${y}`);
          compared++;
        }
      assert.deepEqual(wrong.slice(0, 5), []);
      assert.ok(compared > 40_000, `${compared} pixels compared`);
    } finally {
      await model.close();
    }
  }
});
