/** What a production request says of its sources, through to what is published. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import supertest from 'supertest';
import { BadInput } from '../../../pipeline/errors.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { parseProductionRequest } from '../../../pipeline/production-request.ts';
import { produce } from '../../../pipeline/run.ts';
import { openTestDatabase } from '../../database.ts';
import { testApp } from '../../server/published-fixture.ts';
import { contractJson, delivered } from '../classes/tiny-model.ts';
import { lambert, writeTiny } from '../rasters/tiny-tiff.ts';

const database = await openTestDatabase();
const { dataDir } = database.connection;
const model = await delivered('bands3', contractJson());
const config = { databaseUrl: undefined, dataDir, threads: 1, revisionKeepHours: 24, sourceOrigins: [], debug: false };

/** The west half is bright in red (built), the east half in green (water). */
const halves = (east: number) => (x: number, _y: number, band: number) => (band === (x < east ? 0 : 1) ? 200 : 50);
const image = (name: string, grid: Grid, nodata?: number) =>
  writeTiny(join(dataDir, `${name}.tif`), grid, halves(grid.widthPx / 2), { bands: 3, sampleFormat: 'uint8', nodata });

/** Produces `request`, fields smaller than the product's units too; the events it reported, by name. */
async function run(request: object) {
  const events = new Map<string, Record<string, unknown>>();
  const note = (event: string, data: Record<string, unknown> = {}) => void events.set(event, data);
  const report = { ...silentReport, info: note, warn: note };
  const asked = parseProductionRequest({
    departement: '999',
    model,
    tile: 64,
    margin: 0,
    minAreaM2: 0,
    generalise: false,
    ...request,
  });
  const result = await produce(asked, { database, config, report, signal: new AbortController().signal });
  return { ...result, events };
}

const areas = async (millesime: number) => {
  const { rows } = await database.pool.query<{ code_cs: string; area: number }>(
    `select code_cs, sum(o.aire_m2) as area from published.occupation_sol o join published.millesime m using (revision_id)
      where m.millesime = $1 group by 1 order by 1`,
    [millesime],
  );
  return Object.fromEntries(rows.map(({ code_cs, area }) => [code_cs, Math.round(Number(area) * 100) / 100])); // to the dm²
};

const square = (minX: number, minY: number, maxX: number, maxY: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [minX, minY],
      [maxX, minY],
      [maxX, maxY],
      [minX, maxY],
      [minX, minY],
    ],
  ],
});

describe('ocsge produce and its sources', () => {
  it('cuts at the extent’s limit, and says what ground has no imagery', async () => {
    const pva = await image('whole', lambert(80, 60));
    const extent = square(506_010, 6_286_950, 506_060.2, 6_286_990);
    const { events } = await run({ departement: '46', millesime: 2001, sources: { pva }, extent });
    assert.deepEqual(await areas(2001), { 'CS1.1.1.1': 30 * 40, 'CS1.2.2': 20.2 * 40 });
    assert.deepEqual(events.get('Imagery:Ground'), { askedM2: 2008, withoutImageryM2: 0 });
    const beyond = square(506_010, 6_286_950, 506_100, 6_286_990);
    const wider = await run({ departement: '46', millesime: 2001, sources: { pva }, extent: beyond });
    assert.deepEqual(wider.events.get('Imagery:Holes'), { askedM2: 3600, withoutImageryM2: 800, percent: 22.222 });
    assert.deepEqual(await areas(2001), { 'CS1.1.1.1': 30 * 40, 'CS1.2.2': 40 * 40 });
  });

  it('takes an extent in degrees that says so, and refuses one that does not', async () => {
    const pva = await image('degrees', lambert(80, 60));
    const { rows } = await database.pool.query<{ geojson: string }>(
      `select ST_AsGeoJSON(ST_Transform(ST_MakeEnvelope(506010, 6286950, 506060, 6286990, 2154), 4326), 9) as geojson`,
    );
    const degrees = JSON.parse(rows[0]!.geojson) as object;
    const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } };
    const path = join(dataDir, 'extent.geojson');
    await writeFile(
      path,
      JSON.stringify({
        type: 'FeatureCollection',
        crs,
        features: [{ type: 'Feature', properties: {}, geometry: degrees }],
      }),
    );
    await run({ departement: '12', millesime: 2002, sources: { pva }, extent: path });
    const { 'CS1.1.1.1': built, 'CS1.2.2': water } = await areas(2002);
    assert.deepEqual([Math.round(built!), Math.round(water!)], [30 * 40, 20 * 40]);
    const refused: [unknown, RegExp][] = [
      [degrees, /look like degrees, metres of EPSG:2154 wanted/],
      [
        { ...degrees, crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::4326' } } },
        /does not say which axis/,
      ],
      [
        { ...degrees, crs: { type: 'name', properties: { name: 'EPSG:32631' } } },
        /EPSG:32631 found, EPSG:2154 or CRS84 wanted/,
      ],
      [{ ...square(506_010, 6_286_950, 506_060, 6_286_990), crs }, /crs is CRS84, but its coordinates are no degrees/],
      [
        {
          type: 'Polygon',
          coordinates: [
            [
              [506_010, 6_286_950],
              [506_060, 6_286_950],
            ],
          ],
        },
        /rings of at least four positions/,
      ],
      [square(6_286_950, 506_010, 6_286_990, 506_060), /wanted coordinates of EPSG:2154/],
      [join(dataDir, 'none.geojson'), /none\.geojson: the extent cannot be read/],
      [square(100_000, 6_000_000, 100_010, 6_000_010), /extent asked.*does not overlap/],
    ];
    for (const [extent, message] of refused) {
      await assert.rejects(run({ departement: '12', millesime: 2002, sources: { pva }, extent }), (error: Error) => {
        assert.ok(error instanceof BadInput, String(error.stack));
        assert.match(error.message, message);
        return true;
      });
    }
  });

  it('publishes ground round a dalle that is missing, and inside an extent with a hole: no gap but what no image knows', async () => {
    const dalles: string[] = [];
    for (const row of [0, 1, 2]) {
      for (const column of [0, 1, 2]) {
        if (row === 1 && column === 1) continue;
        const grid = lambert(40, 20, 1, [40 * column, -20 * row]);
        dalles.push(await image(`ring-${row}-${column}`, grid));
      }
    }
    await run({ departement: '46', millesime: 2011, sources: { pva: dalles } });
    const ring = await areas(2011);
    assert.equal(ring['CS1.1.1.1']! + ring['CS1.2.2']!, 120 * 60 - 40 * 20);
    const pva = await image('holed', lambert(80, 60));
    const extent = square(506_010, 6_286_950, 506_070, 6_286_990);
    const hole = square(506_030, 6_286_960, 506_050, 6_286_980).coordinates[0]!;
    extent.coordinates.push(hole);
    await run({ departement: '46', millesime: 2012, sources: { pva }, extent });
    assert.deepEqual(await areas(2012), { 'CS1.1.1.1': 30 * 40 - 200, 'CS1.2.2': 30 * 40 - 200 });
  });

  it('unites acquisitions of the same ground on one grid', async () => {
    const west = await image('west', lambert(60, 60));
    const east = await image('east', lambert(80, 30, 1, [40, -10]));
    await run({ departement: '32', millesime: 2003, sources: [{ pva: west }, { pva: east }] });
    const all = await areas(2003);
    // West: 30 columns built, 30 water. East, from column 40: 40 built, 40 water over rows 10 to 40; both know 20 × 30 pixels.
    assert.equal(all['CS1.1.1.1']! + all['CS1.2.2']!, 60 * 60 + 60 * 30);
  });

  it('scores what it made against the annotations that the request names, and refuses bad ones before it begins', async () => {
    const pva = await image('scored', lambert(80, 60));
    const annotations = join(dataDir, 'truth.geojson');
    const feature = (code: string, geometry: object) => ({ type: 'Feature', properties: { code_cs: code }, geometry });
    const features = [
      feature('CS1.1.1.1', square(506_010, 6_286_950, 506_040, 6_286_990)),
      feature('CS1.2.2', square(506_040, 6_286_950, 506_060, 6_286_990)),
      feature('CS1.1.1.1', square(506_060, 6_286_950, 506_070, 6_286_990)), // which the image shows as water
    ];
    const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::2154' } };
    await writeFile(annotations, JSON.stringify({ type: 'FeatureCollection', crs, features }));
    const { events } = await run({ departement: '82', millesime: 2004, sources: { pva, annotations } });
    const { accuracy, outDir } = events.get('Evaluate:Done') as { accuracy: number; outDir: string };
    assert.ok(Math.abs(accuracy - 50 / 60) < 1e-9, `${accuracy}`);
    assert.ok(existsSync(join(outDir, 'report.html')));
    await assert.rejects(
      run({ departement: '82', millesime: 2004, sources: { pva, annotations: pva } }),
      /scored\.tif: masks need a table of classes/,
    );
  });

  it('produces the demonstration territory on another grid, readable as anything else', async () => {
    const grid: Grid = {
      srid: 26917,
      originX: 486_000,
      originY: 4_200_000,
      resolutionM: 0.6,
      widthPx: 90,
      heightPx: 70,
    };
    const pva = await image('naip', grid);
    await assert.rejects(run({ millesime: 2005, sources: { pva } }), /EPSG:26917 found, EPSG:2154 wanted/);
    await assert.rejects(
      run({ millesime: 2005, sources: { pva }, crs: 'EPSG:4326' }),
      /a projected CRS in metres wanted/,
    );
    await assert.rejects(
      run({ millesime: 2005, sources: { pva }, crs: 'EPSG:2263' }),
      /a projected CRS in metres wanted/,
    );
    await assert.rejects(
      run({ departement: '62', millesime: 2005, sources: { pva }, crs: 'EPSG:26917' }),
      /EPSG:2154 wanted, that of département 62; only 999 takes another/,
    );
    const { collectionId } = await run({ millesime: 2005, sources: { pva }, crs: 'EPSG:26917' });
    const app = testApp(database);
    const collection = await supertest(app)
      .get(`/collections/${collectionId}`)
      .set('Accept', 'application/json')
      .expect(200);
    assert.equal(collection.body.storageCrs, 'http://www.opengis.net/def/crs/EPSG/0/26917');
    const items = `/collections/${collectionId}/items`;
    const { body } = await supertest(app).get(items).set('Accept', 'application/geo+json').expect(200);
    assert.equal(body.numberMatched, 2);
    const [x, y] = body.features[0].geometry.coordinates[0][0];
    assert.ok(Math.abs(x + 81.16) < 0.01 && Math.abs(y - 37.95) < 0.01, `${x}, ${y}`);
    const local = await supertest(app)
      .get(`${items}?crs=http://www.opengis.net/def/crs/EPSG/0/26917`)
      .set('Accept', 'application/geo+json');
    assert.deepEqual(
      local.body.features[0].geometry.coordinates[0]
        .flat()
        .map(Math.floor)
        .some((v: number) => v === 4_200_000),
      true,
    );
    const tiles = await database.pool.query<{ n: number }>(
      'select count(*) as n from production.tile t join published.millesime m using (revision_id) where m.millesime = 2005',
    );
    assert.ok(tiles.rows[0]!.n > 0);
    const pairs = await database.pool.query<{ n: number }>(
      `select count(*) as n from production.difference_paire p join production.revision r on r.id in (p.revision_avant, p.revision_apres)
        where r.srid = 26917`,
    );
    assert.equal(pairs.rows[0]!.n, 0, 'no pair with a millésime of other ground');
  });
});
