/** Squared buildings with oblique walls, and between nodes: each keeps its area within 1 %, so all together do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from 'geojson';
import { squareForms } from '../../../pipeline/polygons/lines/square-building.ts';
import { addNoise, BUILDING, fill, GROUND, placed } from './building-shapes.ts';
import { areaOf, coverageFaults } from './check-lines.ts';
import { type DrawnRegion, drawRaster } from './draw-in-memory.ts';
import { randomNumbers } from './random-raster.ts';

const SIDE_M = 30;
const OTHER = 5;
const isBuilding = (value: number) => value === BUILDING;

/** Metres; rings closed. */
const OBLIQUE: Record<string, Position[]> = {
  'a triangle': [
    [0, 0],
    [18, 0],
    [0, 18],
    [0, 0],
  ],
  'a rectangle without its corners': [
    [3, 0],
    [13, 0],
    [16, 3],
    [16, 9],
    [13, 12],
    [3, 12],
    [0, 9],
    [0, 3],
    [3, 0],
  ],
};

/** 25 of a shape at any angle; `covers`: on how many sorts of ground each. */
function drawnOf(shape: Position[], resolutionM: number, noisy: boolean, covers: 1 | 2): DrawnRegion[] {
  const random = randomNumbers(7);
  const widthPx = Math.round(SIDE_M / resolutionM);
  return Array.from({ length: 25 }, (_, seed) => {
    const pixels = Uint8Array.from({ length: widthPx ** 2 }, (_, i) =>
      covers === 2 && i % widthPx > widthPx / 2 ? OTHER : GROUND,
    );
    const ring = placed([shape], random(18000) / 100, resolutionM, 0, 0)[0]!;
    const [x, y] = [0, 1].map((axis) => {
      const places = ring.map((place) => place[axis]!);
      return (widthPx - Math.min(...places) - Math.max(...places) + random(100) / 100) / 2;
    });
    const moved = ring.map((place) => [place[0]! + x!, place[1]! + y!]);
    fill(pixels, widthPx, [moved], BUILDING);
    if (noisy) addNoise(pixels, widthPx, seed);
    const { regions } = drawRaster(pixels, widthPx, { tolerancePx: Math.max(0.5 / resolutionM, 1.1), isBuilding });
    assert.deepEqual(coverageFaults(regions, pixels.length), []);
    return regions.filter(({ value }) => isBuilding(value)).reduce((a, b) => (b.pixels > a.pixels ? b : a));
  });
}

/** Those squared: how many, by how much the one that changed most changed, and all together. */
function changeOf(drawn: DrawnRegion[]): { count: number; most: number; all: number } {
  const squared = drawn.filter((building) => building.squared);
  const [pixels, area] = [0, 0].map((start, i) =>
    squared.reduce((sum, one) => sum + (i === 0 ? one.pixels : areaOf(one)), start),
  ) as [number, number];
  const most = Math.max(0, ...squared.map((one) => Math.abs(areaOf(one) / one.pixels - 1)));
  return { count: squared.length, most, all: Math.abs(area / pixels - 1) };
}

for (const [name, shape] of Object.entries(OBLIQUE)) {
  test(`25 times ${name} at any angle: those squared keep their area`, () => {
    for (const resolutionM of [0.25, 0.5]) {
      for (const noisy of [false, true]) {
        for (const covers of [1, 2] as const) {
          const { count, most, all } = changeOf(drawnOf(shape, resolutionM, noisy, covers));
          const where = `${resolutionM} m, ${noisy ? 'noise' : 'none'}, ${covers} covers: ${count} squared`;
          if (!noisy) assert.ok(count >= 5, where);
          if (count === 0) continue;
          assert.ok(all < 0.01, `${where}, all ${all}`);
          assert.ok(most < 0.01, `${where}, one ${most}`);
        }
      }
    }
  });
}

test('what has walls longer than any building is not squared, before its bends are looked for', () => {
  const formsOf = (side: number) => {
    const corners = new Int32Array(8 * side + 2);
    const steps = [0, 1, 1, 0, 0, -1, -1, 0];
    for (let i = 1; i <= 4 * side; i++) {
      const turn = 2 * Math.floor((i - 1) / side);
      corners[2 * i] = corners[2 * i - 2]! + steps[turn]!;
      corners[2 * i + 1] = corners[2 * i - 1]! + steps[turn + 1]!;
    }
    return [...squareForms([{ corners, closed: true, links: [] }], 3)[0]!].length;
  };
  assert.equal(formsOf(1000), 1);
  assert.equal(formsOf(25_001), 0);
});
