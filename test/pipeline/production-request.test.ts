import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadInput } from '../../pipeline/errors.ts';
import { parseProductionRequest } from '../../pipeline/production-request.ts';

const request = { departement: 'D034', millesime: 2021, sources: { rgbie: 'patch.tif' }, model: 'unet.onnx' };

test('a request is read, its département normalised and its paths made lists', () => {
  assert.deepEqual(parseProductionRequest({ ...request, from: 2018, tile: 256, margin: 0, bands: ['R', 'G'] }), {
    departement: '34',
    millesime: 2021,
    from: 2018,
    sources: [{ rgbie: { paths: ['patch.tif'] } }],
    annotations: [],
    model: 'unet.onnx',
    tile: 256,
    margin: 0,
    bands: ['R', 'G'],
  });
  const many = parseProductionRequest({ ...request, sources: { pva: ['a.tif', 'b.tif'], mns: 'c.tif' } });
  assert.deepEqual(many.sources, [{ pva: { paths: ['a.tif', 'b.tif'] }, mns: { paths: ['c.tif'] } }]);
});

const refused: [string, object, RegExp][] = [
  ['no millésime', { ...request, millesime: undefined }, /millesime is missing/],
  ['a year that is text', { ...request, millesime: '2021' }, /millesime is "2021": must be integer/],
  ['a département that is none', { ...request, departement: '20' }, /departement is "20": one such as 062/],
  ['no sources', { ...request, sources: {} }, /sources is {}: must NOT have fewer/],
  ['a source of no known nature', { ...request, sources: { lidar: 'a.laz' } }, /sources\.lidar is not known/],
  ['a path that is a number', { ...request, sources: { pva: 3 } }, /sources\.pva is 3: must be/],
  ['an unknown field', { ...request, colour: 'red' }, /colour is not known/],
  ['a frame that is not earlier', { ...request, from: 2021 }, /from is 2021/],
  ['a date that is none', { ...request, imageDate: 'été 2021' }, /imageDate is "été 2021": one such as 2022-06-01/],
  ['text', 'produce' as unknown as object, /the document is "produce": must be object/],
];

for (const [what, document, message] of refused) {
  test(`refused: ${what}`, () => {
    const copy = typeof document === 'object' ? JSON.parse(JSON.stringify(document)) : document;
    assert.throws(
      () => parseProductionRequest(copy),
      (error: Error) => {
        assert.ok(error instanceof BadInput);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('every field at fault is named at once', () => {
  assert.throws(
    () => parseProductionRequest({ tile: 1 }),
    /departement is missing.*millesime is missing.*tile is 1: must be >= 32/,
  );
});
