/** Every bad request gets a problem document that names what was found; nothing a client sends reaches SQL or a page as it is. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import request from 'supertest';
import { openTestDatabase } from '../database.ts';
import { publishPair, publishSquares, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const app = testApp(database);
const avant = await publishSquares(database, { millesime: 2019, count: 100 });
const apres = await publishSquares(database, { millesime: 2022, count: 100 });
await publishPair(database, { avant, apres, years: [2019, 2022], artif: 3, desartif: 1, comparedM2: 10_000 });
const COLLECTION = '/collections/occupation-sol-999-2019';

/** Path, status, and what the detail must say. */
const FAULTS: [path: string, status: number, detail: RegExp][] = [
  [`${COLLECTION}/items?bbox=1,2,3`, 400, /bbox is "1,2,3": 4 or 6 numbers/],
  [`${COLLECTION}/items?bbox=1,2,3,4,5`, 400, /4 or 6 numbers/],
  [`${COLLECTION}/items?bbox=a,b,c,d`, 400, /4 or 6 numbers/],
  [`${COLLECTION}/items?bbox=1,2,NaN,Infinity`, 400, /4 or 6 numbers/],
  [`${COLLECTION}/items?bbox=0,50,1,40`, 400, /north of/],
  [`${COLLECTION}/items?bbox=0,-91,1,40`, 400, /latitudes/],
  [`${COLLECTION}/items?bbox=-181,0,1,40`, 400, /longitudes/],
  [`${COLLECTION}/items?bbox=`, 400, /4 or 6 numbers/],
  [`${COLLECTION}/items?bbox=5,49,6,50&bbox-crs=http://www.opengis.net/def/crs/0/unsupported`, 400, /bbox-crs/],
  [`${COLLECTION}/items?crs=http://www.opengis.net/def/crs/0/unsupported`, 400, /crs is .*CRS84/],
  [`${COLLECTION}/items/OCSGE0000000000000000001?crs=urn:x`, 400, /crs is "urn:x"/],
  [`${COLLECTION}/items?limit=0`, 400, /limit is "0": a whole number from 1/],
  [`${COLLECTION}/items?limit=-1`, 400, /limit/],
  [`${COLLECTION}/items?limit=unlimited`, 400, /limit/],
  [`${COLLECTION}/items?limit=1.5`, 400, /limit/],
  [`${COLLECTION}/items?limit=10&limit=20`, 400, /a single value/],
  [
    `${COLLECTION}/items?unknownQueryParameter12345=1`,
    400,
    /unknown parameter "unknownQueryParameter12345"; allowed here: .*bbox/,
  ],
  [`${COLLECTION}/items?__proto__=1`, 400, /unknown parameter/],
  [`${COLLECTION}/items?constructor=1`, 400, /unknown parameter/],
  [`${COLLECTION}/items?datetime=2023-02-30`, 400, /datetime/],
  [`${COLLECTION}/items?datetime=yesterday`, 400, /datetime/],
  [`${COLLECTION}/items?datetime=2023-01-01/2022-01-01`, 400, /an end after the start/],
  [`${COLLECTION}/items?datetime=a/b/c`, 400, /datetime/],
  [`${COLLECTION}/items?cursor=nonsense`, 400, /cursor/],
  [`${COLLECTION}/items?cursor=0.999999999999999.1`, 410, /start again/],
  [`${COLLECTION}/items?cursor=0.1.zzz`, 400, /cursor/],
  [`${COLLECTION}/items?code_cs=CS9`, 400, /a code of the nomenclature/],
  [`${COLLECTION}/items?departement=elsewhere`, 400, /62, 062, D062/],
  [`${COLLECTION}/items?millesime=99999999999`, 400, /whole number/],
  [`${COLLECTION}/items?artificiel=maybe`, 400, /true or false/],
  [`${COLLECTION}/items?resultType=all`, 400, /results or hits/],
  [`${COLLECTION}/items?f=xml`, 400, /json or html/],
  [`${COLLECTION}/items?id=a%00b`, 400, /without NUL/],
  ['/collections/dUmmYColLection', 404, /no collection "dUmmYColLection"/],
  ['/collections/dUmmYColLection/items', 404, /no collection/],
  ['/collections/..%2f..%2fetc', 404, /./],
  ['/nothing', 404, /nothing at \/nothing/],
  [`${COLLECTION}/tiles/LAMB93`, 404, /no tile matrix set "LAMB93"/],
  ['/collections/communes/tiles', 404, /no tiles/],
  [`${COLLECTION}/tiles/WebMercatorQuad/99/0/0`, 404, /matrices are 0 to 16/],
  [`${COLLECTION}/tiles/WebMercatorQuad/14/2147483647/2147483647`, 404, /outside/],
  [`${COLLECTION}/tiles/WebMercatorQuad/14/99999999999/0`, 404, /no tile/],
  [`${COLLECTION}/tiles/WebMercatorQuad/14/-1/0`, 404, /no tile/],
  [`${COLLECTION}/tiles/WebMercatorQuad/0/0/1`, 404, /outside: rows 0 to 0, columns 0 to 0/],
  ['/tileMatrixSets/nope', 404, /no tile matrix set/],
  ['/changes', 400, /departement is missing/],
  ['/changes?departement=999&from=2019', 400, /to is missing/],
  ['/changes?departement=999&from=19&to=2022', 400, /a year of four digits/],
  ['/changes?departement=999&from=2019&to=2030', 404, /published millésimes: 2019, 2022/],
  ['/changes/summary?departement=62&from=2019&to=2022', 404, /none/],
  ['/statistics/stock?commune=x', 400, /INSEE/],
  ['/statistics/stock?commune=99999', 404, /no commune 99999/],
  ['/statistics/stock?commune=99901&departement=999', 400, /not both/],
  ['/statistics/stock?millesime=1999', 404, /published millésimes: 2019, 2022/],
  ['/statistics/flux?from=2019', 400, /to is missing/],
  ['/statistics/flux?from=2018&to=2022', 404, /published pairs: 2019-2022/],
];

suite('bad requests', () => {
  for (const [path, status, detail] of FAULTS) {
    test(`${status} for ${path}`, async () => {
      const response = await request(app).get(path);
      assert.equal(response.status, status, response.text);
      assert.equal(response.headers['content-type'], 'application/problem+json');
      assert.equal(response.body.status, status);
      assert.match(response.body.type, /^urn:ocsge:problem:/);
      assert.match(response.body.detail, detail);
      assert.equal(response.body.instance, `urn:uuid:${response.headers['x-request-id']}`);
    });
  }
});

test('a broken percent-encoding is a fault of the path', async () => {
  for (const path of ['/collections/%E0%A4%A', '/collections/%', '/jobs/%zz']) {
    const { body } = await request(app).get(path).expect(400);
    assert.equal(body.type, 'urn:ocsge:problem:invalid-path', path);
    assert.match(body.detail, /percent-encoding/);
  }
});

const PARAMETERS: [path: string, names: string[]][] = [
  [`${COLLECTION}/items`, ['limit', 'bbox', 'bbox-crs', 'crs', 'datetime', 'cursor', 'resultType', 'f']],
  [`${COLLECTION}/items`, ['code_cs', 'code_us', 'departement', 'millesime', 'artificiel', 'ossature']],
  ['/changes?departement=999&from=2019&to=2022', ['limit', 'bbox', 'crs', 'cursor', 'cs_avant']],
  ['/statistics/stock', ['commune', 'departement', 'millesime']],
];

/** The families a word list would miss: stacked, blind by time and by condition, union, unicode quotes, patterns, escapes. */
const INJECTIONS = [
  "x'; drop table production.millesime; --",
  "1' or '1'='1",
  "1' and (select pg_sleep(5)) is null --",
  '1) union select empreinte from production.token --',
  'xʼ or 1=1 --',
  "%' or code_cs like '%",
  "\\' or 1=1 --",
  '$1',
  '1;select 1',
];

suite('strings that would be SQL', () => {
  for (const [path, names] of PARAMETERS) {
    for (const name of names) {
      test(`are refused in ${name} of ${path}`, async () => {
        for (const injection of INJECTIONS) {
          const separator = path.includes('?') ? '&' : '?';
          const start = Date.now();
          const response = await request(app).get(`${path}${separator}${name}=${encodeURIComponent(injection)}`);
          assert.equal(response.status, 400, `${injection}: ${response.text}`);
          assert.doesNotMatch(
            response.text,
            /syntax error|postgres|production\./i.test(injection) ? /syntax error/ : /production\./,
          );
          assert.ok(Date.now() - start < 3000);
        }
      });
    }
  }

  test('are only text where text is asked for', async () => {
    for (const injection of INJECTIONS) {
      const text = encodeURIComponent(injection);
      const { body } = await request(app).get(`${COLLECTION}/items?source=${text}`).expect(200);
      assert.equal(body.numberMatched, 0);
      await request(app).get(`${COLLECTION}/items/${text}`).expect(404);
      await request(app).get(`/collections/${text}`).expect(404);
    }
    const { rows } = await database.pool.query('select count(*) as count from production.millesime');
    assert.equal(rows[0].count, 2);
  });
});

const SCRIPT = '</script><img src=x onerror=alert(1)>';

suite('strings that would be HTML', () => {
  test('come back escaped, in errors and in pages, and no page may run inline script', async () => {
    const text = encodeURIComponent(SCRIPT);
    for (const path of [
      `${COLLECTION}/items?limit=${text}`,
      `${COLLECTION}/items?source=${text}`,
      `${COLLECTION}/items/${text}`,
      `/collections/${text}`,
      `/?${text}=1`,
      `/changes?departement=${text}&from=1&to=2`,
      `/statistics/stock?token=${text}`,
    ]) {
      const response = await request(app).get(path).set('Accept', 'text/html');
      assert.match(response.headers['content-type']!, /^text\/html/);
      assert.ok(!response.text.includes('<img src=x'), `${path}: ${response.text}`);
      assert.match(response.headers['content-security-policy']!, /script-src 'self';/);
    }
  });

  test('of the data come back escaped', async () => {
    const { text } = await request(app).get('/collections').set('Accept', 'text/html').expect(200);
    assert.ok(!text.includes('Carrés <2019>'));
    const { body } = await request(app).get(`${COLLECTION}/tiles/WebMercatorQuad/tilejson.json`).expect(200);
    assert.equal(body.attribution, 'Carrés &#60;2019&#62;');
  });

  test('a Host that is no host is refused', async () => {
    const response = await request(app).get('/').set('Host', '"><script>').set('Accept', 'text/html');
    assert.equal(response.status, 400);
    assert.ok(!response.text.includes('<script>'));
  });
});

test('what goes wrong here is told to nobody', async () => {
  await database.pool.query('alter table production.statistique_stock rename column aire_dm2 to secret');
  try {
    await database.pool.query('drop view published.statistique_stock');
    const response = await request(app).get('/statistics/stock').expect(500);
    assert.deepEqual(Object.keys(response.body), ['type', 'title', 'status', 'detail', 'instance']);
    assert.doesNotMatch(response.text, /statistique|relation|select/);
  } finally {
    await database.pool.query('alter table production.statistique_stock rename column secret to aire_dm2');
    await database.pool.query('create view published.statistique_stock as select * from production.statistique_stock');
  }
});
