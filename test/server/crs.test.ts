/** Boxes and coordinates in each CRS, at a place where swapped axes would show. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import request from 'supertest';
import { openTestDatabase } from '../database.ts';
import { publishSquares, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const app = testApp(database);
await publishSquares(database, { millesime: 2019, count: 2500 });
const ITEMS = '/collections/occupation-sol-999-2019/items';
const EPSG = 'http://www.opengis.net/def/crs/EPSG/0';
const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';

/** Square 1226 (row 24, column 25): corner and centre, as PROJ has it through PostGIS. */
async function centre(srid: number): Promise<[number, number]> {
  const { rows } = await database.pool.query(
    `select st_x(p) as x, st_y(p) as y from st_transform(st_setsrid(st_makepoint(506255, 6287245), 2154), $1::int) as p`,
    [srid],
  );
  return [rows[0].x, rows[0].y];
}
const SQUARE = 'OCSGE0000000000000001226';

const ids = (body: { features: { id: string }[] }) => body.features.map((feature) => feature.id);
const around = (x: number, y: number, by: number) => [x - by, y - by, x + by, y + by].join(',');

suite('bbox', () => {
  test('in each CRS finds the one square, axes in the order the CRS says', async () => {
    const [lon, lat] = await centre(4326);
    const [x, y] = await centre(3857);
    const cases: [string, string | undefined][] = [
      [around(lon, lat, 0.00001), undefined],
      [around(lon, lat, 0.00001), CRS84],
      [around(lat, lon, 0.00001), `${EPSG}/4326`],
      [around(x, y, 1), `${EPSG}/3857`],
      [around(506_255, 6_287_245, 1), `${EPSG}/2154`],
      [around(506_255, 6_287_245, 1), 'urn:ogc:def:crs:EPSG::2154'],
    ];
    for (const path of [ITEMS, '/collections/occupation-sol/items']) {
      for (const [bbox, crs] of cases) {
        const { body } = await request(app)
          .get(`${path}?bbox=${bbox}${crs ? `&bbox-crs=${crs}` : ''}`)
          .expect(200);
        assert.equal(body.numberMatched, 1, `${path} ${bbox} ${crs}`);
        assert.ok(ids(body)[0]!.endsWith(SQUARE));
      }
    }
    const swapped = await request(app)
      .get(`${ITEMS}?bbox=${around(lat, lon, 0.00001)}`)
      .expect(200);
    assert.equal(swapped.body.numberMatched, 0);
  });

  test('a point or a line finds what lies there', async () => {
    const [lon, lat] = await centre(4326);
    const [mercatorX, mercatorY] = await centre(3857);
    const cases: [string, string, number][] = [
      [`${lon},${lat},${lon},${lat}`, CRS84, 1],
      [`${lat},${lon},${lat},${lon}`, `${EPSG}/4326`, 1],
      [`${mercatorX},${mercatorY},${mercatorX},${mercatorY}`, `${EPSG}/3857`, 1],
      ['506255,6287245,506255,6287245', `${EPSG}/2154`, 1],
      ['506255,6287241,506255,6287258', `${EPSG}/2154`, 2],
      ['506241,6287245,506268,6287245', `${EPSG}/2154`, 3],
      ['180,43,180,43', CRS84, 0],
    ];
    for (const [bbox, crs, matched] of cases) {
      for (const path of [ITEMS, '/collections/occupation-sol/items']) {
        if (path !== ITEMS && crs.endsWith('/2154')) continue;
        const { body } = await request(app).get(`${path}?bbox=${bbox}&bbox-crs=${crs}`).expect(200);
        assert.equal(body.numberMatched, matched, `${path} ${bbox}`);
        if (matched === 1) assert.ok(ids(body)[0]!.endsWith(SQUARE), `${path} ${bbox}`);
      }
    }
  });

  test('is exact before the limit, with the same answer in every CRS', async () => {
    const expected = await database.pool.query<{ id: string }>(
      `select id from published.occupation_sol
        where st_intersects(geom, st_makeenvelope(506100.5, 6287100.5, 506199.5, 6287199.5, 2154)) order by rang`,
    );
    const { body } = await request(app).get(
      `${ITEMS}?bbox=506100.5,6287100.5,506199.5,6287199.5&bbox-crs=${EPSG}/2154&limit=7`,
    );
    assert.equal(body.numberMatched, 100);
    assert.deepEqual(
      ids(body),
      expected.rows.slice(0, 7).map((row) => row.id),
    );
    const next = body.links.find((link: { rel: string }) => link.rel === 'next').href as string;
    const page2 = await request(app).get(next.replace(/^https?:\/\/[^/]+/, ''));
    assert.deepEqual(
      ids(page2.body),
      expected.rows.slice(7, 14).map((row) => row.id),
    );
  });

  test('takes what clients send: the world, six numbers, no leading zero, exponents, the antimeridian', async () => {
    const cases: [string, number][] = [
      ['-180,-90,180,90', 2500],
      ['-180.0000000,-90.0000000,180.0000000,90.0000000', 2500],
      ['-180,-90,-1000,180,90,1000', 2500],
      ['.5000000,43.0,1.5e0,44', 2500],
      ['177,65,-177,70', 0],
      ['170,-90,.7,90', 2500],
      ['-80,-5,-70,5', 0],
      ['-180,85,180,90', 0],
      ['-180,-90,180,-85', 0],
    ];
    for (const [bbox, matched] of cases) {
      const { body } = await request(app).get(`${ITEMS}?bbox=${bbox}&limit=1`).expect(200);
      assert.equal(body.numberMatched, matched, bbox);
    }
    const world = '-20037508.34,-20037508.34,20037508.34,20037508.34';
    const { body } = await request(app).get(`${ITEMS}?bbox=${world}&bbox-crs=${EPSG}/3857&limit=1`).expect(200);
    assert.equal(body.numberMatched, 2500);
  });
});

suite('crs', () => {
  test('coordinates and Content-Crs, lat/lon only where the CRS says so', async () => {
    const cases: [string | undefined, number, boolean, number][] = [
      [undefined, 4326, false, 1e-4],
      [CRS84, 4326, false, 1e-4],
      [`${EPSG}/4326`, 4326, true, 1e-4],
      [`${EPSG}/3857`, 3857, false, 10],
      [`${EPSG}/2154`, 2154, false, 5.01],
    ];
    for (const [crs, srid, flipped, within] of cases) {
      const query = crs ? `?crs=${crs}` : '';
      const [x, y] = await centre(srid);
      for (const path of [`${ITEMS}/${SQUARE}${query}`, `${ITEMS}${query || '?'}&id=${SQUARE}`]) {
        const response = await request(app).get(path.replace('?&', '?')).expect(200);
        assert.equal(response.headers['content-crs'], `<${crs ?? CRS84}>`);
        const feature = response.body.features?.[0] ?? response.body;
        const [a, b] = feature.geometry.coordinates[0][0] as [number, number];
        assert.ok(
          Math.abs((flipped ? b : a) - x) < within && Math.abs((flipped ? a : b) - y) < within,
          `${path}: ${a}, ${b}`,
        );
        assert.equal(feature.geometry.crs, undefined);
      }
    }
  });

  test('a collection lists its CRS and the one it is kept in', async () => {
    const { body } = await request(app).get('/collections/occupation-sol-999-2019').expect(200);
    assert.equal(body.storageCrs, `${EPSG}/2154`);
    assert.deepEqual(body.crs, [CRS84, `${EPSG}/4326`, `${EPSG}/3857`, `${EPSG}/2154`]);
    const everything = await request(app).get('/collections/occupation-sol').expect(200);
    assert.equal(everything.body.storageCrs, CRS84);
    assert.ok(everything.body.crs.includes(CRS84));
  });

  test('pages come in the same order in every CRS', async () => {
    const first = await request(app).get(`${ITEMS}?limit=20`);
    for (const srid of [4326, 3857, 2154]) {
      const other = await request(app).get(`${ITEMS}?limit=20&crs=${EPSG}/${srid}`);
      assert.deepEqual(ids(other.body), ids(first.body));
    }
  });
});
