import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from 'geojson';
import { BadInput } from '../../pipeline/errors.ts';
import { extentAreaM2, readExtent, selfCrossing } from '../../pipeline/extent.ts';
import type { Database } from '../../sql/database.ts';

const [X, Y] = [506_000, 6_287_000];
const at = (ring: number[][]): Position[] => ring.map(([x, y]) => [X + x!, Y + y!]);
const square = at([
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
  [0, 0],
]);
const bowTie = at([
  [0, 0],
  [10, 10],
  [10, 0],
  [0, 10],
  [0, 0],
]);
/** Extents in the CRS of the run ask nothing of the database. */
const read = (extent: object) => readExtent(extent, 2154, undefined as unknown as Database);

test('a geometry, a feature and a collection of one are the same extent', async () => {
  const geometry = { type: 'Polygon', coordinates: [square] };
  const feature = { type: 'Feature', properties: {}, geometry };
  for (const extent of [geometry, feature, { type: 'FeatureCollection', features: [feature] }]) {
    assert.deepEqual(await read(extent), geometry);
  }
});

test('a ring that crosses itself is refused where it does', async () => {
  await assert.rejects(read({ type: 'Polygon', coordinates: [bowTie] }), (error: Error) => {
    assert.ok(error instanceof BadInput);
    assert.equal(error.message, `extent: a ring crosses itself at ${X + 5}, ${Y + 5}`);
    return true;
  });
});

test('rings that turn, or touch themselves, cross nowhere', () => {
  assert.equal(selfCrossing(square), undefined);
  const notched = [
    [0, 0],
    [10, 0],
    [10, 10],
    [5, 0],
    [0, 10],
    [0, 0],
  ];
  assert.equal(selfCrossing(at(notched)), undefined);
});

test('a collection without features is refused', async () => {
  await assert.rejects(read({ type: 'FeatureCollection' }), /a FeatureCollection without features/);
});

test('coordinates are taken to the millimetre', async () => {
  const fine = square.map(([x, y]) => [x! + 0.0004, y! - 0.0004]);
  assert.deepEqual(await read({ type: 'Polygon', coordinates: [fine] }), { type: 'Polygon', coordinates: [square] });
});

test('a square metre is one where coordinates are large', () => {
  assert.equal(extentAreaM2({ type: 'Polygon', coordinates: [square] }), 100);
});
