import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BadInput } from '../../../pipeline/errors.ts';
import { importTerritoires, type TerritoiresOptions } from '../../../pipeline/exchange/import-territoires.ts';
import { openTestDatabase } from '../../database.ts';
import { ctx } from '../publish/squares.ts';

const database = await openTestDatabase();
const folder = mkdtempSync(join(tmpdir(), 'ocsge-territoires-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const samples = process.env['OCSGE_SAMPLES'];
const skip =
  samples !== undefined && existsSync(samples) ? false : 'OCSGE_SAMPLES is not set: no real territories at hand';

const ring = (x: number, y: number, side: number) => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];
const feature = (properties: object | null, coordinates: unknown = [ring(0.6, 43.6, 0.01)], type = 'Polygon') => ({
  type: 'Feature',
  properties,
  geometry: { type, coordinates },
});

function load(content: object | string, options: TerritoiresOptions = {}) {
  const path = join(folder, 'territoires.geojson');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return importTerritoires(database, path, options, ctx);
}

const collection = (features: object[], crs?: string) => ({
  type: 'FeatureCollection',
  ...(crs ? { crs: { type: 'name', properties: { name: crs } } } : {}),
  features,
});

const territoire = async (code: string) =>
  (
    await database.pool.query(
      'select niveau, nom, departement, ST_SRID(geom) as srid, aire_m2, ST_IsValid(geom) as valide, geojson_wgs84 from published.territoire where code = $1',
      [code],
    )
  ).rows[0];

test('communes are written in their département’s CRS, and written again', async () => {
  const asked: string[] = [];
  const onDepartement = async (departement: string) => void asked.push(departement);
  const communes = [
    feature({ code: '99901', nom: 'Ici' }),
    feature({ code: '97105', nom: 'Basse-Terre' }, [ring(-61.73, 15.99, 0.01)]),
    feature({ code: '2A004', nom: 'Ajaccio' }, [ring(8.73, 41.92, 0.01)]),
  ];
  const { count, departements } = await load(collection(communes), { onDepartement });
  assert.deepEqual([count, departements, asked], [3, ['2A', '971', '999'], ['2A', '971', '999']]);
  assert.deepEqual(
    await Promise.all(['99901', '97105', '2A004'].map(async (code) => (await territoire(code)).srid)),
    [2154, 5490, 2154],
  );
  await load(collection([feature({ code: '99901', nom: 'Là' })]));
  assert.equal((await territoire('99901')).nom, 'Là');
});

test('a crs member is followed, an outline that crosses itself is mended', async () => {
  const bow = [
    [
      [506_000, 6_287_000],
      [506_100, 6_287_100],
      [506_100, 6_287_000],
      [506_000, 6_287_100],
      [506_000, 6_287_000],
    ],
  ];
  await load(collection([feature({ code: '99902', nom: 'Nœud' }, bow)], 'urn:ogc:def:crs:EPSG::2154'));
  const { valide, aire_m2, geojson_wgs84 } = await territoire('99902');
  assert.deepEqual([valide, Math.round(aire_m2)], [true, 5_000]);
  assert.equal(JSON.parse(geojson_wgs84).type, 'MultiPolygon');
});

test('one feature alone, and a département, are read', async () => {
  await load(feature({ code: '062', nom: 'Pas-de-Calais' }));
  assert.deepEqual([(await territoire('62')).niveau, (await territoire('62')).departement], ['departement', null]);
});

test('Gers: 462 communes of one département, whose areas add up to it', { skip }, async () => {
  const admin = (name: string) => join(samples!, 'admin', name);
  const { count } = await importTerritoires(database, admin('communes-32-gers.geojson'), {}, ctx);
  assert.equal(count, 462);
  await importTerritoires(database, admin('departement-32-gers.geojson'), {}, ctx);
  const { rows } = await database.pool.query<{
    communes: number;
    departement: number;
    ellipsoid: number;
    invalid: number;
  }>(
    `select (select sum(aire_m2) from published.territoire where departement = '32') as communes,
            aire_m2 as departement, ST_Area(ST_Transform(geom, 4326)::geography) as ellipsoid,
            (select count(*) from published.territoire where not ST_IsValid(geom)) as invalid
       from published.territoire where niveau = 'departement' and code = '32'`,
  );
  const { communes, departement, ellipsoid, invalid } = rows[0]!;
  assert.ok(Math.abs(communes / departement - 1) < 0.001, `${communes} ${departement}`);
  assert.ok(Math.abs(departement / ellipsoid - 1) < 0.003, `${departement} on the grid, ${ellipsoid} on the ellipsoid`);
  assert.equal(invalid, 0);
});

test('all départements of the mainland are read', { skip }, async () => {
  const path = join(samples!, 'admin', 'departements-version-simplifiee.geojson');
  assert.equal((await importTerritoires(database, path, {}, ctx)).count, 96);
});

const refused: [string, object | string, RegExp][] = [
  ['text that is no JSON', 'bonjour', /not JSON/],
  ['no features', { type: 'FeatureCollection', features: [] }, /without features; wanted a GeoJSON FeatureCollection/],
  ['another document', [1, 2], /wanted a GeoJSON FeatureCollection/],
  [
    'no code',
    collection([feature({ insee: '32001', nom: 'x' })]),
    /feature 1: properties insee, nom; wanted code and nom/,
  ],
  ['no properties', collection([feature(null)]), /properties none/],
  ['a point', collection([feature({ code: '32001', nom: 'x' }, [0, 0], 'Point')]), /\(32001\): geometry Point/],
  [
    'metres without a crs',
    collection([feature({ code: '32001', nom: 'x' }, [ring(506_000, 6_287_000, 10)])]),
    /wanted degrees, or a crs member/,
  ],
  [
    'an unknown crs',
    collection([feature({ code: '32001', nom: 'x' })], 'Lambert'),
    /crs "Lambert"; wanted CRS84 or EPSG:n/,
  ],
  ['a code of unknown length', collection([feature({ code: '3200', nom: 'x' })]), /niveau unknown for code "3200"/],
  ['a département that is none', collection([feature({ code: '96001', nom: 'x' })]), /département "96"/],
];

for (const [name, content, message] of refused) {
  test(`${name} is refused`, async () => {
    const count = async () => (await database.pool.query('select count(*) from production.territoire')).rows[0].count;
    const before = await count();
    await assert.rejects(load(content), (error) => error instanceof BadInput && message.test(error.message));
    assert.equal(await count(), before);
  });
}
