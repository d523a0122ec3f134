/** Noisy buildings between several covers: cut by nodes, their borders lie along one orientation all the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from 'geojson';
import type { LineRules } from '../../../pipeline/polygons/lines/line-of-arc.ts';
import { addNoise, BUILDING, fill, inPixels, overlapOf, placed, SHAPES } from './building-shapes.ts';
import { areaOf, coverageFaults } from './check-lines.ts';
import { type DrawnRegion, drawRaster } from './draw-in-memory.ts';
import { randomNumbers } from './random-raster.ts';
import { sieve } from './sieve.ts';

const RESOLUTION_M = 0.2;
const SIDE_PX = 200;
const COVERS = [1, 3, 4, 5];
/** A wall, from so many pixels (3 m). */
const WALL_PX = 15;
const MOST_OFF_DEGREES = 2;
const RULES: LineRules = { tolerancePx: 0.6 / RESOLUTION_M, isBuilding: (value) => value === BUILDING };

interface Scene {
  shape: (typeof SHAPES)[string];
  degrees: number;
  /** Sectors of different covers round a place near the building's middle. */
  covers: number;
  /** Where the first sector begins, radians. */
  turn: number;
  /** The place, from the middle of the raster, in pixels. */
  aside: [x: number, y: number];
  seed: number;
}

function pixelsOf({ shape, degrees, covers, turn, aside, seed }: Scene): Uint8Array {
  const [cx, cy] = [SIDE_PX / 2 + aside[0], SIDE_PX / 2 + aside[1]];
  const classes = Uint8Array.from({ length: SIDE_PX ** 2 }, (_, i) => {
    const angle = Math.atan2(Math.floor(i / SIDE_PX) - cy, (i % SIDE_PX) - cx) + turn + 2 * Math.PI;
    return COVERS[Math.floor(((angle % (2 * Math.PI)) / (2 * Math.PI)) * covers)]!;
  });
  const [u, v] = middleOf(placed(shape, degrees, RESOLUTION_M, 0, 0)[0]!);
  fill(classes, SIDE_PX, placed(shape, degrees, RESOLUTION_M, SIDE_PX / 2 - u, SIDE_PX / 2 - v), BUILDING);
  addNoise(classes, SIDE_PX, seed);
  sieve(classes, SIDE_PX, SIDE_PX, 30);
  return classes;
}

function middleOf(ring: Position[]): [x: number, y: number] {
  const middle = (places: number[]) => (Math.min(...places) + Math.max(...places)) / 2;
  return [middle(ring.map(([x]) => x!)), middle(ring.map(([, y]) => y!))];
}

function buildingOf(classes: Uint8Array, rules: LineRules, blockPx?: number): DrawnRegion {
  const { regions } = drawRaster(classes, SIDE_PX, rules, blockPx);
  assert.deepEqual(coverageFaults(regions, classes.length), []);
  return regions.filter(({ value }) => value === BUILDING).reduce((a, b) => (b.pixels > a.pixels ? b : a));
}

/** By wall, how far it is turned out of an orientation, degrees. */
function wallsOff(building: DrawnRegion, degrees: number): number[] {
  return inPixels(building.rings).flatMap((ring) =>
    ring.slice(1).flatMap(([x, y], i) => {
      const [dx, dy] = [x! - ring[i]![0]!, y! - ring[i]![1]!];
      if (Math.hypot(dx, dy) < WALL_PX) return [];
      return [Math.abs((((Math.atan2(dy, dx) * 180) / Math.PI - degrees + 405) % 90) - 45)];
    }),
  );
}

test('an L at 17° between three covers: all its walls along one orientation, however the raster is cut', () => {
  const classes = pixelsOf({ shape: SHAPES['an L']!, degrees: 17, covers: 3, turn: 1.3, aside: [9, -14], seed: 17 });
  const building = buildingOf(classes, RULES);
  const walls = wallsOff(building, 17);
  assert.ok(walls.length >= 6, `${walls.length} walls`);
  assert.ok(Math.max(...walls) <= MOST_OFF_DEGREES, `${Math.max(...walls)}° off`);
  assert.ok(building.squared);
  const whole = drawRaster(classes, SIDE_PX, RULES).regions;
  for (const blockPx of [13, 32, 64, 150]) {
    assert.deepEqual(drawRaster(classes, SIDE_PX, RULES, blockPx).regions, whole, `blocks of ${blockPx}`);
  }
});

test('36 buildings at any angle between two to four covers: squared ones have no wall off, all keep their ground', () => {
  const shapes = Object.values(SHAPES);
  const random = randomNumbers(4);
  const found = { squared: 0, walls: 0, off: 0, pixels: 0, area: 0 };
  for (let seed = 0; seed < 36; seed++) {
    const degrees = random(9000) / 100;
    const classes = pixelsOf({
      shape: shapes[random(shapes.length)]!,
      degrees,
      covers: 2 + random(3),
      turn: random(628) / 100,
      aside: [random(60) - 30, random(60) - 30],
      seed,
    });
    const building = buildingOf(classes, RULES);
    const walls = wallsOff(building, degrees);
    const off = walls.filter((turned) => turned > MOST_OFF_DEGREES);
    if (building.squared) assert.deepEqual(off, [], `building ${seed} is squared, a wall is not`);
    const own = buildingOf(classes, { tolerancePx: 0 });
    const overlap = overlapOf(inPixels(building.rings), inPixels(own.rings));
    assert.ok(overlap >= 0.9, `building ${seed}: ${overlap}`);
    found.squared += building.squared ? 1 : 0;
    found.walls += walls.length;
    found.off += off.length;
    found.pixels += building.pixels;
    found.area += areaOf(building);
  }
  assert.ok(found.squared >= 30, `${found.squared} of 36 squared`);
  assert.ok(found.off <= found.walls / 50, `${found.off} of ${found.walls} walls off`);
  assert.ok(Math.abs(found.area / found.pixels - 1) < 0.01);
});
