/** GDAL reads what is served: the collections, and every feature of one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import type { Feature, Polygon } from 'geojson';
import { openTestDatabase } from '../database.ts';
import { publishSmallCoverage, SMALL } from './published.ts';
import { importSample, runs, SAMPLES, type Service, skipWithout, startService } from './service.ts';

const skip = skipWithout('GDAL (ogrinfo, ogr2ogr)', runs('ogrinfo', ['--version']));

suite('GDAL', { skip }, async () => {
  const database = await openTestDatabase();
  let service: Service;
  let sample: string | undefined;

  before(async () => {
    await publishSmallCoverage(database);
    if (SAMPLES !== undefined) sample = importSample(database);
    service = await startService(database);
  });
  after(() => service?.stop());

  const gdal = (program: string, ...args: string[]) =>
    execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const features = (collectionId: string, ...args: string[]) =>
    gdal('ogr2ogr', '-f', 'GeoJSONSeq', ...args, '/vsistdout/', `OAPIF:${service.url}`, collectionId)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Feature<Polygon>);

  test('ogrinfo lists the collections', () => {
    const listed = gdal('ogrinfo', '-ro', '-q', `OAPIF:${service.url}`);
    const ids = [...listed.matchAll(/^\d+: (\S+)/gm)].map(([, id]) => id);
    const wanted = ['occupation-sol', SMALL.collectionId, 'communes', 'departements', ...(sample ? [sample] : [])];
    assert.deepEqual(
      wanted.filter((id) => !ids.includes(id)),
      [],
      `listed: ${ids.join(' ')}`,
    );
  });

  test('every feature of a collection is read, page after page, once each', () => {
    const read = features(SMALL.collectionId);
    assert.equal(read.length, SMALL.count);
    assert.equal(new Set(read.map(({ geometry }) => JSON.stringify(geometry))).size, SMALL.count);
  });

  test('ogrinfo counts the features', () => {
    assert.match(
      gdal('ogrinfo', '-ro', '-so', `OAPIF:${service.url}`, SMALL.collectionId),
      new RegExp(`Feature Count: ${SMALL.count}\\b`),
    );
  });

  test('a box gives the features that meet it, and no other', () => {
    const all = features(SMALL.collectionId);
    const [x, y] = all[Math.floor(all.length / 2)]!.geometry.coordinates[0]![0]! as [number, number];
    const box = [x - 0.002, y - 0.002, x + 0.002, y + 0.002] as const;
    const inBox = features(SMALL.collectionId, '-spat', ...box.map(String));
    const inside = ([px, py]: number[]) => px! > box[0] && px! < box[2] && py! > box[1] && py! < box[3];
    const certain = all.filter(({ geometry }) => geometry.coordinates[0]!.some(inside));
    const ids = new Set(inBox.map(({ geometry }) => JSON.stringify(geometry)));
    assert.ok(certain.length > 0 && certain.every(({ geometry }) => ids.has(JSON.stringify(geometry))));
    assert.ok(inBox.length < all.length / 2, `${inBox.length} of ${all.length}`);
  });

  test('all 10 439 features of the delivery of Pas-de-Calais are read', {
    skip: SAMPLES ? false : 'OCSGE_SAMPLES is not set',
  }, () => {
    assert.equal(features(sample!).length, 10_439);
    assert.match(gdal('ogrinfo', '-ro', '-so', `OAPIF:${service.url}`, sample!), /Feature Count: 10439\b/);
  });
});
