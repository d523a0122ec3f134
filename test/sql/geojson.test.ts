/** What rounding leaves of a geometry that is served. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Polygon } from 'geojson';
import { openTestDatabase } from '../database.ts';

const database = await openTestDatabase();

async function served(wkt: string, decimals = 2): Promise<Polygon['coordinates']> {
  const { rows } = await database.pool.query<{ text: string }>(
    'select published.geojson(ST_GeomFromText($1, 2154), $2::int) as text',
    [wkt, decimals],
  );
  const { type, coordinates, ...rest } = JSON.parse(rows[0]!.text) as Polygon;
  assert.deepEqual([type, rest], ['Polygon', {}]);
  return coordinates;
}

test('junctions closer than the decimals are one vertex, on either side of a limit', async () => {
  const west = await served('POLYGON((0 0, 50 0, 50 20.00009, 50 20.00034, 50 40, 0 40, 0 0))');
  const east = await served('POLYGON((50 0, 90 0, 90 40, 50 40, 50 20.00034, 50 20.00009, 50 0))');
  assert.deepEqual(west[0]!.slice(1, 4), [
    [50, 0],
    [50, 20],
    [50, 40],
  ]);
  assert.deepEqual(east[0]!.slice(3), [
    [50, 40],
    [50, 20],
    [50, 0],
  ]);
});

test('a ring that rounding would take away stays, closed and of four points', async () => {
  const sliver = 'POLYGON((0 0, 0.004 0, 0.004 60, 0 0))';
  assert.deepEqual(await served(sliver), [
    [
      [0, 0],
      [0, 0],
      [0, 60],
      [0, 0],
    ],
  ]);
  const withHole = 'POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (5 5, 5.003 5.003, 5.003 5, 5 5))';
  assert.deepEqual(
    (await served(withHole)).map((ring) => ring.length),
    [5, 4],
  );
});

test('degrees have seven decimals', async () => {
  assert.deepEqual((await served('POLYGON((2.00000001 43, 2.5 43, 2.5 44.123456789, 2 43, 2.00000001 43))', 7))[0], [
    [2, 43],
    [2.5, 43],
    [2.5, 44.1234568],
    [2, 43],
  ]);
});
