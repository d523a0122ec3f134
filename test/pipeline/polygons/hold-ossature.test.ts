/** Ossature in a second millésime whose image has holes: as the references have it, as though the image had none. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Position } from 'geojson';
import type { PolygonsArtefact } from '../../../pipeline/artefacts.ts';
import { HOLD_DEFAULTS } from '../../../pipeline/polygons/hold/hold-options.ts';
import { assessQuality } from '../../../pipeline/quality/quality.ts';
import type { QualityReport } from '../../../pipeline/quality/report.ts';
import { writeGeoJson } from '../references/layer-files.ts';
import { context, hashesOf, linesOf, run, scratch } from './vectorise-scene.ts';

const folder = await scratch();
after(() => rm(folder, { recursive: true }));

const SIDE = 400;
const [LEFT, TOP] = [506_000, 6_287_000];
const grid = { srid: 2154, originX: LEFT, originY: TOP, resolutionM: 0.5, widthPx: SIDE, heightPx: SIDE };
const ROAD_ROW = 200;

/** Field above row 200, wood below it; where one of `holes` lies the image shows nothing. Holes: first and last column, first and last row. */
function image(...holes: [number, number, number, number][]) {
  const classes = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i < ROAD_ROW * SIDE ? 1 : 2));
  for (const [left, right, top, bottom] of holes)
    for (let y = top; y <= bottom; y++) classes.fill(0, y * SIDE + left, y * SIDE + right + 1);
  return { grid, codesCs: ['CS2.2.1', 'CS2.1.1.1'], classes, confidence: classes.map((value) => (value ? 250 : 0)) };
}

/** Settings with one road 6 m wide along row 200, rising by `riseM` from one side of the grid to the other. */
function withRoad(name: string, riseM: number) {
  const references = join(folder, name);
  mkdirSync(references);
  const [west, east]: Position[] = [
    [LEFT - 5, TOP - ROAD_ROW / 2],
    [LEFT + 205, TOP - ROAD_ROW / 2 + riseM],
  ];
  const properties = { LARGEUR: 6, IMPORTANCE: '2' };
  const geometry = { type: 'LineString' as const, coordinates: [west!, east!] };
  writeGeoJson(join(references, 'troncon_de_route.geojson'), [{ geometry, properties }]);
  return { ossature: { references, options: {}, dataDir: folder } };
}

async function reportOn(polygons: PolygonsArtefact, name: string): Promise<QualityReport> {
  const { reportPath } = await assessQuality(polygons, join(folder, name), { title: name }, context());
  return JSON.parse(await readFile(reportPath, 'utf8')) as QualityReport;
}

/** Asserts that `polygons` are those of `wanted`, to the byte and the id, and that the report has nothing to excuse. */
async function assertSame(polygons: PolygonsArtefact, wanted: PolygonsArtefact, name: string): Promise<void> {
  const bare = async ({ polygonsPath }: PolygonsArtefact) =>
    (await linesOf(polygonsPath)).map(({ geometry, properties: { id, code_cs, ossature, pixels } }) => ({
      geometry,
      properties: { id, code_cs, ossature, pixels },
    }));
  assert.deepEqual(await bare(polygons), await bare(wanted));
  const report = await reportOn(polygons, name);
  assert.ok(report.passed);
  assert.deepEqual(
    report.rules.filter(({ count }) => count > 0),
    [],
  );
  assert.deepEqual(report.listed, []);
}

const settings = withRoad('references', 3);
const former = await run(image(), join(folder, 'first'), settings);
const held = { ...settings, former, hold: HOLD_DEFAULTS };
const HOLES: Record<string, [number, number, number, number][]> = {
  'over the road': [[160, 239, 160, 239]],
  'that shuts off 20 m of field on the road': [
    [160, 219, 140, 150],
    [160, 170, 140, 199],
    [209, 219, 140, 199],
  ],
  'of a row that leaves single pixels of the road': [[0, SIDE - 1, 194, 195]],
};

for (const [index, [what, holes]] of Object.entries(HOLES).entries()) {
  test(`a hole ${what}: one road, and all objects those of the former millésime`, async () => {
    const polygons = await run(image(...holes), join(folder, `hole-${index}`), held);
    const roads = (await linesOf(polygons.polygonsPath)).filter(({ properties }) => properties.ossature === 1);
    assert.equal(roads.length, 1);
    await assertSame(polygons, former, `quality-${index}`);
    const cut = await run(image(...holes), join(folder, `hole-${index}-cut`), { ...held, blockPx: 64, workers: 2 });
    assert.deepEqual(await hashesOf(cut), await hashesOf(polygons));
  });
}

test('a road that has moved lies where the references have it, in a hole too, and nowhere else', async () => {
  const moved = withRoad('moved', 30);
  const options = { ...moved, former, hold: HOLD_DEFAULTS };
  const whole = await run(image(), join(folder, 'moved-whole'), options);
  const polygons = await run(image([160, 239, 100, 260]), join(folder, 'moved-hole'), options);
  const roadsOf = async ({ polygonsPath }: PolygonsArtefact) =>
    (await linesOf(polygonsPath)).filter(({ properties }) => properties.ossature === 1).map(({ geometry }) => geometry);
  const roads = await roadsOf(polygons);
  assert.equal(roads.length, 1);
  assert.deepEqual(roads, await roadsOf(whole));
});

test('where neither millésime knows the ground there is no ossature', async () => {
  const hole: [number, number, number, number] = [160, 239, 160, 239];
  const unknown = await run(image(hole), join(folder, 'unknown'), settings);
  const again = await run(image(hole), join(folder, 'unknown-again'), { ...held, former: unknown });
  const keysOf = async ({ polygonsPath }: PolygonsArtefact) =>
    (await linesOf(polygonsPath)).map(({ geometry, properties }) => [properties.id, geometry]);
  assert.deepEqual(await keysOf(again), await keysOf(unknown));
});

test('what the ossature takes within it is counted once', async () => {
  const around = join(folder, 'around');
  mkdirSync(around);
  const [x, y] = [LEFT + 100, TOP - 100];
  const corners: Position[] = [
    [-12, -12],
    [12, -12],
    [12, 12],
    [-12, 12],
    [-12, -12],
  ].map(([dx, dy]) => [x + dx!, y + dy!]);
  const link: Position[] = [corners[0]!, [LEFT - 5, y - 12]];
  writeGeoJson(
    join(around, 'troncon_de_route.geojson'),
    [corners, link].map((coordinates) => ({
      geometry: { type: 'LineString' as const, coordinates },
      properties: { LARGEUR: 6, IMPORTANCE: '2' },
    })),
  );
  const ring = { ossature: { references: around, options: {}, dataDir: folder } };
  const alone = await run(image(), join(folder, 'ring'), ring);
  assert.deepEqual(alone.ossature!.enclaves, { count: 1, areaM2: 18 * 18 });
  const before = await run(image(), join(folder, 'no-ring'));
  for (const [name, first] of Object.entries({ before, alone })) {
    const polygons = await run(image(), join(folder, `ring-${name}`), { ...ring, former: first, hold: HOLD_DEFAULTS });
    assert.deepEqual(polygons.ossature!.enclaves, alone.ossature!.enclaves, name);
  }
});
