import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import request from 'supertest';
import { tileLimits } from '../../server/tiles/limits.ts';
import { openTestDatabase } from '../database.ts';
import { publishSquares, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const app = testApp(database);
const revision = await publishSquares(database, { millesime: 2019, count: 2500 });
const TILES = '/collections/occupation-sol-999-2019/tiles';
const MVT = 'application/vnd.mapbox-vector-tile';
const CONTENT = Buffer.from('a tile as the publication stored it');

interface Limits {
  tileMatrix: string;
  minTileRow: number;
  maxTileRow: number;
  minTileCol: number;
  maxTileCol: number;
}

const tileset = (await request(app).get(`${TILES}/WebMercatorQuad`)).body;
const limits: Limits[] = tileset.tileMatrixSetLimits;
const [z14] = limits.filter(({ tileMatrix }) => tileMatrix === '14') as [Limits];
await database.pool.query('insert into production.tile values ($1, 14, $2, $3, $4)', [
  revision,
  z14.minTileCol,
  z14.minTileRow,
  gzipSync(CONTENT),
]);
const TILE = `${TILES}/WebMercatorQuad/14/${z14.minTileRow}/${z14.minTileCol}`;

const raw = (path: string, encoding: string) =>
  request(app)
    .get(path)
    .set('Accept-Encoding', encoding)
    .buffer()
    .parse((res, done) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks)));
    });

suite('tileset', () => {
  test('has what OpenLayers and the OGC want', () => {
    assert.equal(tileset.dataType, 'vector');
    assert.equal(tileset.tileMatrixSetURI, 'http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad');
    assert.deepEqual(
      limits.map(({ tileMatrix }) => tileMatrix),
      Array.from({ length: 17 }, (_, z) => String(z)),
    );
    const link = (rel: string) => tileset.links.find((entry: { rel: string }) => entry.rel === rel);
    assert.ok(
      link('http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme').href.endsWith('/tileMatrixSets/WebMercatorQuad'),
    );
    assert.equal(link('item').type, MVT);
    assert.equal(link('item').templated, true);
    assert.ok(link('item').href.endsWith('/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}'));
    assert.equal(tileset.attribution, 'Carrés <2019>');
  });

  test('stands in the list with its limits and its template', async () => {
    const { body } = await request(app).get(TILES).expect(200);
    assert.equal(body.tilesets.length, 1);
    assert.deepEqual(body.tilesets[0].tileMatrixSetLimits, limits);
    assert.ok(body.tilesets[0].links.some((link: { rel: string }) => link.rel === 'item'));
  });

  test('TileJSON gives the template by row and column, attribution and layers', async () => {
    const { body } = await request(app).get(`${TILES}/WebMercatorQuad/tilejson.json`).expect(200);
    assert.equal(body.tilejson, '3.0.0');
    assert.ok(body.tiles[0].endsWith(`${TILES}/WebMercatorQuad/{z}/{y}/{x}`));
    assert.deepEqual([body.minzoom, body.maxzoom], [13, 16]);
    assert.equal(body.vector_layers[0].id, 'occupation_sol');
    assert.equal(body.bounds.length, 4);
  });

  test('the tile matrix set is the registered one', async () => {
    const { body } = await request(app).get('/tileMatrixSets/WebMercatorQuad').expect(200);
    assert.equal(body.tileMatrices.length, 25);
    assert.equal(body.tileMatrices[24].matrixWidth, 2 ** 24);
  });
});

suite('tile', () => {
  test('goes out as it is stored where gzip is accepted, else inflated', async () => {
    const zipped = await raw(TILE, 'gzip, br').expect(200);
    assert.equal(zipped.headers['content-type'], MVT);
    assert.equal(zipped.headers['content-encoding'], 'gzip');
    const body = zipped.body as Buffer;
    assert.deepEqual(body[0] === 0x1f ? gunzipSync(body) : body, CONTENT);
    const plain = await raw(TILE, 'identity').expect(200);
    assert.equal(plain.headers['content-encoding'] ?? 'identity', 'identity');
    assert.deepEqual(plain.body, CONTENT);
  });

  test('is 200 with no byte where nothing is, inside the limits', async () => {
    const response = await raw(`${TILES}/WebMercatorQuad/14/${z14.maxTileRow}/${z14.maxTileCol}`, 'gzip').expect(200);
    const same = z14.maxTileRow === z14.minTileRow && z14.maxTileCol === z14.minTileCol;
    if (!same) {
      assert.equal(response.headers['content-length'], '0');
      assert.equal((response.body as Buffer).length, 0);
    }
    const low = await raw(`${TILES}/WebMercatorQuad/0/0/0`, 'gzip').expect(200);
    assert.equal(low.headers['content-length'], '0');
  });

  test('is 404 next to the limits, at every zoom', async () => {
    for (const { tileMatrix, minTileRow, maxTileRow, minTileCol, maxTileCol } of limits) {
      for (const [row, col] of [
        [minTileRow - 1, minTileCol],
        [maxTileRow + 1, minTileCol],
        [minTileRow, minTileCol - 1],
        [minTileRow, maxTileCol + 1],
      ]) {
        await request(app).get(`${TILES}/WebMercatorQuad/${tileMatrix}/${row}/${col}`).expect(404);
      }
    }
    await request(app).get(`${TILES}/WebMercatorQuad/17/0/0`).expect(404);
  });

  test('is MVT whatever a client accepts, and nothing else by name', async () => {
    const java = 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2';
    const response = await raw(TILE, 'gzip').set('Accept', java).expect(200);
    assert.equal(response.headers['content-type'], MVT);
    await request(app).get(`${TILE}?f=mvt`).expect(200);
    await request(app).get(`${TILE}?f=html`).expect(400);
  });

  test('has the tag of its revision: 304 until another one is published', async () => {
    const { headers } = await request(app).get(TILE);
    await request(app).get(TILE).set('If-None-Match', headers['etag']!).expect(304);
    await publishSquares(database, { millesime: 2019, count: 2500 });
    const after = await request(app).get(TILE).set('If-None-Match', headers['etag']!).expect(200);
    assert.notEqual(after.headers['etag'], headers['etag']);
  });
});

suite('limits', () => {
  test('hold every corner of the extent at every zoom, and stay in the matrix', () => {
    for (const bbox of [
      [2.2, 48.8, 2.4, 48.9],
      [-180, -90, 180, 90],
      [-61.8, 15.8, -61, 16.5],
      [55.2, -21.4, 55.8, -20.9],
      [0, 0, 0, 0],
    ]) {
      const all = tileLimits(bbox, 22);
      assert.equal(all.length, 23);
      for (const [z, { minTileRow, maxTileRow, minTileCol, maxTileCol }] of all.entries()) {
        assert.ok(minTileRow >= 0 && minTileRow <= maxTileRow && maxTileRow < 2 ** z, `${bbox} ${z}`);
        assert.ok(minTileCol >= 0 && minTileCol <= maxTileCol && maxTileCol < 2 ** z, `${bbox} ${z}`);
      }
    }
  });

  test('are the tile numbers everyone knows', () => {
    const paris = tileLimits([2.3522, 48.8566, 2.3522, 48.8566], 14)[14];
    assert.deepEqual(paris, {
      tileMatrix: '14',
      minTileRow: 5636,
      maxTileRow: 5636,
      minTileCol: 8299,
      maxTileCol: 8299,
    });
  });
});
