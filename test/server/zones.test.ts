import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import request from 'supertest';
import { openTestDatabase } from '../database.ts';
import { publishSquares, publishZones, removeRevision, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const app = testApp(database);
const revision2019 = await publishSquares(database, { millesime: 2019, count: 900 });
await publishZones(database, revision2019, 25);
const revision2022 = await publishSquares(database, { millesime: 2022, count: 40, imageDebut: '2022-06-01' });
await publishZones(database, revision2022, 0);
await publishSquares(database, { millesime: 2024, count: 40 });

const ZONE = '/collections/zone-construite-999-2019';
const get = async (path: string) => (await request(app).get(path).expect(200)).body;
const pathOf = (href: string) => href.replace(/^https?:\/\/[^/]+/, '');
const hrefOf = (links: { rel: string; href: string }[], rel: string) => links.find((link) => link.rel === rel)?.href;

suite('the zone construite of a millésime', () => {
  test('is a collection where the millésime was published with one', async () => {
    const { collections } = await get('/collections');
    const ids = collections.map(({ id }: { id: string }) => id);
    assert.ok(ids.includes('zone-construite-999-2019'));
    assert.ok(ids.includes('zone-construite-999-2022'), 'none built up is a zone construite as well');
    assert.ok(!ids.includes('zone-construite-999-2024'));
    await request(app).get('/collections/zone-construite-999-2024').expect(404);

    const collection = await get(ZONE);
    assert.equal(collection.itemCount, 25);
    assert.equal(collection.storageCrs, 'http://www.opengis.net/def/crs/EPSG/0/2154');
    assert.equal(collection.millesime, 2019);
    assert.deepEqual(collection.extent.temporal.interval, [['2019-01-01T00:00:00Z', '2019-12-31T23:59:59Z']]);
    assert.equal(pathOf(hrefOf(collection.links, 'related')!), '/collections/occupation-sol-999-2019');
    const objects = await get('/collections/occupation-sol-999-2019');
    assert.equal(pathOf(hrefOf(objects.links, 'related')!), ZONE);
    assert.equal(hrefOf((await get('/collections/occupation-sol-999-2024')).links, 'related'), undefined);
  });

  test('is read page by page, every polygon once', async () => {
    const ids: string[] = [];
    let path: string | undefined = `${ZONE}/items?limit=10`;
    for (let pages = 0; path !== undefined; pages++) {
      const page = await get(path);
      assert.equal(page.numberMatched, 25);
      ids.push(...page.features.map(({ id }: { id: string }) => id));
      const next = hrefOf(page.links, 'next');
      path = next && pathOf(next);
      assert.ok(pages < 5);
    }
    assert.equal(new Set(ids).size, 25);
    const [first] = (await get(`${ZONE}/items?limit=1`)).features;
    assert.deepEqual(first.properties, { id: 'ZONE00001', departement: '999', millesime: 2019, aire_m2: 400 });
    assert.equal((await get('/collections/zone-construite-999-2022/items')).features.length, 0);
  });

  test('takes a box, a date, an id and a CRS', async () => {
    const crs = 'http://www.opengis.net/def/crs/EPSG/0/2154';
    const inBox = await get(`${ZONE}/items?bbox=506000,6287000,506040,6287040&bbox-crs=${crs}&crs=${crs}`);
    assert.deepEqual(
      inBox.features.map(({ id }: { id: string }) => id),
      ['ZONE00001', 'ZONE00002', 'ZONE00011', 'ZONE00012'],
    );
    assert.deepEqual(
      inBox.features[0].geometry.coordinates[0].map(([x, y]: number[]) => [x! - 506000, y! - 6287000]).sort(),
      [
        [0, 0],
        [0, 0],
        [0, 20],
        [20, 0],
        [20, 20],
      ],
    );
    assert.equal((await get(`${ZONE}/items?datetime=2020-01-01/..`)).numberMatched, 0);
    assert.equal((await get(`${ZONE}/items?id=ZONE00007`)).features.length, 1);
    assert.equal((await get(`${ZONE}/items?departement=D999&millesime=2019`)).numberMatched, 25);
    assert.equal((await get(`${ZONE}/items/ZONE00007`)).id, 'ZONE00007');
    await request(app).get(`${ZONE}/items/ZONE00099`).expect(404);
    await request(app).get(`${ZONE}/items?code_cs=CS1`).expect(400);
  });

  test('is written out in the contract', async () => {
    const { paths } = await get('/api');
    const names = paths[`${ZONE}/items`].get.parameters.map(({ name }: { name?: string }) => name);
    assert.ok(names.includes('id') && names.includes('millesime'));
    assert.ok(paths[`${ZONE}/items/{featureId}`]);
  });

  test('of a revision replaced meanwhile is read to its end; of one removed, the link is gone', async () => {
    const page = await get(`${ZONE}/items?limit=20`);
    const next = pathOf(hrefOf(page.links, 'next')!);
    await publishZones(database, await publishSquares(database, { millesime: 2019, count: 40 }), 3);
    assert.equal((await get(next)).features.length, 5);
    assert.equal((await get(`${ZONE}/items`)).numberMatched, 3);
    await request(app).get(next.replace(ZONE, '/collections/zone-construite-999-2022')).expect(400);
    await removeRevision(database, revision2019);
    await request(app).get(next).expect(410);
  });
});
