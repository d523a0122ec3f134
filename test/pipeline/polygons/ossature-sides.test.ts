/** A burnt road of straight sides is drawn with straight sides. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNITS_PER_PX } from '../../../pipeline/polygons/lines/draft-line.ts';
import { areaOf, coverageFaults } from './check-lines.ts';
import { drawRaster } from './draw-in-memory.ts';

const ROAD = 1;

/** A road 6 m wide across 120 m at `degrees`; on both sides parcels of two classes by turns, `parcelM` long. */
function roadAt(degrees: number, resolutionM: number, parcelM: number) {
  const sidePx = Math.ceil(120 / resolutionM);
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const middle = sidePx / 2 + 0.3;
  /** Distance from the middle line, metres; x and y in pixels. */
  const asideM = (x: number, y: number) => ((y - middle) * cos - (x - middle) * sin) * resolutionM;
  const classes = Uint8Array.from({ length: sidePx * sidePx }, (_, i) => {
    const [x, y] = [(i % sidePx) + 0.5, Math.floor(i / sidePx) + 0.5];
    if (Math.abs(asideM(x, y)) < 3) return ROAD;
    const along = ((x - middle) * cos + (y - middle) * sin) * resolutionM;
    return 2 + (Math.floor(along / parcelM) & 1) + (asideM(x, y) > 0 ? 2 : 0);
  });
  return { classes, sidePx, asideM };
}

const RUNS = [
  { resolutionM: 0.2, toleranceM: 1 },
  { resolutionM: 0.2, toleranceM: 0.1 },
  { resolutionM: 1, toleranceM: 1 },
  { resolutionM: 1, toleranceM: 0.5 },
];

for (const { resolutionM, toleranceM } of RUNS) {
  test(`at ${resolutionM} m with ${toleranceM} m allowed, at odd angles: few vertices, half a pixel from the true side at most but at nodes`, () => {
    const found = { sides: 0, vertices: 0, far: 0, measured: 0, sum: 0 };
    for (let degrees = 3.3; degrees < 180; degrees += resolutionM === 1 ? 7.31 : 35.3) {
      const { classes, sidePx, asideM } = roadAt(degrees, resolutionM, 47);
      const rules = { tolerancePx: toleranceM / resolutionM, isOssature: (value: number) => value === ROAD };
      const { regions, borders } = drawRaster(classes, sidePx, rules);
      assert.deepEqual(coverageFaults(regions, classes.length), []);
      for (const { arc, line } of borders) {
        if (arc.left === null || arc.right === null || (arc.left.value !== ROAD && arc.right.value !== ROAD)) continue;
        const px = Array.from(line, (value) => value / UNITS_PER_PX);
        found.sides++;
        found.vertices += px.length / 2;
        for (const [x, y] of pointsAlong(px)) {
          const off = Math.abs(Math.abs(asideM(x, y)) - 3) / resolutionM;
          const toNode = Math.min(Math.hypot(x - px[0]!, y - px[1]!), Math.hypot(x - px.at(-2)!, y - px.at(-1)!));
          // nodes lie at pixel corners, up to 0.71 pixel from the true side
          assert.ok(off < (toNode < 3 ? 1 : 0.65), `${degrees}°: ${off} pixels off, ${toNode} from a node`);
          found.sum += off;
          found.measured++;
          if (off > 0.5) found.far++;
        }
      }
    }
    assert.ok(found.vertices / found.sides < 5, `${found.vertices / found.sides} vertices a side`);
    assert.ok(found.sum / found.measured < 0.2, `${found.sum / found.measured} pixels on the mean`);
    assert.ok(found.far / found.measured < 0.05, `${found.far} of ${found.measured} over half a pixel`);
  });
}

/** Points a quarter of a pixel apart. */
function* pointsAlong(line: number[]): Generator<[number, number]> {
  for (let i = 2; i < line.length; i += 2) {
    const [dx, dy] = [line[i]! - line[i - 2]!, line[i + 1]! - line[i - 1]!];
    const steps = Math.ceil(4 * Math.hypot(dx, dy));
    for (let step = 0; step < steps; step++)
      yield [line[i - 2]! + (dx * step) / steps, line[i - 1]! + (dy * step) / steps];
  }
}

test('a road of the ossature 2 or 3 pixels wide keeps its area to 1.5 %, 0.5 % on the mean, whatever its angle', () => {
  for (const resolutionM of [2, 3]) {
    const changes: number[] = [];
    for (let degrees = 1.1; degrees < 180; degrees += 4.7) {
      const { classes, sidePx } = roadAt(degrees, resolutionM, 25 * resolutionM);
      const rules = { tolerancePx: 1.1, isOssature: (value: number) => value === ROAD };
      const { regions } = drawRaster(classes, sidePx, rules);
      const road = regions.filter(({ value }) => value === ROAD);
      const pixels = road.reduce((sum, region) => sum + region.pixels, 0);
      changes.push(road.reduce((sum, region) => sum + areaOf(region), 0) / pixels - 1);
    }
    const [worst, mean] = [Math.max(...changes.map(Math.abs)), changes.reduce((a, b) => a + b) / changes.length];
    assert.ok(worst < 0.015 && Math.abs(mean) < 0.005, `${resolutionM} m: ${worst} at worst, ${mean} on the mean`);
  }
});
