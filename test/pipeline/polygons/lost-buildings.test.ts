import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Extent } from '../../../pipeline/extent.ts';
import { readFeatures } from '../../../pipeline/geojsonl.ts';
import { silentReport } from '../../../pipeline/log.ts';
import type { BuiltUpOptions } from '../../../pipeline/polygons/buildings/built-up.ts';
import { vectorise } from '../../../pipeline/polygons/vectorise.ts';

const SIDE = 200;

type Rectangle = [x: number, y: number, width: number, height: number];

/** A house of 100 m², a wall of 3 × 66 m, and a shed of 6 × 6 m. */
const VILLAGE: Rectangle[] = [
  [30, 30, 10, 10],
  [60, 120, 66, 3],
  [150, 50, 6, 6],
];

/** Grass, 1 m a pixel, with buildings. */
function meadowWith(buildings: Rectangle[]) {
  const classes = new Uint8Array(SIDE * SIDE).fill(2);
  for (const [x, y, width, height] of buildings)
    for (let row = y; row < y + height; row++) classes.fill(1, row * SIDE + x, row * SIDE + x + width);
  const grid = { srid: 2154, originX: 506_000, originY: 6_287_000, resolutionM: 1, widthPx: SIDE, heightPx: SIDE };
  return { grid, codesCs: ['CS1.1.1.1', 'CS2.2.1'], classes, confidence: new Uint8Array(SIDE * SIDE).fill(255) };
}

const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };

async function made(blockPx: number, limit?: Extent, stated: BuiltUpOptions = {}, buildings = VILLAGE) {
  const folder = await mkdtemp(join(tmpdir(), 'ocsge-lost-'));
  try {
    const artefact = await vectorise(
      meadowWith(buildings),
      folder,
      { departement: '999', blockPx, limit, ...stated },
      ctx,
    );
    const drawn: number[] = [];
    for await (const { properties } of readFeatures<never, { code_cs: string; pixels: number }>(
      artefact.polygonsPath,
    )) {
      if (properties.code_cs === 'CS1.1.1.1') drawn.push(properties.pixels);
    }
    return { lost: artefact.lostBuildings!, buildings: drawn };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a house alone is enlarged; what cannot be is told, with the reason, however the raster is cut', async () => {
  for (const blockPx of [37, 1024]) {
    const { lost, buildings } = await made(blockPx);
    assert.deepEqual(buildings, [214]);
    assert.deepEqual(
      lost.map(({ xM, yM, areaM2 }) => [xM, yM, areaM2]),
      [[506_061.5, 6_286_879.5, 194]], // its corners went with the noise
    );
    assert.match(lost[0]!.reason, /moins de 200 m².*plus de 60 m de long/);
  }
});

test('what lies beyond the limit is not told', async () => {
  const ring = [
    [506_000, 6_286_900],
    [506_200, 6_286_900],
    [506_200, 6_287_000],
    [506_000, 6_287_000],
    [506_000, 6_286_900],
  ];
  const { lost, buildings } = await made(1024, { type: 'Polygon', coordinates: [ring] });
  assert.deepEqual([lost, buildings], [[], [214]]);
});

test('what a production states of buildings counts', async () => {
  const { lost, buildings } = await made(1024, undefined, { buildings: { sideM: 70 } });
  assert.deepEqual([lost, buildings], [[], [214, 214]]);
});

test('a building counts from 50 m² on, of which the noise takes the corners; a smaller one is noise', async () => {
  const buildings: Rectangle[] = [
    [30, 30, 9, 6], // 50 m² without its corners
    [120, 120, 7, 7],
  ];
  for (const blockPx of [33, 1024]) {
    const found = await made(blockPx, undefined, {}, buildings);
    assert.deepEqual([found.lost, found.buildings], [[], [214]]);
  }
});

test('a house of 50 m² is one, though the votes would leave less of it', async () => {
  const buildings: Rectangle[] = [
    [30, 30, 10, 5],
    [120, 120, 7, 7],
    [60, 140, 5, 10],
  ];
  for (const blockPx of [33, 1024]) {
    const found = await made(blockPx, undefined, {}, buildings);
    assert.deepEqual([found.lost, found.buildings], [[], [214, 214]]);
  }
});
