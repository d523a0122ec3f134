/** Which pieces of ossature the report calls floating. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floatingBelowM2, MIN_PIECE_M } from '../../../pipeline/ossature-pieces.ts';
import { ObjectTable } from '../../../pipeline/quality/object-table.ts';
import { OssatureUnion } from '../../../pipeline/quality/ossature-pieces.ts';

const [ROAD, RAIL, WATER] = ['CS1.1.1.2', 'CS1.1.2.1', 'CS1.2.2'];
const BELOW_M2 = floatingBelowM2(MIN_PIECE_M);

function tableOf(...objects: [code: string, areaM2: number][]): ObjectTable {
  const table = new ObjectTable(objects.length);
  for (const [i, [code, areaM2]] of objects.entries()) table.set(i, code!, true, areaM2, `OCSGE${i}`);
  return table;
}

const floating = (pieces: OssatureUnion) => pieces.floating(BELOW_M2).map(({ objects }) => objects[0]);

test('a bridge over a railway floats, whatever the railway reaches', () => {
  const pieces = new OssatureUnion(tableOf([ROAD, 900], [RAIL, 800], [RAIL, 800]));
  pieces.pair(0, 1, 100, 50);
  pieces.pair(0, 2, 105, 50);
  pieces.reachesBorder(1);
  assert.deepEqual(floating(pieces), [0], 'the rail beyond the bridge is one with that on this side');
  assert.deepEqual(pieces.count(), { objects: 3, areaM2: 2_500, pieces: 2, inner: 1 });
});

test('what meets another network far from where its like does is not one with it', () => {
  const pieces = new OssatureUnion(tableOf([ROAD, 900], [RAIL, 6_000], [ROAD, 6_000]));
  pieces.pair(0, 1, 100, 50);
  pieces.pair(2, 1, 100, 500);
  assert.deepEqual(floating(pieces), [0]);
});

test('large pieces, waters, and what goes on below the ground do not float', () => {
  const pieces = new OssatureUnion(tableOf([ROAD, BELOW_M2], [WATER, 2_600], [RAIL, 700], [RAIL, 800]), {
    tunnelEnds: [[1_000, 500]],
  });
  pieces.pair(2, 3, 300, 500);
  pieces.pair(3, 3, 995, 502);
  assert.deepEqual(floating(pieces), []);
  assert.deepEqual(pieces.count().inner, 2);
});

test('what goes on below another network is told with that reason, not what lies over it', () => {
  const pieces = new OssatureUnion(tableOf([ROAD, 900], [RAIL, 800]), { hidden: { [RAIL]: [[110, 55]] } });
  pieces.pair(0, 1, 100, 50);
  assert.deepEqual(floating(pieces), [0]);
  const told = pieces.goingOn(BELOW_M2).map(({ objects, reason }) => [objects, reason]);
  assert.deepEqual(told, [[[1], 'tronçon d’ossature court, prolongé sous un autre réseau']]);
});

test('what goes below another network elsewhere than where it meets one floats', () => {
  const pieces = new OssatureUnion(tableOf([ROAD, 6_000], [RAIL, 800]), { hidden: { [RAIL]: [[300, 50]] } });
  pieces.pair(0, 1, 100, 50);
  pieces.pair(1, 1, 300, 50);
  assert.deepEqual(floating(pieces), [1]);
});
