import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import request from 'supertest';
import { openTestDatabase } from '../database.ts';
import { publishSquares, removeRevision, swap, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const app = testApp(database);
const revision2019 = await publishSquares(database, { millesime: 2019, count: 2500 });
await publishSquares(database, { millesime: 2022, count: 40, imageDebut: '2022-06-01', imageFin: '2022-07-15' });
const ITEMS = '/collections/occupation-sol-999-2019/items';

interface Feature {
  id: string;
  geometry: { type: string; coordinates: number[][][] };
  properties: Record<string, unknown>;
}
interface Page {
  type: string;
  features: Feature[];
  numberMatched?: number;
  numberReturned: number;
  timeStamp: string;
  links: { rel: string; href: string; type: string }[];
}

const get = async (path: string): Promise<Page> => (await request(app).get(path).expect(200)).body as Page;
const nextOf = (page: Page) => page.links.find((link) => link.rel === 'next')?.href;
const pathOf = (href: string) => href.replace(/^https?:\/\/[^/]+/, '');

async function readAll(path: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next: string | undefined = path; next !== undefined; next = nextOf(pages.at(-1)!)) {
    pages.push(await get(pathOf(next)));
    assert.ok(pages.length < 100);
  }
  return pages;
}

suite('items', () => {
  test('the first page has 1 000 features and says how many match', async () => {
    const page = await get(ITEMS);
    assert.equal(page.type, 'FeatureCollection');
    assert.equal(page.features.length, 1000);
    assert.equal(page.numberReturned, 1000);
    assert.equal(page.numberMatched, 2500);
    assert.match(page.timeStamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(!nextOf(page)!.split('?')[1]!.includes('%'));
  });

  test('pages by keyset reach every feature once, whatever the limit', async () => {
    for (const limit of [333, 1000, 1250, 2499, 2500, 10000]) {
      const pages = await readAll(`${ITEMS}?limit=${limit}`);
      const ids = pages.flatMap((page) => page.features.map((feature) => feature.id));
      assert.equal(pages.length, Math.ceil(2500 / limit), `limit ${limit}`);
      assert.equal(new Set(ids).size, 2500, `limit ${limit}`);
    }
  });

  test('a cursor goes on with another limit', async () => {
    const first = await get(`${ITEMS}?limit=10`);
    const rest = await get(`${pathOf(nextOf(first)!).replace('limit=10', 'limit=10000')}`);
    assert.equal(rest.features.length, 2490);
    assert.equal(nextOf(rest), undefined);
  });

  test('limit above 10 000 is 10 000', async () => {
    const page = await get(`${ITEMS}?limit=99999999999999999999`);
    assert.equal(page.numberReturned, 2500);
  });

  test('the collection of everything walks its revisions in order', async () => {
    const pages = await readAll('/collections/occupation-sol/items?limit=1200');
    const ids = pages.flatMap((page) => page.features.map((feature) => feature.id));
    assert.equal(new Set(ids).size, 2540);
    assert.equal(ids[0], '999-2019-OCSGE0000000000000000001');
    assert.equal(ids.at(-1), '999-2022-OCSGE0000000000000000040');
    assert.equal(pages[0]!.numberMatched, 2540);
  });

  test('a filter on a code takes what is below it', async () => {
    const page = await get(`${ITEMS}?code_cs=CS1&limit=10000`);
    assert.equal(page.numberMatched, 1250);
    assert.deepEqual([...new Set(page.features.map((feature) => feature.properties['code_cs']))].sort(), [
      'CS1.1.1.1',
      'CS1.2.2',
    ]);
    assert.equal((await get(`${ITEMS}?code_cs=CS1.1&code_us=US5`)).numberMatched, 625);
    assert.equal((await get(`${ITEMS}?code_us=US235`)).numberMatched, 1250);
  });

  test('properties are filtered by name', async () => {
    assert.equal((await get(`${ITEMS}?artificiel=true`)).numberMatched, 625);
    assert.equal((await get(`${ITEMS}?id=OCSGE0000000000000000007`)).features.length, 1);
    for (const code of ['999', 'D999']) {
      const path = `/collections/occupation-sol/items?departement=${code}&millesime=2022&limit=5`;
      assert.equal((await get(path)).numberMatched, 40);
    }
    assert.equal((await get('/collections/occupation-sol/items?departement=62')).numberMatched, 0);
    assert.equal((await get(`${ITEMS}?source=test%27%20or%20%271%27=%271`)).numberMatched, 0);
  });

  test('resultType=hits counts and gives no feature', async () => {
    const page = await get(`${ITEMS}?resultType=hits&code_us=US3`);
    assert.equal(page.numberMatched, 625);
    assert.deepEqual(page.features, []);
    assert.equal(nextOf(page), undefined);
  });

  test('datetime chooses by image dates, else by calendar year', async () => {
    const all = '/collections/occupation-sol/items?limit=1&datetime=';
    const matched = async (datetime: string) => (await get(all + datetime)).numberMatched;
    assert.equal(await matched('2019-12-31'), 2500);
    assert.equal(await matched('2019-01-01T00:00:00Z'), 2500);
    assert.equal(await matched('2022-05-31'), 0);
    assert.equal(await matched('2022-06-01'), 40);
    assert.equal(await matched('2022-07-15T23:59:59Z/..'), 40);
    assert.equal(await matched('../2020-01-01'), 2500);
    assert.equal(await matched('/2020-01-01'), 2500);
    assert.equal(await matched('0000-01-01T00:00:00Z/9999-12-31T00:00:00Z'), 2540);
  });
});

suite('items while something is published', () => {
  test('pages go on over the revision they began on, then the new one is read', async () => {
    const first = await get(`${ITEMS}?limit=1500`);
    const newer = await publishSquares(database, { millesime: 2019, count: 30 });
    const second = await get(pathOf(nextOf(first)!));
    assert.equal(second.features.length, 1000);
    assert.equal(second.features.at(-1)!.id, 'OCSGE0000000000000002500');
    assert.equal((await get(ITEMS)).numberMatched, 30);
    await swap(database, '999', 2019, revision2019);
    await removeRevision(database, newer);
  });

  test('the collection of everything goes on over what was current when it was begun', async () => {
    const before = await get('/collections/occupation-sol/items?limit=2400');
    const newer = await publishSquares(database, { millesime: 2022, count: 3 });
    const after = await get(pathOf(nextOf(before)!));
    assert.equal(after.features.length, 140);
    assert.equal((await get('/collections/occupation-sol/items')).numberMatched, 2503);
    const old = await database.pool.query<{ id: number }>(
      'select min(id) as id from production.revision where millesime = 2022',
    );
    await swap(database, '999', 2022, old.rows[0]!.id);
    await removeRevision(database, newer);
  });

  test('410 when the revision a link holds was removed', async () => {
    const other = await publishSquares(database, { departement: '62', millesime: 2018, count: 20 });
    const items = '/collections/occupation-sol-062-2018/items?limit=5';
    const own = nextOf(await get(items))!;
    const everything = nextOf(await get('/collections/occupation-sol/items?limit=5'))!;
    await publishSquares(database, { departement: '62', millesime: 2018, count: 21 });
    await removeRevision(database, other);
    for (const href of [own, everything]) {
      const { body } = await request(app).get(pathOf(href)).expect(410);
      assert.equal(body.title, 'Gone');
      assert.match(body.detail, /start again/);
    }
  });
});

suite('one item', () => {
  test('has its links, in GeoJSON', async () => {
    const response = await request(app).get(`${ITEMS}/OCSGE0000000000000000007`).expect(200);
    assert.equal(response.headers['content-type'], 'application/geo+json');
    assert.equal(response.headers['content-crs'], '<http://www.opengis.net/def/crs/OGC/1.3/CRS84>');
    assert.equal(response.body.id, 'OCSGE0000000000000000007');
    assert.deepEqual(
      response.body.links.map((link: { rel: string }) => link.rel),
      ['self', 'alternate', 'collection'],
    );
  });

  test('in the collection of everything the id says département and millésime', async () => {
    const { body } = await request(app).get('/collections/occupation-sol/items/999-2022-OCSGE0000000000000000001');
    assert.equal(body.properties.millesime, 2022);
  });

  test('404 for what is not there', async () => {
    for (const id of ['nope', "x'y", '%00', '..%2f', '999-2022-OCSGE1'])
      await request(app).get(`${ITEMS}/${id}`).expect(404);
    for (const id of ['999-2022-nope', '998-2022-OCSGE0000000000000000001', 'nope']) {
      await request(app).get(`/collections/occupation-sol/items/${id}`).expect(404);
    }
  });
});

test('a list that breaks off half-way does not look whole', async () => {
  await database.pool.query(
    'update production.occupation_sol set geom = st_setsrid(geom, 0) where revision_id = $1 and rang = 1500',
    [revision2019],
  );
  const crs = 'crs=http://www.opengis.net/def/crs/EPSG/0/3857';
  await request(app).get(`${ITEMS}?limit=999&${crs}`).expect(200);
  await assert.rejects(request(app).get(`${ITEMS}?limit=2000&${crs}`), /aborted|socket hang up|ECONNRESET/);
  await request(app).get('/health').expect(200);
});
