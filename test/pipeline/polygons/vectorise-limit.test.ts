/** A raster vectorised and cut at a limit: the artefact's files agree, and no cut of the raster shows. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Polygon, Position } from 'geojson';
import type { PolygonProperties, PolygonsArtefact } from '../../../pipeline/artefacts.ts';
import type { CouvertureRaster } from '../../../pipeline/couverture.ts';
import { createEdgeLedger } from '../../../pipeline/edge-ledger.ts';
import { type Extent, extentAreaM2 } from '../../../pipeline/extent.ts';
import { extentMask } from '../../../pipeline/extent-mask.ts';
import { readFeatures } from '../../../pipeline/geojsonl.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { joinLoops } from '../../../pipeline/loops.ts';
import { vectorise } from '../../../pipeline/polygons/vectorise.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';

const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };
const SIDE = 96;
const [X, Y] = [506_000, 6_287_000];

/** Blobs of five classes, some ground unknown. */
function scene(): CouvertureRaster {
  const grid = { srid: 2154, originX: X, originY: Y + SIDE, resolutionM: 1, widthPx: SIDE, heightPx: SIDE };
  const classes = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < classes.length; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const wave = Math.sin(x / 7) + Math.cos(y / 9) + Math.sin((x + 2 * y) / 13);
    classes[i] = Math.hypot(x - 30, y - 60) < 9 ? 0 : 1 + (Math.floor(wave * 2 + 6) % 5);
  }
  const codesCs = ['CS1.1.1.1', 'CS1.1.1.2', 'CS1.2.1', 'CS2.1.1.1', 'CS2.2.1'];
  return { grid, codesCs, classes, confidence: classes.map((value) => (value === 0 ? 0 : 200)) };
}

const at = (ring: [number, number][]): Position[] => [...ring, ring[0]!].map(([x, y]) => [X + x, Y + y]);
const limit: Extent = {
  type: 'MultiPolygon',
  coordinates: [
    [
      at([
        [8.123, 10.5],
        [80.25, 4.001],
        [90.5, 70.75],
        [50, 91.3],
        [13.7, 83.2],
      ]),
      at([
        [55.5, 40.2],
        [52.1, 62.3],
        [71.4, 60.9],
        [70.2, 38.5],
      ]),
    ],
    [
      at([
        [60, 48],
        [66.3, 47.2],
        [63.1, 55.5],
      ]),
    ],
  ],
};

let folder: string;
let artefact: PolygonsArtefact;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocsge-limit-'));
  artefact = await make('once', SIDE);
});
after(() => rm(folder, { recursive: true }));

const make = (name: string, blockPx: number) =>
  vectorise(
    scene(),
    join(folder, name),
    { departement: '999', minAreaM2: 4, generalise: false, blockPx, workers: 1, limit },
    ctx,
  );

const featuresOf = async (path: string | undefined) => {
  const features: { properties: PolygonProperties; rings: Position[][] }[] = [];
  if (path === undefined) return features;
  for await (const { properties, geometry } of readFeatures<Polygon, PolygonProperties>(path)) {
    features.push({ properties, rings: geometry.coordinates });
  }
  return features;
};

const areaOf = (rings: Position[][]) =>
  rings.reduce((sum, ring, i) => sum + (i === 0 ? 1 : -1) * extentAreaM2({ type: 'Polygon', coordinates: [ring] }), 0);

test('objects and unknown ground have the area of the extent, one outline, and with the enclave no gap', async () => {
  const [objects, nodata, enclaves] = await Promise.all(
    [artefact.polygonsPath, artefact.nodataPath, artefact.enclavesPath].map(featuresOf),
  );
  assert.equal(objects!.length, artefact.count);
  assert.ok(nodata!.length > 0 && enclaves!.length === 1);
  const area = [...objects!, ...nodata!].reduce((sum, { rings }) => sum + areaOf(rings), 0);
  assert.ok(Math.abs(area - extentAreaM2(limit)) < 1e-6, `${area} m² of ${extentAreaM2(limit)}`);
  const ledger = createEdgeLedger();
  for (const { rings } of [...objects!, ...nodata!, ...enclaves!]) {
    ledger.add(polygonWkb({ type: 'Polygon', coordinates: rings }));
  }
  assert.deepEqual(ledger.doubled, []);
  const loops = joinLoops(ledger.exposed(), 'right');
  assert.equal(loops.length, 1);
  const outline = new Set(loops[0]!.points.map(String));
  for (const vertex of (limit.coordinates as Position[][][])[0]![0]!) assert.ok(outline.has(String(vertex)));
  assert.equal(new Set(objects!.map(({ properties }) => properties.id)).size, objects!.length);
  assert.deepEqual(JSON.parse(await readFile(artefact.limitPath!, 'utf8')), limit);
});

test('the raster of regions holds each object’s pixels, and none outside', async () => {
  const window = { xPx: 0, yPx: 0, widthPx: SIDE, heightPx: SIDE };
  const read = async <Pixels extends Uint8Array | Uint32Array>(path: string, into: Pixels) => {
    const file = await openRaster(path);
    await file.read(window, 0, into);
    await file.close();
    return into;
  };
  const regions = await read(artefact.regionsPath, new Uint32Array(SIDE * SIDE));
  const couverture = await read(artefact.couverturePath, new Uint8Array(SIDE * SIDE));
  const frame = await read(artefact.framePath!, new Uint8Array(SIDE * SIDE));
  assert.ok(frame.every((value, i) => couverture[i] === 0 || couverture[i] === value));
  assert.ok(
    frame.some((value, i) => value !== 0 && couverture[i] === 0),
    'the frame goes on beyond the limit',
  );
  const inside = extentMask(limit)(artefact.grid, window);
  const counts = new Map<number, number>();
  for (let i = 0; i < regions.length; i++) {
    if (inside[i] === 0) assert.equal(regions[i], 0);
    assert.equal(couverture[i] === 0, regions[i] === 0, 'the two rasters are of the same ground');
    counts.set(regions[i]!, (counts.get(regions[i]!) ?? 0) + 1);
  }
  const objects = await featuresOf(artefact.polygonsPath);
  for (const [i, { properties, rings }] of objects.entries()) {
    const own = counts.get(i + 1) ?? 0;
    assert.equal(properties.pixels, own);
    assert.ok(
      Math.abs(own - areaOf(rings)) < 0.25 * areaOf(rings) + 12,
      `object ${i}: ${own} pixels, ${areaOf(rings)} m²`,
    );
  }
});

test('an object drawn within the limit tells its pixels within it alone', async () => {
  const grid = { srid: 2154, originX: X, originY: Y + 60, resolutionM: 1, widthPx: 80, heightPx: 60 };
  const classes = new Uint8Array(80 * 60).map((_, i) => (i % 80 < 40 ? 1 : 2));
  classes[30 * 80 + 39] = 2; // its border is drawn straight past it
  const raster = { grid, codesCs: ['CS2.1.1.1', 'CS2.2.1'], classes, confidence: classes.map(() => 200) };
  const west: Extent = {
    type: 'Polygon',
    coordinates: [
      at([
        [39.7, -9],
        [89, -9],
        [89, 69],
        [39.7, 69],
      ]),
    ],
  };
  const settings = { departement: '999', minAreaM2: 4, generalise: false, workers: 1, limit: west };
  const cut = await vectorise(raster, join(folder, 'past'), settings, ctx);
  const object = (await featuresOf(cut.polygonsPath)).find(({ properties }) => properties.code_cs === 'CS2.2.1')!;
  assert.ok(object.rings[0]!.every(([x]) => x! > X + 39.7));
  assert.equal(object.properties.pixels, 40 * 60);
});

test('what the cut left small is listed', async () => {
  const listed = (await readFile(artefact.listed!, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; reason: string });
  assert.ok(listed.some(({ reason }) => reason.includes('limite')));
});

test('cut in blocks of 17 pixels it is the same, byte for byte', async () => {
  const other = await make('blocks', 17);
  for (const name of [
    'polygonsPath',
    'nodataPath',
    'enclavesPath',
    'regionsPath',
    'couverturePath',
    'listed',
  ] as const) {
    assert.deepEqual(await readFile(other[name]!), await readFile(artefact[name]!), name);
  }
});

test('units are decided with the margin in view: what is large enough beyond the limit keeps its part within', async () => {
  const grid = { srid: 2154, originX: X, originY: Y + 60, resolutionM: 1, widthPx: 160, heightPx: 60 };
  const box: Extent = {
    type: 'Polygon',
    coordinates: [
      at([
        [40.5, 0.5],
        [159.5, 0.5],
        [159.5, 59.5],
        [40.5, 59.5],
      ]),
    ],
  };
  const woods = (x: number) => (x < 60 ? 1 : 2);
  const couvertures = async (name: string, from: number) => {
    const classes = Uint8Array.from({ length: 160 * 60 }, (_, i) => (i % 160 < from ? 0 : woods(i % 160)));
    const source = { grid, codesCs: ['CS2.1.1.1', 'CS2.2.1'], classes, confidence: classes.map(() => 255) };
    const made = await vectorise(source, join(folder, name), { departement: '999', workers: 1, limit: box }, ctx);
    const listed = await readFile(made.listed!, 'utf8');
    return { found: (await featuresOf(made.polygonsPath)).map(({ properties }) => properties.code_cs), listed };
  };
  const within = await couvertures('with-margin', 0);
  assert.deepEqual(within.found, ['CS2.1.1.1', 'CS2.2.1']);
  assert.match(within.listed, /"surface","reason":"coupé par la limite/);
  assert.deepEqual(
    (await couvertures('without', 40)).found,
    ['CS2.2.1'],
    '1 200 m² of woods, without what lies beyond',
  );
});
