import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Geometry } from 'geojson';
import { lineBlob, type TestFeature, writeGeoJson, writeGpkgLayers, writeShapefile } from './layer-files.ts';
import { a, b, c, FGB, folder, line, made, ROUTE, read, refused, square } from './reading.ts';

const samples = process.env['OCSGE_SAMPLES'];

test('one layer out of four formats: the same lines under the same names', async () => {
  const full = { cleabs: ROUTE, nature: 'Route à 1 chaussée', nombre_de_voies: 2, largeur_de_chaussee: 6.5 };
  const short = { ID: ROUTE, NATURE: 'Route à 1 chaussée', NB_VOIES: 2, LARGEUR: 6.5 };
  const geojson = join(made('geojson'), 'Troncon_de_route.geojson');
  writeGeoJson(geojson, [{ geometry: line(a, b), properties: full }]);
  writeShapefile(join(made('shp'), 'TRONCON_DE_ROUTE'), [{ geometry: line(a, b), properties: short }]);
  const gpkg = join(made('gpkg'), 'BDT_3-3_GPKG_LAMB93_D012.gpkg');
  const rows = [{ geometry: lineBlob([a!, b!]), properties: full }];
  writeGpkgLayers(gpkg, { troncon_de_route: { rows }, commune: { rows } });
  const wanted = [{ geometry: line(a, b), properties: full }];
  for (const path of [geojson, join(folder, 'shp'), gpkg]) {
    const { features, notes } = await read(path);
    assert.deepEqual(features, wanted, path);
    assert.deepEqual(notes, { features: 1, leftOut: {}, repaired: {}, lacks: [] });
  }
  assert.deepEqual(readdirSync(join(folder, 'tmp')), [], 'no copy of a GeoPackage is left');
});

test('a FlatGeobuf that GDAL wrote', async () => {
  copyFileSync(FGB, join(made('fgb'), 'troncon_de_route.fgb'));
  const { features, notes } = await read(join(folder, 'fgb'));
  assert.equal(notes.features, 2);
  assert.deepEqual(features[1], {
    geometry: { type: 'MultiLineString', coordinates: [[a, b]] },
    properties: {
      cleabs: ROUTE,
      nature: 'Route à 1 chaussée',
      importance: '3',
      position_par_rapport_au_sol: '0',
      nombre_de_voies: 2,
      largeur_de_chaussee: 6.5,
      prive: false,
    },
  });
  assert.deepEqual(features[0]!.geometry, {
    type: 'MultiLineString',
    coordinates: [
      [b, c],
      [
        [700_300, 6_600_050],
        [700_400, 6_600_050],
        [700_500, 6_600_000],
      ],
    ],
  });
  await refused(join(folder, 'fgb'), /EPSG:2154 found, EPSG:2975 wanted/, 2975);
});

test('rings of a shapefile: holes in the smallest outline that holds them', async () => {
  const [outer, hole, island] = [square(0, 0, 90), square(10, 10, 60).reverse(), square(20, 20, 30)];
  const inIsland = square(30, 30, 5).reverse();
  writeShapefile(join(made('rings'), 'batiment'), [
    { geometry: { type: 'Polygon', coordinates: [outer, inIsland, hole, island] }, properties: { USAGE1: 'Annexe' } },
  ]);
  const [feature] = (await read(join(folder, 'rings'))).features;
  assert.deepEqual(feature, {
    geometry: {
      type: 'MultiPolygon',
      coordinates: [
        [island, inIsland],
        [outer, hole],
      ],
    },
    properties: { usage_1: 'Annexe' },
  });
});

test('without .dbf, .prj and .shx: no attributes, the CRS of the run, both said', async () => {
  writeShapefile(join(made('bare'), 'troncon_de_route'), [{ geometry: line(a, b), properties: { ID: 'x' } }], ['shp']);
  const { features, notes } = await read(join(folder, 'bare'));
  assert.deepEqual(features, [{ geometry: line(a, b), properties: {} }]);
  assert.deepEqual(notes.lacks, ['crs', 'attributes']);
  await refused(join(folder, 'bare'), /no CRS stated.*wanted coordinates of EPSG:2975/, 2975);
});

test('empty geometries are left out, invalid ones repaired or left out, each counted', async () => {
  const properties = { id: 'x' };
  const geometries = [
    null,
    { type: 'LineString', coordinates: [] },
    { type: 'LineString', coordinates: [a, a] },
    { type: 'LineString', coordinates: [a, [Number.NaN, 1], b, b] },
    { type: 'MultiLineString', coordinates: [[a], [a, b]] },
    { type: 'Polygon', coordinates: [] },
    { type: 'Polygon', coordinates: [square(0, 0, 9).slice(0, 4)] },
    {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [9, 9],
          [9, 0],
          [0, 9],
          [0, 0],
        ],
      ],
    },
    { type: 'GeometryCollection', geometries: [] },
    { type: 'LineString', coordinates: [a, [2.6e7, 44.4], b] },
    { type: 'LineString', coordinates: [a, [-1e300, 1e300]] },
  ] as (Geometry | null)[];
  writeGeoJson(
    join(made('invalid'), 'batiment.geojson'),
    geometries.map((geometry): TestFeature => ({ geometry, properties })),
  );
  const { features, notes } = await read(join(folder, 'invalid'));
  assert.deepEqual(
    features.map(({ geometry }) => geometry),
    [
      line(a, b),
      { type: 'MultiLineString', coordinates: [[a, b]] },
      { type: 'Polygon', coordinates: [square(0, 0, 9)] },
      geometries[7],
      line(a, b),
    ],
  );
  assert.deepEqual(notes.leftOut, {
    'no geometry': 1,
    'geometry without ground': 4,
    'points too far from each other': 1,
  });
  assert.deepEqual(notes.repaired, {
    'a coordinate that is no number left out': 1,
    'a part without ground dropped': 1,
    'a point far from all others left out': 1,
    'an open ring closed': 1,
    'an outline that crosses itself drawn by the even-odd rule': 1,
  });
});

test('blobs of a GeoPackage that cannot be read are left out by their fault', async () => {
  const whole = lineBlob([a!, b!]);
  const empty = Buffer.from(whole);
  empty[3] = 0x11;
  const curve = Buffer.from(whole);
  curve.writeUInt32LE(8, 9);
  const blobs = [whole, empty, curve, whole.subarray(0, 40), Buffer.from('nothing'), null];
  const rows = blobs.map((geometry) => ({ geometry, properties: { nature: 'Sentier' } }));
  writeGpkgLayers(join(made('blobs'), 'x.gpkg'), { TRONCON_DE_ROUTE: { rows } });
  const { notes } = await read(join(folder, 'blobs'));
  assert.equal(notes.features, 1);
  assert.deepEqual(notes.leftOut, {
    'empty geometry': 1,
    'geometry type 8': 1,
    'bytes are missing': 1,
    'no GeoPackage header': 1,
    'no geometry': 1,
  });
});

test('layers lie in folders in folders; a folder gives each once, several paths give theirs together', async () => {
  const feature = (id: string) => ({ geometry: line(a, b), properties: { cleabs: id } });
  for (const [place, id] of [
    ['west/TRANSPORT/SHP', ROUTE],
    ['east/TRANSPORT', ROUTE.replace(/1$/, '2')],
  ] as const) {
    writeGeoJson(join(made(place), 'TRONCON_DE_ROUTE.geojson'), [feature(id), feature(ROUTE)]);
  }
  writeGeoJson(join(made('west'), 'COMMUNE.geojson'), []);
  writeShapefile(join(made('west'), 'troncon_de_route'), [{ geometry: line(a, c), properties: { ID: 'other' } }]);
  assert.deepEqual(
    (await read(join(folder, 'west'))).features.map(({ geometry }) => geometry),
    [line(a, c)],
  );
  const { features, notes } = await read([join(folder, 'west/TRANSPORT'), join(folder, 'east')]);
  assert.deepEqual(
    features.map(({ properties }) => properties['cleabs']),
    [ROUTE, ROUTE, ROUTE.replace(/1$/, '2')],
  );
  assert.deepEqual(notes.leftOut, { 'in another file as well': 1 });
  assert.equal((await read(join(folder, '{west,east}/TRANSPORT/**/*.geojson'))).features.length, 2);
  await refused(
    join(folder, 'west/COMMUNE.geojson'),
    /COMMUNE\.geojson: no layer of this name; wanted one of troncon_de_route/,
  );
  await refused(join(folder, 'nowhere'), /nowhere: no such folder or file/);
});

test('the real BD TOPO of Olemps, roads without their .dbf', {
  skip: samples ? false : 'OCSGE_SAMPLES names no folder of samples',
}, async () => {
  const path = join(samples!, 'references/bdtopo-v3-olemps');
  assert.ok(existsSync(path));
  const { sources, features, notes } = await read(path);
  const wanted = [
    'troncon_de_route',
    'troncon_de_voie_ferree',
    'surface_hydrographique',
    'batiment',
    'zone_d_activite_ou_d_interet',
    'aerodrome',
  ];
  assert.deepEqual(
    sources.map(({ role }) => role),
    wanted,
  );
  assert.equal(notes.features, 1094 + 6 + 28 + 2273 + 21);
  assert.deepEqual(notes.lacks, ['attributes']);
  const usages = features.filter(({ properties }) => properties['usage_1'] === 'Résidentiel');
  assert.equal(usages.length, 1090);
});
