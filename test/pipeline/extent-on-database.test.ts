/** What of extents the database computes: ground in degrees, and margins. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Polygon } from 'geojson';
import { extentAreaM2, growExtent, readExtent } from '../../pipeline/extent.ts';
import { openTestDatabase } from '../database.ts';

const database = await openTestDatabase();

const square = [
  [506_000, 6_287_000],
  [506_010, 6_287_000],
  [506_010, 6_287_010],
  [506_000, 6_287_010],
  [506_000, 6_287_000],
];

test('neighbours in degrees have one limit, whichever way each goes along it', async () => {
  const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } };
  const [south, north] = [
    [2.501, 44.31],
    [2.5137, 44.3481],
  ];
  const west = [[south, north, [2.45, 44.33], south]];
  const east = [[north, south, [2.58, 44.33], north]];
  const [a, b] = await Promise.all(
    [west, east].map((coordinates) => readExtent({ type: 'Polygon', coordinates, crs }, 2154, database)),
  );
  const [own, others] = [a, b].map((extent) => new Set((extent as Polygon).coordinates[0]!.map(String)));
  const common = [...own!].filter((point) => others!.has(point));
  assert.ok(common.length > 40, `${common.length} points are on both`);
});

test('an extent grows by its margin, round its corners', async () => {
  const grown = await growExtent({ type: 'Polygon', coordinates: [square] }, 100, database);
  const area = extentAreaM2(grown);
  const exact = 100 + 4 * 10 * 100 + Math.PI * 100 ** 2;
  assert.ok(Math.abs(area / exact - 1) < 0.01, `${area} m²`);
  assert.equal(await growExtent(grown, 0, database), grown);
});
