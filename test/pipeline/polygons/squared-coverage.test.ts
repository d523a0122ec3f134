/** Rasters full of buildings, a road across them: the coverage stays valid, the cut does not show, buildings keep their ground. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LineRules } from '../../../pipeline/polygons/lines/line-of-arc.ts';
import { addNoise, BUILDING, fill, inPixels, overlapOf, placed, SHAPES } from './building-shapes.ts';
import { areaOf, coverageFaults } from './check-lines.ts';
import { type DrawnRegion, drawRaster } from './draw-in-memory.ts';
import { randomNumbers } from './random-raster.ts';
import { sieve } from './sieve.ts';

const ROAD = 5;
const SIDE_PX = 110;

interface Scene {
  seed: number;
  noise: boolean;
  resolutionM: number;
  tolerancePx: number;
}

const anyScene: fc.Arbitrary<Scene> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  noise: fc.boolean(),
  resolutionM: fc.constantFrom(0.25, 0.5, 1),
  tolerancePx: fc.constantFrom(0.6, 1.2, 3, 5),
});

const rulesOf = ({ tolerancePx }: Scene): LineRules => ({
  tolerancePx,
  isBuilding: (value) => value === BUILDING,
  isOssature: (value) => value === ROAD,
});

/** Three grounds, a road from side to side, up to nine buildings on them, one over another where it happens. */
function pixelsOf({ seed, noise, resolutionM }: Scene, road: boolean): Uint8Array {
  const random = randomNumbers(seed);
  const [slope, shift] = [random(200) / 100 - 1, random(SIDE_PX)];
  const classes = Uint8Array.from({ length: SIDE_PX ** 2 }, (_, i) => {
    const [x, y] = [i % SIDE_PX, Math.floor(i / SIDE_PX)];
    return x * slope + y > shift ? 1 : x > SIDE_PX / 2 ? 3 : 4;
  });
  const shapes = Object.values(SHAPES);
  for (let building = random(9); building >= 0; building--) {
    const shape = shapes[random(shapes.length)]!;
    fill(classes, SIDE_PX, placed(shape, random(360), resolutionM, random(SIDE_PX), random(SIDE_PX)), BUILDING);
  }
  if (noise) addNoise(classes, SIDE_PX, seed);
  sieve(classes, SIDE_PX, SIDE_PX, 20);
  if (!road) return classes;
  const [angle, middle] = [random(314) / 100, random(SIDE_PX)];
  for (let i = 0; i < classes.length; i++) {
    const [x, y] = [(i % SIDE_PX) - SIDE_PX / 2, Math.floor(i / SIDE_PX) - middle];
    if (Math.abs(x * Math.sin(angle) - y * Math.cos(angle)) < 3.2) classes[i] = ROAD;
  }
  return classes;
}

test('rasters of buildings: a valid coverage of the same area, whatever the cut', () => {
  fc.assert(
    fc.property(anyScene, fc.integer({ min: 7, max: 60 }), (scene, blockPx) => {
      const classes = pixelsOf(scene, true);
      const { regions } = drawRaster(classes, SIDE_PX, rulesOf(scene));
      assert.deepEqual(coverageFaults(regions, classes.length), []);
      assert.deepEqual(drawRaster(classes, SIDE_PX, rulesOf(scene), blockPx).regions, regions);
    }),
    { numRuns: 120 },
  );
});

test('squared buildings keep nine tenths of their pixels at least, all together their area within 1 %', () => {
  const total = { pixels: 0, area: 0 };
  fc.assert(
    fc.property(anyScene, fc.constantFrom(0.25, 0.5), (anyOne, resolutionM) => {
      const scene = { ...anyOne, resolutionM, tolerancePx: 0.6 / resolutionM };
      const classes = pixelsOf(scene, false);
      const buildings = (rules: LineRules): DrawnRegion[] =>
        drawRaster(classes, SIDE_PX, rules).regions.filter(({ value }) => value === BUILDING);
      const { tolerancePx, ...rest } = rulesOf(scene);
      const [squared, straight, raw] = [
        buildings({ tolerancePx, ...rest }),
        buildings({ tolerancePx, ...rest, isBuilding: () => false }),
        buildings({ tolerancePx: 0 }),
      ];
      squared.forEach((building, i) => {
        // none is left so small; and what is not squared is another test's
        if (building.pixels * resolutionM ** 2 < 50 || String(building.rings) === String(straight[i]!.rings)) return;
        const own = inPixels(raw[i]!.rings);
        const overlap = overlapOf(inPixels(building.rings), own);
        assert.ok(
          overlap >= 0.9,
          `${building.pixels} pixels: ${overlap}, ${overlapOf(inPixels(straight[i]!.rings), own)}`,
        );
        total.pixels += building.pixels;
        total.area += areaOf(building);
      });
    }),
    { numRuns: 120 },
  );
  assert.ok(Math.abs(total.area / total.pixels - 1) < 0.01, `${total.area} of ${total.pixels}`);
});
