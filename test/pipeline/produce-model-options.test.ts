import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadInput } from '../../pipeline/errors.ts';
import { parseProductionRequest } from '../../pipeline/production-request.ts';

const request = { departement: '34', millesime: 2022, model: 'coffee.onnx', sources: { pva: 'ortho.tif' } };

test('a request says of a model what the model does not', () => {
  const stated = { bands: ['R', 'G', 'B'], codesCs: ['CS2.2.1', null, 'CS1.1.1.1'], head: '1', activation: 'softmax' };
  const { bands, codesCs, head, activation } = parseProductionRequest({ ...request, ...stated });
  assert.deepEqual({ bands, codesCs, head, activation }, stated);
});

test('codes, outputs and activations that are none are refused by name', () => {
  for (const [stated, wanted] of [
    [{ codesCs: ['CS2.2.1', 'US3'] }, /codesCs/],
    [{ codesCs: ['CS2.2.1'] }, /codesCs/],
    [{ activation: 'relu' }, /activation/],
    [{ head: 1 }, /head/],
  ] as const) {
    assert.throws(
      () => parseProductionRequest({ ...request, ...stated }),
      (error: Error) => error instanceof BadInput && wanted.test(error.message),
    );
  }
});
