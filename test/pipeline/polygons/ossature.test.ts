import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Geometry, Position } from 'geojson';
import type { BboxLocal, Grid } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { burnOssature } from '../../../pipeline/polygons/ossature/burn-ossature.ts';
import { clippedLine } from '../../../pipeline/polygons/ossature/clip-line.ts';
import { LineIndex } from '../../../pipeline/polygons/ossature/line-index.ts';
import { type OssatureOptions, ossatureSources, readOssature } from '../../../pipeline/polygons/ossature/ossature.ts';
import { joinedNetwork, lengthM, type OssatureLine } from '../../../pipeline/polygons/ossature/ossature-network.ts';
import { toldOssature } from '../../../pipeline/polygons/ossature/tell-ossature.ts';
import { segmentWidth } from '../../../pipeline/references/ossature-widths.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { type TestFeature, writeGeoJson } from '../references/layer-files.ts';

const folder = await mkdtemp(join(tmpdir(), 'ocsge-ossature-'));
after(() => rm(folder, { recursive: true }));
const samples = process.env['OCSGE_SAMPLES'];

const GRID: Grid = { srid: 2154, originX: 0, originY: 4000, resolutionM: 2, widthPx: 2000, heightPx: 2000 };
const LIMIT: BboxLocal = [0, 0, 4000, 4000];
const RULES = { connectM: 10, linkM: 100, minPieceM: 500, limit: LIMIT, overlapM: 0 };

const road = (...points: Position[]): OssatureLine => ({ kind: 'road', widthM: 6, level: 0, points });
const rail = (...points: Position[]): OssatureLine => ({ ...road(...points), kind: 'rail' });

test('widths: stated, by lanes or tracks, by the table, by default; what is no ossature', () => {
  const of = (properties: Record<string, unknown>, kind: 'road' | 'rail' = 'road') => {
    const found = segmentWidth(kind, properties, 5);
    return typeof found === 'string' ? found : [found.widthM, found.source, found.level];
  };
  assert.deepEqual(of({}), [5, 'default', 0]);
  assert.deepEqual(of({ largeur_de_chaussee: 5.5, nature: 'Route à 1 chaussée', importance: '5' }), [5.5, 'width', 0]);
  assert.deepEqual(of({ largeur_de_chaussee: 0, nature: 'Rond-point' }), [7, 'table', 0]);
  assert.deepEqual(of({ importance: 3, position_par_rapport_au_sol: '1' }), [6, 'table', 1]);
  assert.deepEqual(of({ nombre_de_voies: 2, nature: 'Route à 1 chaussée' }), [6, 'lanes', 0]);
  assert.deepEqual(of({ position_par_rapport_au_sol: 'Gué ou radier' }), [5, 'default', 0]);
  assert.equal(of({ largeur_de_chaussee: 4 }), 'narrow');
  assert.equal(of({ nombre_de_voies: 1 }), 'narrow');
  assert.equal(of({ position_par_rapport_au_sol: '-1' }), 'underground');
  assert.equal(of({ nature: 'Sentier', largeur_de_chaussee: 9 }), 'nature');
  assert.equal(of({ fictif: 'Oui' }), 'fictive');
  assert.equal(of({ etat_de_l_objet: 'En construction' }), 'not built yet');
  assert.deepEqual(
    of({ nature: 'Voie ferrée principale', largeur_de_chaussee: 'Normale', nombre_de_voies: 2 }, 'rail'),
    [9, 'lanes', 0],
  );
  assert.equal(of({ nature: 'Tramway' }, 'rail'), 'nature');
});

test('a piece that floats is dropped, one that reaches the limit or another of its kind is not', () => {
  const main = road([100, 2000], [1100, 2000]);
  const beside = road([100, 2006], [200, 2006]); // its buffer touches that of the main road
  const island = road([100, 1000], [300, 1000]);
  const border = road([-50, 500], [50, 500]);
  const crossing = rail([600, 1950], [600, 2050]); // a level crossing joins nothing
  const bent = [road([2000, 3000], [2100, 3000]), road([2100, 3000], [2100, 3100])];
  const { lines, floating } = joinedNetwork([main, beside, island, border, crossing, ...bent], [], RULES);
  assert.deepEqual(lines, [main, beside, border]);
  assert.deepEqual(floating, [island, crossing, ...bent]);
});

test('a bridge is of the road that goes on from its ends, not of what it crosses', () => {
  const main = road([0, 2000], [4000, 2000]);
  const bridge = { ...road([2000, 1980], [2000, 2020]), level: 1 };
  const ramps = [road([2000, 1000], [2000, 1980]), road([2000, 2020], [2000, 2900])];
  const footing = { ...road([1000, 1990], [1000, 2100]), level: 2 };
  const ending = { ...road([500, 2000], [500, 2100]), level: 1 }; // ends on the main road
  const kept = joinedNetwork([main, bridge, ...ramps, footing, ending], [], { ...RULES, minPieceM: 1_950 });
  assert.deepEqual(kept.lines, [main, ending]);
  assert.deepEqual(kept.floating, [bridge, ...ramps, footing]);
  assert.deepEqual(joinedNetwork([bridge, ...ramps], [], { ...RULES, minPieceM: 1_900 }).floating, []);
  const above = { ...road([3000, 2008], [3000, 2100]), level: 1 };
  assert.deepEqual(joinedNetwork([main, above], [], RULES).connections, [], 'nor is a gap closed to what lies below');
});

test('gaps up to the stated distance are closed, from loose ends, within a kind, shortest first', () => {
  const main = road([0, 100], [600, 100]);
  const near = road([300, 108], [300, 300]); // its end is 8 m from the axis
  const far = road([400, 111], [400, 300]);
  const line = rail([500, 109], [500, 300]);
  const { connections, lines, floating } = joinedNetwork([main, near, far, line], [], RULES);
  assert.deepEqual(connections, [road([300, 108], [300, 100])]);
  assert.deepEqual(
    [lines, floating],
    [
      [main, near],
      [far, line],
    ],
  );
  const chain = [road([0, 50], [300, 50]), road([308, 50], [400, 50]), road([407, 50], [700, 50])];
  const joined = joinedNetwork(chain, [], { ...RULES, limit: [-999, -999, 9999, 9999], minPieceM: 690 });
  assert.deepEqual(joined.connections.map(lengthM), [7, 8]);
  assert.equal(joined.lines.length, 3);
});

test('a tunnel joins what it goes on from, and is not drawn', () => {
  const [west, east] = [road([1000, 500], [1300, 500]), road([1400, 500], [1700, 500])];
  const tunnel = { ...road([1300, 500], [1400, 500]), level: -1 };
  const above = rail([1350, 400], [1350, 600]);
  const { lines, floating, connections } = joinedNetwork([west, tunnel, east, above], [], { ...RULES, minPieceM: 650 });
  assert.deepEqual([lines, floating, connections], [[west, east], [above], []]);
});

test('a gap within a piece is closed as well, but where only a needle would be between', () => {
  const main = road([0, 100], [600, 100]);
  const closed = (...lines: OssatureLine[]) =>
    joinedNetwork([main, ...lines], [], RULES).connections.map(({ points }) => points);
  const up = road([300, 100], [300, 300]);
  const block = road([300, 300], [200, 300], [200, 106]);
  assert.deepEqual(closed(up, block), [[[200, 106], [200, 100]]]); // biome-ignore format: pairs of points
  const [left, right] = [road([200, 100], [200, 200], [246, 200]), road([300, 100], [300, 200], [254, 200])];
  assert.deepEqual(closed(left, right), [[[246, 200], [254, 200]]], 'two dead ends by one edge'); // biome-ignore format: pairs of points
  const spur = road([300, 100], [308, 108]);
  const [stub, bend] = [road([400, 100], [400, 104]), road([400, 104], [405, 108])];
  assert.deepEqual(closed(spur, stub, bend), [], 'spurs');
  const loop = road([300, 100], [300, 200], [360, 200], [360, 150], [307, 150]);
  assert.deepEqual(closed(loop), [[[307, 150], [300, 150]]], 'a line that comes back to itself'); // biome-ignore format: pairs of points
  const ring = road([300, 103], [310, 113], [300, 123], [290, 113], [300, 103]);
  assert.deepEqual(closed(ring), [], 'a roundabout');
});

test('lines are clipped to what is round the ground, and one that is absurdly long costs nothing', async () => {
  const box: BboxLocal = [0, 0, 100, 100];
  assert.deepEqual(clippedLine([[-50, 50], [50, 50], [50, 150], [80, 150], [80, 90]], box), [
    [[0, 50], [50, 50], [50, 100]],
    [[80, 100], [80, 90]],
  ]); // biome-ignore format: lines
  assert.deepEqual(
    clippedLine(
      [
        [-50, 50],
        [-20, 200],
      ],
      box,
    ),
    [],
  );
  const far = feature([[100, 2000], [900_000, 900_000]]); // biome-ignore format: a line
  const { report } = await ossatureOf({ troncon_de_route: [far] }, GRID);
  assert.ok(report.kept['road']!.lengthM < 10_000);
  const index = new LineIndex(50);
  index.add(0, 0, 900_000, 900_000);
  assert.deepEqual([index.near(450_010, 450_010, 450_020, 450_020), index.near(0, 450_000, 10, 450_010)], [[0], []]);
});

test('a narrow stretch is kept where it alone joins two pieces', () => {
  const [west, east] = [road([0, 100], [300, 100]), road([380, 100], [700, 100])];
  const stretch = road([300, 100], [340, 110], [380, 100]);
  const longWay = road([300, 100], [340, 150], [380, 100]);
  const path = road([100, 100], [100, 180]);
  const { links, lines } = joinedNetwork([west, east], [longWay, path, stretch], {
    ...RULES,
    limit: [-99, -99, 9999, 9999],
  });
  assert.deepEqual(links, [stretch]);
  assert.equal(lines.length, 2);
});

async function ossatureOf(layers: Record<string, TestFeature[]>, grid: Grid, options: OssatureOptions = {}) {
  const path = join(folder, `${Object.keys(layers).join('-')}-${Math.random()}`);
  mkdirSync(path);
  for (const [layer, features] of Object.entries(layers)) writeGeoJson(join(path, `${layer}.geojson`), features);
  const sources = await ossatureSources(path, options, folder);
  return readOssature(sources, grid, options, folder, silentReport);
}

const whole = ({ widthPx, heightPx }: Grid) => ({ xPx: 0, yPx: 0, widthPx, heightPx });
const feature = (coordinates: Position[], properties: TestFeature['properties'] = {}): TestFeature => ({
  geometry: { type: 'LineString', coordinates } as Geometry,
  properties,
});

test('a network is cut into objects of bounded size, by cuts straight across', async () => {
  const roads = [
    feature([
      [-10, 2001],
      [4010, 2001],
    ]),
    feature([
      [2001, -10],
      [2001, 4010],
    ]),
  ];
  const { index, classes } = await ossatureOf({ troncon_de_route: roads }, GRID);
  const burnt = burnOssature(whole(GRID), index)!;
  const { count, pixels, classOf } = connectedRegions(burnt, GRID.widthPx, GRID.heightPx);
  const areas = [...pixels].slice(1).map((of) => of * 4);
  assert.ok(count > 4 && areas.every((area) => area >= 2_500 && area <= 2 * 1_000 * 6), areas.join(' '));
  assert.ok([...classOf].slice(1).every((value) => classes[value - 1]!.codeCs === 'CS1.1.1.2'));
  const row = (y: number) => [...burnt.subarray(y * GRID.widthPx, (y + 1) * GRID.widthPx)];
  assert.deepEqual(row(999), row(1000), 'the sides and the cuts are straight');
  assert.equal(row(997).filter((value) => value !== 0).length, row(1002).filter((value) => value !== 0).length);
});

test('where kinds cross the higher covers the lower, at one level roads cover rail and rail water', async () => {
  const across: Position[] = [
    [-10, 2001],
    [4010, 2001],
  ];
  const along: Position[] = [
    [2001, -10],
    [2001, 4010],
  ];
  const lake: Geometry = {
    type: 'Polygon',
    coordinates: [
      [
        [1000, 1000],
        [1000, 3000],
        [3000, 3000],
        [3000, 1000],
        [1000, 1000],
      ],
    ],
  };
  const at = async (roadLevel: string, railLevel: string, x: number, y: number) => {
    const layers = {
      troncon_de_route: [feature(across, { position_par_rapport_au_sol: roadLevel })],
      troncon_de_voie_ferree: [feature(along, { position_par_rapport_au_sol: railLevel })],
      surface_hydrographique: [{ geometry: lake, properties: {} }],
    };
    const { index, classes } = await ossatureOf(layers, GRID, { hydrography: true });
    const value = burnOssature({ xPx: x, yPx: y, widthPx: 1, heightPx: 1 }, index)?.[0] ?? 0;
    return classes[value - 1]?.codeCs;
  };
  assert.equal(await at('0', '0', 1000, 1000), 'CS1.1.1.2');
  assert.equal(await at('0', '1', 1000, 1000), 'CS1.1.2.1');
  assert.equal(await at('2', '1', 1000, 1000), 'CS1.1.1.2');
  assert.equal(await at('0', '0', 1000, 900), 'CS1.1.2.1');
  assert.equal(await at('0', '0', 1100, 900), 'CS1.2.2');
  assert.equal(await at('0', '0', 1000, 100), 'CS1.1.2.1');
  assert.equal(await at('0', '0', 100, 100), undefined);
});

test('a lake whose outline crosses itself is as large as what is burnt of it', async () => {
  const corners: Position[] = [[1000, 1000], [1200, 1200], [1200, 1000], [1000, 1200], [1000, 1000]]; // biome-ignore format: pairs of points
  const bowTie: Geometry = { type: 'Polygon', coordinates: [corners] };
  const layers = { surface_hydrographique: [{ geometry: bowTie, properties: {} }] };
  const { index, report } = await ossatureOf(layers, GRID, { hydrography: true });
  assert.deepEqual([report.kept, report.dropped], [{ water: { count: 1, lengthM: 0, areaM2: 20_000 } }, {}]);
  assert.ok(burnOssature(whole(GRID), index)!.filter((value) => value !== 0).length * 4 >= 20_000);
});

test('no references for it, or nothing in them: no ossature', async () => {
  const path = join(folder, 'others');
  mkdirSync(path);
  writeGeoJson(join(path, 'rpg.geojson'), []);
  assert.deepEqual(await ossatureSources(path, {}, folder), []);
  const { index } = await ossatureOf({ troncon_de_route: [] }, GRID);
  assert.equal(burnOssature(whole(GRID), index), null);
});

test('the real BD TOPO of Olemps: one network of roads, rail and water, and nothing that floats', {
  skip: samples ? false : 'OCSGE_SAMPLES names no folder of samples',
}, async () => {
  const grid: Grid = {
    srid: 2154,
    originX: 661_800,
    originY: 6_362_700,
    resolutionM: 2,
    widthPx: 2400,
    heightPx: 2600,
  };
  const path = join(samples!, 'references/bdtopo-v3-olemps');
  const sources = await ossatureSources(path, { hydrography: true }, folder);
  const { index, report, classes } = await readOssature(sources, grid, { hydrography: true }, folder, silentReport);
  const burnt = burnOssature(whole(grid), index)!;
  const pieces = connectedRegions(
    burnt.map((value) => (value === 0 ? 0 : 1)),
    grid.widthPx,
    grid.heightPx,
  );
  assert.equal(pieces.count, 1);
  const codes = new Set([...new Set(burnt)].map((value) => classes[value - 1]?.codeCs));
  assert.deepEqual([...codes].sort(), ['CS1.1.1.2', 'CS1.1.2.1', 'CS1.2.2', undefined]);
  assert.equal(report.widths['road default']!.count, 1094, 'segments, not their lines');
  assert.equal(report.dropped['rail underground']!.count, 1);
  assert.ok(report.dropped['road floating']!.count > 0);
  assert.equal(report.kept['rail']!.count, 5, 'on both sides of its tunnel');
  const { notes } = toldOssature(report);
  assert.ok(notes.includes('TRONCON_DE_ROUTE.shp : sans .dbf, ses tronçons n’ont pas d’attributs'));
  assert.ok(
    notes.some((note) => /^Routes : 1\s094 tronçons sur 1\s094 .* largeur par défaut 5 m$/.test(note)),
    notes.join('\n'),
  );
});
