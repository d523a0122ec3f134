/** Drawing keeps the ground on both sides of a border, above all where two run close to each other. Seeded, by fast-check. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import { measureLine } from '../../../pipeline/polygons/lines/displacement.ts';
import { UNITS_PER_PX } from '../../../pipeline/polygons/lines/draft-line.ts';
import { defaultToleranceM } from '../../../pipeline/polygons/lines/line-of-arc.ts';
import { straighten } from '../../../pipeline/polygons/lines/straighten.ts';
import { majority } from '../../../pipeline/polygons/units/majority.ts';
import { areaOf, coverageFaults } from './check-lines.ts';
import { drawRaster } from './draw-in-memory.ts';
import { randomRaster } from './random-raster.ts';

const SEED = 1166;
const SIDE_PX = 130;
const RESOLUTIONS_M = [0.5, 1, 2, 2.5];
/** Of a class's area, asked for. */
const MOST_CHANGED = 0.005;
/** Of any border, on the mean along it: see `straighten.ts`. */
const KEPT_PX = 0.005;
/** Straightening is asked for; 2 m at 0.2 m is far more than by default. */
const TOLERANCES_PX = [0.6, 1, 1.1, 2.5, 10];

interface Place {
  /** Where a pixel is from the middle of the raster, turned. */
  u: number;
  v: number;
}

interface Ribbon {
  form: 'streets' | 'ring' | 'round';
  widthPx: number;
  /** Of what lies between the streets, or within the ring. */
  insidePx: number;
  degrees: number;
  /** Class of the ribbon, of two by turns inside, of the ground round a ring; 0: unknown ground. */
  classes: number[];
}

const ribbons: fc.Arbitrary<Ribbon> = fc.record({
  form: fc.constantFrom('streets', 'ring', 'round'),
  widthPx: fc.integer({ min: 2, max: 4 }),
  insidePx: fc.integer({ min: 14, max: 45 }),
  // along the pixels as often as not
  degrees: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 89 })),
  classes: fc.constantFrom([1, 2, 3, 4], [1, 2, 2, 3], [1, 0, 2, 3], [1, 2, 2, 0]),
});

const modulo = (value: number, by: number) => ((value % by) + by) % by;

function classAt({ form, widthPx, insidePx, classes }: Ribbon, { u, v }: Place): number {
  if (form === 'streets') {
    const step = insidePx + widthPx;
    const [column, row] = [Math.floor(u / step), Math.floor(v / step)];
    if (modulo(u, step) < widthPx || modulo(v, step) < widthPx) return classes[0]!;
    return classes[1 + modulo(column + row, 2)]!;
  }
  const aside = form === 'ring' ? Math.max(Math.abs(u), Math.abs(v)) : Math.hypot(u, v);
  if (aside < insidePx) return classes[1]!;
  return aside < insidePx + widthPx ? classes[0]! : classes[3]!;
}

/** The ribbon in pixels, after the vote of the nine, which takes off corners. */
function voted(ribbon: Ribbon): Uint8Array {
  const turn = (ribbon.degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const pixels = Uint8Array.from({ length: SIDE_PX ** 2 }, (_, i) => {
    const [x, y] = [(i % SIDE_PX) - SIDE_PX / 2 + 0.5, Math.floor(i / SIDE_PX) - SIDE_PX / 2 + 0.5];
    return classAt(ribbon, { u: x * cos + y * sin, v: y * cos - x * sin });
  });
  const whole = { xPx: 0, yPx: 0, widthPx: SIDE_PX, heightPx: SIDE_PX };
  return majority(framedFrom(pixels, SIDE_PX, whole, 1));
}

/** Area of each class drawn, by its pixels. */
function sharesKept(classes: Uint8Array, tolerancePx: number): Map<number, number> {
  const { regions } = drawRaster(classes, SIDE_PX, { tolerancePx });
  assert.deepEqual(coverageFaults(regions, classes.filter((value) => value !== 0).length), []);
  const sums = new Map<number, { area: number; pixels: number }>();
  for (const region of regions) {
    const sum = sums.get(region.value) ?? { area: 0, pixels: 0 };
    sums.set(region.value, { area: sum.area + areaOf(region), pixels: sum.pixels + region.pixels });
  }
  return new Map([...sums].map(([value, { area, pixels }]) => [value, area / pixels]));
}

for (const resolutionM of RESOLUTIONS_M) {
  test(`streets and rings 2 to 4 pixels wide at ${resolutionM} m: each class keeps its area within 0.5 %`, () => {
    fc.assert(
      fc.property(ribbons, (ribbon) => {
        for (const [value, share] of sharesKept(voted(ribbon), defaultToleranceM(resolutionM) / resolutionM)) {
          assert.ok(Math.abs(share - 1) < MOST_CHANGED, `class ${value}: ${share} of its area`);
        }
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
}

test('no border moves by more than 1/200 of a pixel on the mean along it', () => {
  const noise = fc.record({ seed: fc.nat(), grainPx: fc.constantFrom(3, 6, 15, 40), nodata: fc.boolean() });
  fc.assert(
    fc.property(noise, fc.constantFrom(...TOLERANCES_PX), (options, tolerancePx) => {
      const classes = randomRaster(80, 80, { ...options, classes: 4 });
      for (const { arc, line } of drawRaster(classes, 80, { tolerancePx }).borders) {
        const { corners, gain2 } = measureLine(arc, line);
        const meanPx = Math.abs(gain2) / 2 / UNITS_PER_PX ** 2 / corners;
        assert.ok(meanPx <= KEPT_PX, `${corners} pixels long, moved by ${meanPx}`);
      }
    }),
    { seed: SEED, numRuns: 150 },
  );
});

/** A closed border along the pixels through `turns`, x and y by turns; `allowedPx` everywhere. */
function closedBorder(turns: [number, number][], allowedPx: number) {
  const corners: number[] = [...turns[0]!];
  for (const [toX, toY] of [...turns.slice(1), turns[0]!]) {
    let [x, y] = [corners.at(-2)!, corners.at(-1)!];
    while (x !== toX || y !== toY) {
      x += Math.sign(toX - x);
      y += Math.sign(toY - y);
      corners.push(x, y);
    }
  }
  const allowed = new Float32Array(corners.length / 2).fill(allowedPx);
  return { corners: Int32Array.from(corners), allowedPx: allowed, closed: true };
}

const SQUARE_WITHOUT_CORNERS: [number, number][] = [
  [1, 0],
  [111, 0],
  [111, 1],
  [112, 1],
  [112, 111],
  [111, 111],
  [111, 112],
  [1, 112],
  [1, 111],
  [0, 111],
  [0, 1],
  [1, 1],
];

test('walls stay where they are whatever happens to the corners between them', () => {
  for (const allowedPx of [0.4, 0.6, 0.9, 1.1, 2]) {
    const line = Array.from(straighten(closedBorder(SQUARE_WITHOUT_CORNERS, allowedPx)), (at) => at / UNITS_PER_PX);
    for (const wall of [0, 112]) {
      for (const axis of [0, 1]) {
        const onWall = line.filter((at, i) => i % 2 === axis && Math.abs(at - wall) < 0.05);
        assert.ok(onWall.length >= 2, `allowed ${allowedPx}: ${onWall.length} vertices at ${wall}`);
      }
    }
    assert.ok(line.length / 2 <= 9, `allowed ${allowedPx}: ${line.length / 2} vertices`);
  }
});

test('stairs between two walls become one slope', () => {
  for (const tread of [1, 2, 3, 7, 20]) {
    const turns: [number, number][] = [];
    for (let step = 0; step < 10; step++) turns.push([tread * step, step], [tread * (step + 1), step]);
    turns.push([10 * tread, 60], [0, 60]);
    const line = straighten(closedBorder(turns, 1.1));
    assert.ok(line.length / 2 - 1 <= 6, `treads of ${tread}: ${line.length / 2 - 1} vertices`);
  }
});
