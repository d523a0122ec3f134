import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Feature, Geometry, Polygon, Position } from 'geojson';
import type { ObjetProperties, PolygonProperties, StageContext } from '../../../pipeline/artefacts.ts';
import { BadInput } from '../../../pipeline/errors.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { vectorise } from '../../../pipeline/polygons/vectorise.ts';
import { assignUsage } from '../../../pipeline/usage/assign-usage.ts';
import { ruleFor, USAGE_RULES } from '../../../pipeline/usage/rules.ts';
import { couvertureOf } from '../polygons/ascii.ts';

const folder = await mkdtemp(join(tmpdir(), 'ocsge-usage-'));
after(() => rm(folder, { recursive: true }));
const ctx: StageContext = { report: silentReport, signal: new AbortController().signal, threads: 1 };

// a house, a road, a wood, a field; a metre a pixel, the lower left corner at 0, 0
const ground = 'aaggff\naaggff\nbbbbbb\nbbbbbb\nggffff';
const polygons = await vectorise(
  couvertureOf(ground, 1, 128),
  join(folder, 'polygons'),
  { departement: '999', minAreaM2: 0, generalise: false },
  ctx,
);

const box = (x: number, y: number, width: number, height: number): Geometry => ({
  type: 'Polygon',
  coordinates: [
    [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
      [x, y],
    ],
  ] as Position[][],
});

async function references(
  name: string,
  layers: Record<string, [Geometry | null, object][]>,
  crs?: unknown,
): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [layer, features] of Object.entries(layers)) {
    const collection = {
      type: 'FeatureCollection',
      crs: crs ?? { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::2154' } },
      features: features.map(([geometry, properties]) => ({ type: 'Feature', properties, geometry })),
    };
    await writeFile(join(path, `${layer}.geojson`), JSON.stringify(collection));
  }
  return path;
}

async function usages(referenceFolder: string | null, out: string): Promise<Feature<Polygon, ObjetProperties>[]> {
  const { objetsPath, count, srid } = await assignUsage(polygons, referenceFolder, join(folder, out), ctx);
  const lines = (await readFile(objetsPath, 'utf8')).trimEnd().split('\n');
  assert.deepEqual([lines.length, srid], [count, 2154]);
  return lines.map((line) => JSON.parse(line));
}

const shown = (objets: Feature<Polygon, ObjetProperties>[]) =>
  objets.map(({ properties: p }) => [p.code_cs, p.code_us, p.us_source, p.us_rule, p.us_share, p.ossature]);

test('without references the couverture decides', async () => {
  assert.deepEqual(shown(await usages(null, 'alone')), [
    ['CS1.1.1.1', 'US235', 'couverture', 'couverture-bati', null, 0],
    ['CS2.2.1', 'US6.3', 'couverture', 'couverture-autre', null, 0],
    ['CS2.1.1.1', 'US6.3', 'couverture', 'couverture-autre', null, 0],
    ['CS1.1.1.2', 'US235', 'couverture', 'couverture-bati', null, 0],
    ['CS2.2.1', 'US6.3', 'couverture', 'couverture-autre', null, 0],
    ['CS2.1.1.1', 'US6.3', 'couverture', 'couverture-autre', null, 0],
  ]);
});

test('reference layers vote by the share of the object they cover', async () => {
  const path = await references('all', {
    troncon_de_route: [
      [
        {
          type: 'LineString',
          coordinates: [
            [-5, 2],
            [11, 2],
          ],
        },
        { largeur: 2 },
      ],
    ],
    batiment: [
      [box(0, 3, 1, 2), { usage_1: 'Agricole' }],
      [box(0, 3, 1, 1), { usage_1: 'Agricole' }],
      [box(1, 3, 1, 2), { usage_1: 'Résidentiel' }],
    ],
    rpg: [
      [box(2, 3, 2, 2), {}],
      [box(0, 0, 0.9, 1), {}],
      [null, {}],
    ],
    bd_foret: [
      [box(4, 3, 2, 1), {}],
      [box(2, 0, 1, 1), {}],
    ],
  });
  const objets = await usages(path, 'all out');
  assert.deepEqual(shown(objets), [
    ['CS1.1.1.1', 'US1.1', 'batiment', 'agriculture-bati', 0.5, 0],
    ['CS2.2.1', 'US1.1', 'rpg', 'agriculture-rpg', 1, 0],
    ['CS2.1.1.1', 'US6.3', 'couverture', 'couverture-autre', null, 0], // 2 m wide: no wood used as such
    ['CS1.1.1.2', 'US4.1.1', 'troncon_de_route', 'transport-route', 1, 0],
    ['CS2.2.1', 'US1.1', 'rpg', 'agriculture-rpg', 0.5, 0],
    ['CS2.1.1.1', 'US6.3', 'couverture', 'couverture-autre', null, 0],
  ]);
  const { geometry, properties } = objets[0]!;
  const [polygon] = (await readFile(polygons.polygonsPath, 'utf8')).split('\n').map((line) => line && JSON.parse(line));
  assert.deepEqual(geometry, polygon.geometry);
  const { id, confiance } = polygon.properties as PolygonProperties;
  assert.deepEqual(properties, {
    id,
    code_cs: 'CS1.1.1.1',
    code_us: 'US1.1',
    source: 'calcul',
    ossature: 0,
    id_origine: 'NC',
    code_or: 'NC',
    confiance,
    us_source: 'batiment',
    us_rule: 'agriculture-bati',
    us_share: 0.5,
  });
});

test('a line without width is 5 m wide', async () => {
  const path = await references('width', {
    troncon_de_route: [
      [
        {
          type: 'LineString',
          coordinates: [
            [0, 0.5],
            [6, 0.5],
          ],
        },
        {},
      ],
    ],
  });
  assert.equal((await usages(path, 'width out'))[3]!.properties.us_share, 1); // up to 3 m, where the road ends
});

test('what the polygons say of the ossature is passed on', async () => {
  const lines = (await readFile(polygons.polygonsPath, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  lines[3].properties.ossature = 1;
  const polygonsPath = join(folder, 'ossature.geojsonl');
  await writeFile(polygonsPath, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { objetsPath } = await assignUsage({ ...polygons, polygonsPath }, null, join(folder, 'ossature out'), ctx);
  const objets = (await readFile(objetsPath, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    shown(objets).map((values) => values.at(-1)),
    [0, 0, 0, 1, 0, 0],
  );
});

test('a road under the ground says nothing of what lies over it', async () => {
  const coordinates = [
    [0, 0.5],
    [6, 0.5],
  ];
  const path = await references('tunnel', {
    troncon_de_route: [[{ type: 'LineString', coordinates }, { position_par_rapport_au_sol: '-1' }]],
  });
  assert.equal((await usages(path, 'tunnel out'))[3]!.properties.code_us, 'US235');
});

test('the stage is not done again while its output is there, and is when a layer changes', async () => {
  const path = await references('again', { rpg: [[box(2, 3, 2, 2), {}]] });
  const { objetsPath } = await assignUsage(polygons, path, join(folder, 'again out'), ctx);
  const { mtimeMs } = await stat(objetsPath);
  await assignUsage(polygons, path, join(folder, 'again out'), ctx);
  assert.equal((await stat(objetsPath)).mtimeMs, mtimeMs);
  await writeFile(
    join(path, 'rpg.geojson'),
    (await readFile(join(path, 'rpg.geojson'), 'utf8')).replace('[2,3]', '[2,3.9]'),
  );
  await assignUsage(polygons, path, join(folder, 'again out'), ctx);
  assert.notEqual((await stat(objetsPath)).mtimeMs, mtimeMs);
});

const refused: [name: string, file: string, crs: unknown, message: RegExp][] = [
  [
    'crs',
    '',
    { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } },
    /rpg\.geojson: .*CRS84" found, EPSG:2154 wanted/,
  ],
  ['other crs', '', { type: 'name', properties: { name: 'EPSG:2975' } }, /rpg\.geojson: EPSG:2975 found/],
  ['no crs', '{"type":"FeatureCollection","features":[]}', null, /CRS84, as without a crs member" found/],
  ['truncated', '{"type":"FeatureColl', null, /rpg\.geojson: not JSON/],
  ['foreign', '{"type":"Topology"}', null, /rpg\.geojson: Topology found, a GeoJSON FeatureCollection is wanted/],
];
for (const [name, content, crs, message] of refused) {
  test(`refused: ${name}`, async () => {
    const path = await references(name, { rpg: [[box(0, 0, 1, 1), {}]] }, crs);
    if (content) await writeFile(join(path, 'rpg.geojson'), content);
    const out = join(folder, `${name} out`);
    await assert.rejects(assignUsage(polygons, path, out, ctx), (error: Error) => {
      assert.match(error.message, message);
      return error instanceof BadInput;
    });
    await assert.rejects(stat(join(out, 'objets.geojsonl')));
  });
}

test('a wood is one used as such from 20 m of width on', async () => {
  const [wood, hedge, between] = ['ggffffffgg', 'ggffffgggg', 'gggggggggg'];
  const ground = [between, ...Array(6).fill(wood), between, ...Array(6).fill(hedge), between].join('\n');
  const path = await references('woods', { bd_foret: [[box(0, 0, 40, 60), {}]] });
  const options = { departement: '999', minAreaM2: 0, generalise: false };
  const woods = await vectorise(couvertureOf(ground, 4, 128), join(folder, 'woods polygons'), options, ctx);
  const { objetsPath } = await assignUsage(woods, path, join(folder, 'woods out'), ctx);
  const lines = (await readFile(objetsPath, 'utf8')).trimEnd().split('\n');
  const objets: Feature<Polygon, ObjetProperties>[] = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    objets.map(({ properties }) => [properties.code_cs, properties.code_us, properties.us_rule]),
    [
      ['CS2.2.1', 'US6.3', 'couverture-autre'],
      ['CS2.1.1.1', 'US1.2', 'foret'],
      ['CS2.1.1.1', 'US6.3', 'couverture-autre'],
    ],
  );
});

test('a folder that is not there is refused', async () => {
  await assert.rejects(assignUsage(polygons, join(folder, 'nowhere'), join(folder, 'x'), ctx), /no such folder/);
});

test('the first rule of the table that holds wins; a code is within the codes above it only', () => {
  const [all, wide] = [() => 1, () => true];
  assert.equal(ruleFor('CS1.1.2.1', all, wide).rule.id, 'transport-rail');
  assert.equal(ruleFor('CS2.1.1.2', all, wide).rule.id, 'foret');
  assert.equal(ruleFor('CS2.1.1.2', all, ({ minWidthM }) => minWidthM === undefined).rule.codeUs, 'US6.3');
  assert.equal(ruleFor('CS2.1.3', () => 0, wide).rule.codeUs, 'US1.1');
  assert.equal(ruleFor('CS1.2.2', () => 0.4, wide).rule.codeUs, 'US6.3');
  assert.throws(() => ruleFor('urbain', all, wide), /no rule of usage/);
});

test('rules are named once and give codes of the nomenclature', async () => {
  const csv = await readFile(new URL('../../../sql/nomenclature/nomenclature.csv', import.meta.url), 'utf8');
  const codes = new Set(
    csv.split('\n').map((line) =>
      line
        .split(/[,;]/)
        .find((cell) => /^"?[CU]S\d/.test(cell))
        ?.replaceAll('"', ''),
    ),
  );
  assert.equal(new Set(USAGE_RULES.map(({ id }) => id)).size, USAGE_RULES.length);
  for (const { codeUs, couverture } of USAGE_RULES) {
    for (const code of [codeUs, ...couverture]) assert.ok(code === 'CS' || codes.has(code), code);
  }
});
