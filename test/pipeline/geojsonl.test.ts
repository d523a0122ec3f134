import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { polygonLine, readFeatures, readProperties, writeLines } from '../../pipeline/geojsonl.ts';

test('properties are read without the geometries, whatever their texts and whichever way round', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ocsge-geojsonl-'));
  const path = join(folder, 'features.geojsonl');
  const all = [{ id: 'a', n: 1 }, {}, { id: '},"geometry":{"type":"Polygon"', deep: { er: [1, '}'] } }];
  try {
    await writeLines(
      path,
      all.map((properties) => polygonLine(properties, '[[[0,0],[1,0],[1,1],[0,0]]]')),
    );
    const read: object[] = [];
    for await (const properties of readProperties<object>(path)) read.push(properties);
    assert.deepEqual(read, all);
    const whole: object[] = [];
    for await (const { properties } of readFeatures<never, object>(path)) whole.push(properties);
    assert.deepEqual(read, whole);
    await writeFile(
      path,
      '{"type":"Feature","geometry":{"type":"Point","coordinates":[0,0]},"properties":{"id":"b"}}\n\n',
    );
    for await (const properties of readProperties<object>(path)) assert.deepEqual(properties, { id: 'b' });
    await writeFile(path, '{"type":"Feature","properties":{"id":"c"},"geometry":{"type":"Polygon","coordinates":[1,');
    for await (const properties of readProperties<object>(path)) assert.deepEqual(properties, { id: 'c' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
