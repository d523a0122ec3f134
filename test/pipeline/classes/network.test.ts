import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type LoadOptions, loadModel, type Model } from '../../../pipeline/classes/load-model.ts';
import { probeNetwork } from '../../../pipeline/classes/probe.ts';
import { contractJson, contractOf, delivered, first, fixture, modelFolder, unused } from './tiny-model.ts';

const OVERRIDES = { bands: 'R,G,B', codesCs: ['CS1.1.1.1', 'CS1.2.2', null] };
const withModel = async <Result>(
  path: string,
  use: (model: Model) => Promise<Result>,
  options: LoadOptions = { overrides: OVERRIDES },
): Promise<Result> => {
  const model = await loadModel(path, options);
  return use(model).finally(() => model.close());
};

/** bands × side × side, each value its own. */
const ramp = (bands: number, sidePx: number) =>
  Float32Array.from({ length: bands * sidePx * sidePx }, (_, i) => i % 251);

describe('outputs smaller than the tile', () => {
  for (const network of ['cropped', 'cropped-fixed16']) {
    test(`${network}: the margin is what it lacks, and its pixels are the tile's middle`, () =>
      withModel(fixture(network), async (model) => {
        assert.deepEqual([model.outputMarginPx, model.fixedSidePx], [2, network === 'cropped' ? undefined : 16]);
        const input = ramp(3, 16);
        const output = await model.run(input, 16);
        assert.equal(output.length, 3 * 12 * 12);
        let mean = 0; // of 5 × 5 pixels around (2 + 3, 2 + 4) of band 1, by hand
        for (let y = 0; y < 5; y++) for (let x = 0; x < 5; x++) mean += input[256 + (4 + y) * 16 + 3 + x]! / 25;
        assert.ok(Math.abs(output[144 + 4 * 12 + 3]! - mean) < 1e-3);
      }));
  }

  test('a stated margin is never less than what the output lacks', async () => {
    const json = contractJson((model) => Object.assign(model, { 'ocsge:tile_px': 16, 'ocsge:margin_px': 1 }));
    assert.equal((await contractOf(await delivered('cropped', json))).marginPx, 2);
  });
});

describe('several outputs', () => {
  test('the first is read unless another is chosen, by number or by name', async () => {
    const cover = await contractOf(fixture('two-heads'), { overrides: OVERRIDES });
    assert.deepEqual([cover.head, cover.heads, cover.channels.classes], ['cover', ['cover', 'red'], 3]);
    for (const head of ['1', 'red']) {
      const overrides = { bands: 'R,G,B', codesCs: ['CS2.2.1', 'CS1.1.1.1'], head };
      await withModel(
        fixture('two-heads'),
        async (model) => {
          assert.deepEqual([model.head, model.channels.classes, model.activation], ['red', 1, 'sigmoid']);
          const input = ramp(3, 4);
          const output = await model.run(input, 4);
          assert.equal(output.length, 16);
          assert.ok(Math.abs(output[3]! - 1 / (1 + Math.exp(-input[3]!))) < 1e-6);
        },
        { overrides },
      );
    }
  });

  test('model.json names classes by output and chooses one', async () => {
    const json = contractJson((model) => {
      first(model, 'mlm:output')['name'] = 'cover';
      const classes = [
        { value: 0, name: 'autre', 'ocsge:code_cs': 'CS2.2.1' },
        { value: 1, name: 'rouge', 'ocsge:code_cs': 'CS1.1.1.1' },
      ];
      (model['mlm:output'] as unknown[]).unshift({
        name: 'red',
        'ocsge:activation': 'sigmoid',
        'classification:classes': classes,
      });
      delete model['ocsge:activation'];
      model['ocsge:head'] = 'red';
    });
    const path = await delivered('two-heads', json);
    const names = ({ classes }: Model) => classes.map(({ name }) => name);
    assert.deepEqual(names(await contractOf(path)), ['autre', 'rouge']);
    assert.deepEqual(names(await contractOf(path, { overrides: { head: 'cover' } })), ['bâti', 'eau', 'autre']);
  });
});

describe('batches', () => {
  test('as many tiles as one asks for where the batch is free', () =>
    withModel(fixture('bands3'), async (model) => {
      assert.equal(model.maxBatch, Number.POSITIVE_INFINITY);
      const input = ramp(3 * 3, 4);
      assert.deepEqual(await model.run(input, 4, 3), input);
    }));

  test('a fixed batch is filled up, and what was asked for comes back', () =>
    withModel(fixture('batch2'), async (model) => {
      assert.equal(model.maxBatch, 2);
      for (const batch of [1, 2]) {
        const input = ramp(3 * batch, 4);
        assert.deepEqual(await model.run(input, 4, batch), input);
      }
    }));
});

test('a network of whole numbers takes them rounded, from 0 to 255', async () => {
  const path = await delivered(
    'whole-numbers',
    contractJson((model) => Object.assign(first(model, 'mlm:input'), { value_scaling: null })),
  );
  await withModel(
    path,
    async (model) => {
      const output = await model.run(Float32Array.from([-3, 0.6, 254.4, 300, 1, 2, 3, 4, 5, 6, 7, 8]), 2);
      assert.deepEqual([...output.subarray(0, 5)], [0, 1, 254, 255, 1]);
    },
    {},
  );
});

test('weights beside the model are its inputs too', async () => {
  const folder = await modelFolder(unused(), 'external', contractJson());
  await copyFile(fixture('external').replace('.onnx', '.weights'), join(folder, 'external.weights'));
  await withModel(folder, async (model) => {
    assert.deepEqual(
      model.inputs.map(({ path }) => path),
      ['model.onnx', 'model.json', 'external.weights'].map((name) => join(folder, name)),
    );
    const input = ramp(3, 4);
    assert.deepEqual(await model.run(input, 4), input);
  });
});

describe('activation found by running', () => {
  for (const [network, wanted] of [
    ['bands3', 'logits'],
    ['bands3-softmax', 'softmax'],
    ['one-class', 'sigmoid'],
  ] as const) {
    test(network, async () => {
      const codesCs = network === 'one-class' ? ['CS1', 'CS2'] : OVERRIDES.codesCs;
      assert.equal((await contractOf(fixture(network), { overrides: { bands: 'R,G,B', codesCs } })).activation, wanted);
    });
  }
});

describe('sides that the strides do not divide', () => {
  for (const [network, sidePx, wanted] of [
    ['stride2', 33, /tiles of 33 × 33 px; it takes multiples of 2: 32 or 34 wanted/],
    ['stride32', 500, /tiles of 500 × 500 px; it takes multiples of 32: 480 or 512 wanted/],
    ['stride32', 48, /it takes multiples of 32: 32 or 64 wanted/],
    ['stride32', 20, /it takes multiples of 32: 32 wanted/],
  ] as const) {
    test(`${network}, ${sidePx} px`, () =>
      withModel(fixture(network), async (model) => {
        await assert.rejects(probeNetwork(model, sidePx), (error: Error) => {
          assert.equal(error.name, 'BadInput');
          assert.match(error.message, wanted);
          return true;
        });
        assert.equal(await probeNetwork(model, 64), 'logits');
      }));
  }
});

test('what a model is loaded from goes to another thread and loads it again', async () => {
  const path = await delivered('two-heads', contractJson());
  const model = await contractOf(path, { overrides: { head: 'cover' }, threads: 1 });
  const { path: again, ...options } = structuredClone(model.source);
  const second = await contractOf(again, options);
  const cloneable = ({ run: _, close: __, ...rest }: Model) => structuredClone(rest);
  assert.deepEqual(cloneable(second), cloneable(model));
});
