/** An activation that is stated is compared with what the network gives on a noise. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModel } from '../../../pipeline/classes/load-model.ts';
import type { Activation } from '../../../pipeline/classes/model-contract.ts';
import { contractJson, contractOf, delivered, first, fixture, refused, withMetadata } from './tiny-model.ts';

const stating = (activation: Activation) =>
  contractJson((model) => Object.assign(model, { 'ocsge:activation': activation }));

describe('a stated activation the scores contradict', () => {
  const cases: [string, Activation, RegExp][] = [
    [
      'bands3',
      'softmax',
      /model-\d+: activation softmax taken, .* go from -2 to 2; wanted logits: --activation logits/,
    ],
    ['bands3', 'sigmoid', /activation sigmoid taken, .* go from -2 to 2; wanted logits: --activation logits/],
    ['bands3-fixed16', 'softmax', /activation softmax taken, .* wanted logits/],
    [
      'bands3-softmax',
      'logits',
      /activation logits taken, .* sum to 1 at every pixel; wanted softmax: --activation softmax/,
    ],
  ];
  for (const [network, activation, wanted] of cases) {
    test(`${network}, ${activation}`, async () => refused(await delivered(network, stating(activation)), wanted));
  }

  test('by the command line, by the metadata', async () => {
    const overrides = { bands: 'R,G,B', codesCs: ['CS1.1.1.1', 'CS1.2.2', null] };
    const wanted = /activation softmax taken, .* wanted logits/;
    await refused(fixture('bands3'), wanted, { overrides: { ...overrides, activation: 'softmax' } });
    await refused(await withMetadata('bands3', { activation: 'softmax' }), wanted, { overrides });
  });

  test('what fits is taken, and a worker that loads the same model does not measure again', async () => {
    assert.equal((await contractOf(await delivered('bands3-softmax', stating('softmax')))).activation, 'softmax');
    const model = await contractOf(await delivered('bands3', stating('logits')));
    assert.deepEqual(model.source.measured, { activation: 'logits', outputMarginPx: 0 });
    const { path, ...options } = structuredClone(model.source);
    const again = await loadModel(path, { ...options, measured: { activation: 'sigmoid', outputMarginPx: 1 } });
    await again.close();
    assert.deepEqual([again.activation, again.outputMarginPx], ['sigmoid', 1], 'what is handed over is not measured');
  });

  test('a network that gives no number on the noise is not judged by it', async () => {
    const taken = await contractOf(await delivered('square-root', stating('softmax')));
    assert.equal(taken.activation, 'softmax');
  });
});

test("names of tensors: one of the network's is enough, and a label with blanks is none", async () => {
  for (const [input, output] of [
    ['input', 'cover'],
    ['image', 'output'],
    ['RGB aerial image', 'cover'],
  ]) {
    const json = contractJson((model) => {
      Object.assign(first(model, 'mlm:input'), { name: input });
      Object.assign(first(model, 'mlm:output'), { name: output });
    });
    assert.equal((await contractOf(await delivered('bands3', json))).head, 'output');
  }
});
