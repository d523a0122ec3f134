/** Buildings are squared where their pixels are right-angled, keep their ground, and stay in the coverage. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineRules } from '../../../pipeline/polygons/lines/line-of-arc.ts';
import { addNoise, BUILDING, fill, GROUND, inPixels, offSquare, overlapOf, placed, SHAPES } from './building-shapes.ts';
import { areaOf, coverageFaults } from './check-lines.ts';
import { type DrawnRegion, drawRaster } from './draw-in-memory.ts';
import { sieve } from './sieve.ts';

const TOLERANCE_M = 0.6;
const rulesAt = (resolutionM: number): LineRules => ({
  tolerancePx: TOLERANCE_M / resolutionM,
  isBuilding: (value) => value === BUILDING,
});

/** The building alone on its ground, drawn. */
function drawAlone(shape: (typeof SHAPES)[string], degrees: number, resolutionM: number, noise?: number) {
  const widthPx = Math.ceil(70 / resolutionM);
  const middle = widthPx / 2;
  const truth = placed(shape, degrees, resolutionM, middle + 0.37, middle + 0.21);
  const classes = new Uint8Array(widthPx * widthPx).fill(GROUND);
  fill(classes, widthPx, truth, BUILDING);
  if (noise !== undefined) {
    addNoise(classes, widthPx, noise);
    sieve(classes, widthPx, widthPx, 30);
  }
  const { regions } = drawRaster(classes, widthPx, rulesAt(resolutionM));
  assert.deepEqual(coverageFaults(regions, classes.length), []);
  // a sharp tip may be a region of its own
  const buildings = regions.filter(({ value }) => value === BUILDING);
  const building = buildings.reduce((a, b) => (b.pixels > a.pixels ? b : a));
  return { truth, building, rings: inPixels(building.rings) };
}

for (const [name, shape] of Object.entries(SHAPES)) {
  for (const resolutionM of [0.2, 0.5]) {
    test(`${name} at ${resolutionM} m, at any angle: its own corners, right angles, its area`, () => {
      for (let degrees = 0; degrees <= 90; degrees += 6) {
        const { truth, building, rings } = drawAlone(shape, degrees, resolutionM);
        assert.deepEqual(
          rings.map(({ length }) => length).sort(),
          truth.map(({ length }) => length).sort(),
          `${degrees}°`,
        );
        for (const ring of rings) assert.ok(offSquare(ring) < 0.5, `${degrees}°: ${offSquare(ring)}° off`);
        const overlap = overlapOf(rings, truth);
        assert.ok(overlap >= (resolutionM < 0.5 ? 0.97 : 0.94), `${degrees}°: ${overlap}`);
        assert.ok(Math.abs(areaOf(building) / building.pixels - 1) < 0.001);
      }
    });
  }
}

test('with a pixel of noise most are squared all the same, and all keep nine tenths of their ground', () => {
  for (const resolutionM of [0.2, 0.5]) {
    let [squared, all, pixels, area] = [0, 0, 0, 0];
    for (const [name, shape] of Object.entries(SHAPES)) {
      for (let degrees = 3; degrees < 90; degrees += 17) {
        const { truth, building, rings } = drawAlone(shape, degrees, resolutionM, degrees);
        const overlap = overlapOf(rings, truth);
        assert.ok(overlap >= 0.9, `${name} at ${resolutionM} m, ${degrees}°: ${overlap}`);
        if (rings.every((ring) => offSquare(ring) < 0.5)) squared++;
        all++;
        pixels += building.pixels;
        area += areaOf(building);
      }
    }
    assert.ok(squared >= 0.6 * all, `${squared} of ${all} squared at ${resolutionM} m`);
    assert.ok(Math.abs(area / pixels - 1) < 0.01);
  }
});

test('what is not right-angled stays as it is: a disc, a triangle', () => {
  const round = Array.from({ length: 41 }, (_, i) => [
    11 * Math.cos((i * Math.PI) / 20),
    11 * Math.sin((i * Math.PI) / 20),
  ]);
  const triangle = [
    [0, 0],
    [24, 3],
    [6, 19],
    [0, 0],
  ];
  for (const ring of [round, triangle]) {
    const { truth, building, rings } = drawAlone([ring], 10, 0.2);
    assert.ok(overlapOf(rings, truth) > 0.95, `${overlapOf(rings, truth)}`);
    assert.ok(offSquare(rings[0]!) > 5);
    assert.ok(Math.abs(areaOf(building) / building.pixels - 1) < 0.005);
  }
});

test('two buildings that touch are one, squared along the orientation of one or left; never out of its ground', () => {
  const widthPx = 240;
  const classes = new Uint8Array(widthPx * widthPx).fill(GROUND);
  const [long, short] = [SHAPES['rectangle']!, SHAPES['an L']!];
  fill(classes, widthPx, placed(long, 12, 0.2, 60.2, 50.3), BUILDING);
  fill(classes, widthPx, placed(short, 41, 0.2, 130.4, 90.1), BUILDING);
  const { regions } = drawRaster(classes, widthPx, rulesAt(0.2));
  assert.deepEqual(coverageFaults(regions, classes.length), []);
  const own = regions.filter(({ value }) => value === BUILDING);
  for (const region of own) assert.ok(overlapOf(inPixels(region.rings), pixelRings(classes, widthPx, region)) >= 0.9);
});

/** The region's own pixels as rings: what it is drawn as without tolerance. */
function pixelRings(classes: Uint8Array, widthPx: number, region: DrawnRegion) {
  const plain = drawRaster(classes, widthPx, { tolerancePx: 0 }).regions;
  return inPixels(plain.find(({ firstPixel }) => firstPixel === region.firstPixel)!.rings);
}

test('a building on two grounds: its open borders are squared too, nodes stay', () => {
  const widthPx = 220;
  for (let degrees = 5; degrees < 90; degrees += 11) {
    const classes = Uint8Array.from({ length: widthPx * widthPx }, (_, i) => (i % widthPx < 104 ? GROUND : 3));
    const truth = placed(SHAPES['rectangle']!, degrees, 0.2, 100.3, 60.4);
    fill(classes, widthPx, truth, BUILDING);
    const plain = drawRaster(classes, widthPx, { tolerancePx: 3 });
    const { regions } = drawRaster(classes, widthPx, rulesAt(0.2));
    assert.deepEqual(coverageFaults(regions, classes.length), []);
    const [building, straight] = [regions, plain.regions].map((all) => all.find(({ value }) => value === BUILDING)!);
    assert.ok(overlapOf(inPixels(building!.rings), truth) >= 0.96, `${degrees}°`);
    assert.ok(Math.abs(areaOf(building!) / building!.pixels - 1) < 0.01);
    assert.ok(building!.rings[0]!.length <= straight!.rings[0]!.length + 8);
  }
});

test('a noisy building on two grounds: its walls keep to its orientation', () => {
  const widthPx = 220;
  let [walls, off] = [0, 0];
  for (let degrees = 7; degrees < 90; degrees += 12) {
    const classes = Uint8Array.from({ length: widthPx * widthPx }, (_, i) => (i % widthPx < 104 ? GROUND : 3));
    fill(classes, widthPx, placed(SHAPES['rectangle']!, degrees, 0.2, 100.3, 60.4), BUILDING);
    addNoise(classes, widthPx, degrees);
    sieve(classes, widthPx, widthPx, 30);
    const { regions } = drawRaster(classes, widthPx, rulesAt(0.2));
    assert.deepEqual(coverageFaults(regions, classes.length), []);
    const building = regions.filter(({ value }) => value === BUILDING).reduce((a, b) => (b.pixels > a.pixels ? b : a));
    const ring = inPixels(building.rings)[0]!;
    for (let i = 1; i < ring.length; i++) {
      const [dx, dy] = [ring[i]![0]! - ring[i - 1]![0]!, ring[i]![1]! - ring[i - 1]![1]!];
      const turned = (((Math.atan2(dy, dx) * 180) / Math.PI - degrees + 405) % 90) - 45;
      if (Math.hypot(dx, dy) < 5) continue;
      walls++;
      if (Math.abs(turned) > 2) off++;
    }
  }
  assert.ok(off <= walls / 10, `${off} of ${walls} walls of a metre turned by more than 2°`);
});
