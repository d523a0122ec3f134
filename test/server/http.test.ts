import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import request from 'supertest';
import { openDatabase } from '../../sql/database.ts';
import { openTestDatabase } from '../database.ts';
import { publishSquares, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const app = testApp(database);
await publishSquares(database, { millesime: 2019, count: 300, attribution: 'Démonstration' });
const ITEMS = '/collections/occupation-sol-999-2019/items';
const ITEM = `${ITEMS}/OCSGE0000000000000000001`;
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const OPENAPI = 'application/vnd.oai.openapi+json;version=3.0';
const REL = 'http://www.opengis.net/def/rel/ogc/1.0';

interface Link {
  rel: string;
  href: string;
  type?: string;
}

/** Resources in JSON and HTML, and the JSON type of each. */
const RESOURCES: [path: string, type: string][] = [
  ['/', 'application/json'],
  ['/conformance', 'application/json'],
  ['/api', OPENAPI],
  ['/nomenclature', 'application/json'],
  ['/collections', 'application/json'],
  ['/collections/occupation-sol-999-2019', 'application/json'],
  [ITEMS, 'application/geo+json'],
  [ITEM, 'application/geo+json'],
  ['/collections/occupation-sol-999-2019/tiles', 'application/json'],
  ['/collections/occupation-sol-999-2019/tiles/WebMercatorQuad', 'application/json'],
  ['/tileMatrixSets', 'application/json'],
  ['/tileMatrixSets/WebMercatorQuad', 'application/json'],
  ['/statistics/stock', 'application/json'],
];

suite('negotiation', () => {
  for (const [path, type] of RESOURCES) {
    test(`${path} is ${type}, or HTML`, async () => {
      const typeFor = async (suffix: string, accept?: string) => {
        const response = await request(app)
          .get(path + suffix)
          .set(accept === undefined ? {} : { Accept: accept })
          .expect(200);
        return response.headers['content-type'];
      };
      assert.equal(await typeFor(''), type);
      assert.equal(await typeFor('', '*/*'), type);
      assert.equal(await typeFor('', 'application/json'), type);
      assert.equal(await typeFor('', type), type);
      assert.equal(await typeFor('', BROWSER), 'text/html; charset=utf-8');
      assert.equal(await typeFor('?f=json', BROWSER), type);
      assert.equal(await typeFor('?f=html', type), 'text/html; charset=utf-8');
      await request(app).get(path).set('Accept', 'application/xml').expect(406);
    });
  }

  test('links name the form that was given and the other one', async () => {
    for (const [path, type] of RESOURCES) {
      if (path === '/api') continue;
      const { links } = JSON.parse((await request(app).get(path)).text) as { links: Link[] };
      const of = (rel: string) => links.find((link) => link.rel === rel);
      assert.equal(of('self')?.type, type, path);
      assert.equal(of('alternate')?.type, 'text/html', path);
      assert.ok(
        links.every((link) => typeof link.rel === 'string' && URL.canParse(link.href)),
        path,
      );
      const alternate = of('alternate')!.href.replace(/^https?:\/\/[^/]+/, '');
      assert.match((await request(app).get(alternate)).headers['content-type']!, /^text\/html/);
    }
  });

  test('a problem is JSON of the type asked for, or a page', async () => {
    const typeFor = async (accept: string) =>
      (await request(app).get('/collections/none').set('Accept', accept).expect(404)).headers['content-type'];
    assert.equal(await typeFor('*/*'), 'application/problem+json');
    assert.equal(await typeFor('application/problem+json'), 'application/problem+json');
    assert.equal(await typeFor('application/json'), 'application/json');
    assert.equal(await typeFor(BROWSER), 'text/html; charset=utf-8');
    assert.equal(await typeFor('image/png'), 'application/problem+json');
  });
});

suite('landing page', () => {
  test('has the links clients look for, each answering', async () => {
    const { links } = (await request(app).get('/').expect(200)).body as { links: Link[] };
    const desc = links.find((link) => link.rel === 'service-desc')!;
    assert.equal(desc.type, OPENAPI);
    for (const rel of ['service-doc', 'conformance', 'data', `${REL}/conformance`, `${REL}/data`, `${REL}/processes`]) {
      assert.ok(
        links.some((link) => link.rel === rel),
        rel,
      );
    }
    for (const link of links) {
      const path = link.href.replace(/^https?:\/\/[^/]+/, '') || '/';
      const response = await request(app).get(path).set('Accept', link.type!);
      assert.equal(response.status, 200, link.href);
      assert.equal(response.headers['content-type']!.replace('; charset=utf-8', ''), link.type);
    }
  });

  test('links begin with PUBLIC_URL where it is set', async () => {
    const behind = testApp(database, { publicUrl: 'https://example.fr/ocsge' });
    const { body } = await request(behind).get('/collections?f=json').expect(200);
    assert.equal(body.links[0].href, 'https://example.fr/ocsge/collections?f=json');
    assert.ok(JSON.stringify(body).split('"href":"https://example.fr/ocsge/').length > 10);
    assert.doesNotMatch(JSON.stringify(body), /127\.0\.0\.1/);
  });

  test('what is declared is there', async () => {
    const { conformsTo } = (await request(app).get('/conformance')).body as { conformsTo: string[] };
    for (const part of [
      'features-1/1.0/conf/core',
      'features-2/1.0/conf/crs',
      'tiles-1/1.0/conf/core',
      'tiles-1/1.0/conf/mvt',
    ]) {
      assert.ok(conformsTo.includes(`http://www.opengis.net/spec/ogcapi-${part}`), part);
    }
    assert.equal(new Set(conformsTo).size, conformsTo.length);
  });

  test('a slash at the end changes nothing', async () => {
    for (const path of ['/collections/', `${ITEMS}/`, '/conformance/']) await request(app).get(path).expect(200);
  });
});

suite('collections', () => {
  test('one collection says what the list says of it', async () => {
    const { collections } = (await request(app).get('/collections').set('Host', 'example.fr')).body;
    assert.deepEqual(
      collections.map((collection: { id: string }) => collection.id),
      ['occupation-sol', 'occupation-sol-999-2019', 'communes', 'departements'],
    );
    for (const listed of collections) {
      const { body } = await request(app).get(`/collections/${listed.id}`).set('Host', 'example.fr').expect(200);
      assert.deepEqual({ ...body, links: [] }, { ...listed, links: [] });
      const hrefs = body.links.map((link: Link) => link.href);
      for (const link of listed.links) assert.ok(hrefs.includes(link.href), link.href);
    }
  });

  test('has attribution, extent in four numbers, and its interval', async () => {
    const { body } = await request(app).get('/collections/occupation-sol-999-2019');
    assert.equal(body.attribution, 'Démonstration');
    assert.equal(body.extent.spatial.bbox[0].length, 4);
    assert.deepEqual(body.extent.temporal.interval, [['2019-01-01T00:00:00Z', '2019-12-31T23:59:59Z']]);
    assert.equal(body.itemCount, 300);
  });
});

suite('transfer', () => {
  test('ETag and 304 on every resource', async () => {
    for (const [path] of RESOURCES) {
      const first = await request(app).get(path).set('Host', 'example.fr').expect(200);
      assert.ok(first.headers['etag'], path);
      const again = await request(app).get(path).set('Host', 'example.fr').set('If-None-Match', first.headers['etag']!);
      assert.equal(again.status, 304, path);
      assert.equal(again.text, '');
    }
  });

  test('the tag of items changes with what is asked and with what is published', async () => {
    const tag = async (path: string) => (await request(app).get(path).set('Host', 'x')).headers['etag'];
    const before = await tag(ITEMS);
    assert.notEqual(await tag(`${ITEMS}?limit=2`), before);
    assert.notEqual(await tag(`${ITEMS}?f=html`), before);
    await publishSquares(database, { millesime: 2019, count: 300 });
    assert.notEqual(await tag(ITEMS), before);
  });

  test('gzip where it is accepted, whole', async () => {
    const plain = await request(app).get(ITEMS).set('Accept-Encoding', 'identity').expect(200);
    assert.equal(plain.headers['content-encoding'], undefined);
    const response = await request(app)
      .get(ITEMS)
      .set('Accept-Encoding', 'gzip')
      .buffer()
      .parse((res, done) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks)));
      });
    assert.equal(response.headers['content-encoding'], 'gzip');
    const body = response.body as Buffer;
    const text = body[0] === 0x1f ? gunzipSync(body).toString() : body.toString();
    assert.equal(JSON.parse(text).features.length, 300);
  });

  test('HEAD answers as GET does, without a body', async () => {
    for (const [path, type] of RESOURCES) {
      const response = await request(app).head(path).expect(200);
      assert.equal(response.headers['content-type'], type, path);
      assert.equal(response.text, undefined);
    }
    await request(app).head('/collections/none').expect(404);
  });

  test('OPTIONS says the methods, to other origins too; other methods are refused', async () => {
    const response = await request(app).options(ITEMS).set('Origin', 'https://map.example').expect(200);
    assert.equal(response.headers['allow'], 'GET, HEAD, OPTIONS');
    assert.equal(response.headers['access-control-allow-origin'], '*');
    assert.equal(response.headers['access-control-allow-methods'], 'GET, HEAD, OPTIONS');
    const refused = await request(app).post(ITEMS).send({}).expect(405);
    assert.equal(refused.headers['allow'], 'GET, HEAD, OPTIONS');
  });

  test('headers of every answer', async () => {
    for (const path of ['/', ITEMS, '/nothing']) {
      const { headers } = await request(app).get(path);
      assert.equal(headers['access-control-allow-origin'], '*');
      assert.equal(headers['access-control-allow-credentials'], undefined);
      for (const name of ['Content-Crs', 'Link', 'Location', 'ETag', 'OGC-NumberMatched', 'Preference-Applied']) {
        assert.ok(headers['access-control-expose-headers']!.includes(name), name);
      }
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.match(headers['content-security-policy']!, /default-src 'self'; script-src 'self'; style-src 'self'/);
      assert.doesNotMatch(headers['content-security-policy']!, /unsafe/);
      assert.match(headers['vary']!, /Accept, Accept-Encoding/);
      assert.equal(headers['x-powered-by'], undefined);
    }
  });

  test('bodies above 1 MB and bodies that are not JSON are refused', async () => {
    const post = () => request(app).post('/processes/produce/execution').set('Content-Type', 'application/json');
    await post()
      .send(`{"inputs":"${'x'.repeat(1_100_000)}"}`)
      .expect(413);
    await post().send('{"inputs":').expect(400);
  });
});

suite('health', () => {
  test('says the engine and its versions', async () => {
    const { body } = await request(app).get('/health').expect(200);
    assert.equal(body.status, 'pass');
    assert.equal(body.database.engine, database.engine);
    assert.match(body.database.versions, /^PostgreSQL \d+.*PostGIS 3/);
    assert.equal(body.database.note === undefined, database.engine === 'postgresql');
    assert.equal(body.worker.state, 'elsewhere');
  });

  test('answers within 200 ms while nobody gets a connection', async () => {
    const small = await openDatabase({ ...database.connection, maxConnections: 1 });
    const busy = testApp(small);
    await request(busy).get('/health').expect(200);
    const client = await small.pool.connect();
    try {
      const start = performance.now();
      const { body } = await request(busy).get('/health').expect(200);
      const tookMs = performance.now() - start;
      assert.equal(body.status, 'warn');
      assert.equal(body.database.state, 'busy');
      assert.ok(tookMs < 200, `${tookMs} ms`);
    } finally {
      client.release();
      await small.close();
    }
    const { body } = await request(busy).get('/health').expect(503);
    assert.equal(body.status, 'fail');
  });
});
