/** Whatever the raster, drawing it makes a valid coverage of the same ground. Random rasters by fast-check, and the awkward ones by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { geometryMeasures, measureLine, noDisplacement } from '../../../pipeline/polygons/lines/displacement.ts';
import { UNITS_PER_PX } from '../../../pipeline/polygons/lines/draft-line.ts';
import type { LineRules } from '../../../pipeline/polygons/lines/line-of-arc.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { drawn } from './ascii.ts';
import { areaOf, coverageFaults, sharpestAngle } from './check-lines.ts';
import { type DrawnRaster, drawRaster } from './draw-in-memory.ts';
import { randomRaster } from './random-raster.ts';
import { sieve } from './sieve.ts';

interface Raster {
  classes: Uint8Array;
  widthPx: number;
}

/** Pixels drawn one by one, or patches; small regions left, or sieved away. */
const anyRaster: fc.Arbitrary<Raster> = fc
  .record({
    widthPx: fc.integer({ min: 1, max: 24 }),
    heightPx: fc.integer({ min: 1, max: 24 }),
    classCount: fc.integer({ min: 1, max: 5 }),
    nodata: fc.boolean(),
    seed: fc.integer(),
    kind: fc.constantFrom('pixels', 'patches'),
    leastPx: fc.constantFrom(0, 2, 4, 9, 20),
  })
  .chain(({ widthPx, heightPx, classCount, nodata, seed, kind, leastPx }) => {
    const pixels =
      kind === 'patches'
        ? fc.constant(randomRaster(widthPx, heightPx, { seed: seed >>> 0, classes: classCount, grainPx: 6, nodata }))
        : fc.uint8Array({
            min: nodata ? 0 : 1,
            max: classCount,
            minLength: widthPx * heightPx,
            maxLength: widthPx * heightPx,
          });
    return pixels.map((drawnPixels) => {
      const classes = drawnPixels.slice();
      if (leastPx > 0) sieve(classes, widthPx, heightPx, leastPx);
      return { classes, widthPx };
    });
  });

const tolerances = fc.constantFrom(0.6, 1, 2, 3, 5);

/** Faults, against the raster too: one polygon a region, of its class. */
function faultsOf({ classes, widthPx }: Raster, { regions }: DrawnRaster): string[] {
  const expected = connectedRegions(classes, widthPx, classes.length / widthPx);
  const faults = coverageFaults(regions, classes.filter((value) => value !== 0).length);
  if (regions.length !== expected.count) faults.push(`${expected.count} regions make ${regions.length} polygons`);
  regions.forEach(({ value, pixels }, i) => {
    if (value !== expected.classOf[i + 1] || pixels !== expected.pixels[i + 1]) faults.push(`polygon ${i} is another`);
  });
  return faults;
}

const assertValid = (raster: Raster, rules: LineRules, blockPx?: number): DrawnRaster => {
  const result = drawRaster(raster.classes, raster.widthPx, rules, blockPx);
  assert.deepEqual(faultsOf(raster, result), []);
  return result;
};

test('random rasters become valid coverages of the same area', () => {
  fc.assert(
    fc.property(anyRaster, tolerances, (raster, tolerancePx) => {
      assertValid(raster, { tolerancePx });
    }),
    { numRuns: 3000 },
  );
});

test('with buildings squared and an ossature they are valid too', () => {
  fc.assert(
    fc.property(anyRaster, tolerances, (raster, tolerancePx) => {
      const rules = {
        tolerancePx,
        isBuilding: (value: number) => value === 1,
        isOssature: (value: number) => value === 2,
      };
      assertValid(raster, rules);
    }),
    { numRuns: 1500 },
  );
});

test('the cut into blocks does not show', () => {
  fc.assert(
    fc.property(anyRaster, tolerances, fc.integer({ min: 1, max: 9 }), (raster, tolerancePx, blockPx) => {
      const { classes, widthPx } = raster;
      const whole = drawRaster(classes, widthPx, { tolerancePx });
      assert.deepEqual(drawRaster(classes, widthPx, { tolerancePx }, blockPx).regions, whole.regions);
    }),
    { numRuns: 500 },
  );
});

test('no corner is further from its line than allowed, and every border between two regions keeps the area', () => {
  fc.assert(
    fc.property(anyRaster, tolerances, ({ classes, widthPx }, tolerancePx) => {
      const { regions, borders } = drawRaster(classes, widthPx, { tolerancePx });
      const total = noDisplacement();
      for (const { arc, line } of borders) measureLine(arc, line, total);
      assert.ok(total.largest <= Math.ceil(tolerancePx * UNITS_PER_PX), `${total.largest} units`);
      assert.equal(
        total.bins.reduce((sum, corners) => sum + corners, 0),
        total.corners,
      );
      const pixels = new Int32Array(256);
      for (const region of regions) pixels[region.value]! += region.pixels;
      const { areas } = geometryMeasures(total, 1, pixels, String);
      for (const { codeCs, beforeM2, afterM2 } of areas) {
        const own = regions.filter(({ value }) => String(value) === codeCs);
        assert.equal(
          beforeM2,
          own.reduce((sum, region) => sum + region.pixels, 0),
        );
        const polygons = own.reduce((sum, region) => sum + areaOf(region), 0);
        assert.ok(Math.abs(polygons - afterM2) < 1e-6, `class ${codeCs}: ${polygons}, measured ${afterM2}`);
      }
    }),
    { numRuns: 1000 },
  );
});

/** Awkward rasters, drawn. */
const AWKWARD: Record<string, string> = {
  'one pixel': 'a',
  'one pixel of nodata': '.',
  'a single class': 'aaaa aaaa aaaa',
  'nodata islands': 'aaaaaaa a..aa.a a.aaa.a aaaa..a aaaaaaa',
  'regions that touch at a corner': 'abab baba abab baba',
  'a region that touches itself at a corner': 'aaaaa abbaa abaaa aabba aaaaa',
  'a hole in a hole in a hole':
    'aaaaaaaaa abbbbbbba abcccccba abcdddcba abcdadcba abcdddcba abcccccba abbbbbbba aaaaaaaaa',
  'lines of one pixel': 'aaaaaaaaa bbbbbbbbb aaaaaaaaa acacacaca acacacaca aaaaaaaaa',
  'a slanting line of one pixel': 'baaaaaaa bbaaaaaa abbaaaaa aabbaaaa aaabbaaa aaaabbaa aaaaabba aaaaaabb',
  'two regions side by side, one row': 'aaabbb',
};

for (const [name, text] of Object.entries(AWKWARD)) {
  test(`${name}: valid at any tolerance, whatever the cut`, () => {
    for (const tolerancePx of [0.6, 1, 3, 8])
      for (const blockPx of [1, 2, 99]) assertValid(drawn(text), { tolerancePx }, blockPx);
  });
}

test('a checkerboard: every pixel is a polygon of its own', () => {
  const widthPx = 40;
  const classes = Uint8Array.from({ length: widthPx ** 2 }, (_, i) => 1 + ((i + Math.floor(i / widthPx)) % 2));
  assert.equal(assertValid({ classes, widthPx }, { tolerancePx: 3 }).regions.length, widthPx ** 2);
});

test('a spiral stays two arms, each whole', () => {
  for (const arm of [1, 2, 5]) {
    const { regions } = assertValid(spiral(arm), { tolerancePx: 3 }, 7);
    assert.equal(regions.length, 2);
  }
});

test('a polygon with 100 000 vertices', () => {
  // a comb: one region whose border turns at every tooth
  const [widthPx, teeth] = [50_000, 25_000];
  const classes = new Uint8Array(3 * widthPx).fill(1);
  for (let tooth = 0; tooth < teeth; tooth++) {
    classes[widthPx + 2 * tooth] = 2;
    classes[2 * tooth] = tooth % 3 === 0 ? 2 : 1;
  }
  classes.fill(2, 2 * widthPx);
  const raster = { classes, widthPx };
  const { regions } = drawRaster(classes, widthPx, { tolerancePx: 0.4 });
  const most = Math.max(...regions.map(({ rings }) => rings.reduce((sum, ring) => sum + ring.length / 2, 0)));
  assert.ok(most >= 100_000, `${most} vertices`);
  assert.deepEqual(faultsOf(raster, { regions, borders: [] }), []);
});

test('no spike where the raster has none: a disc and a wedge', () => {
  const widthPx = 120;
  const classes = Uint8Array.from({ length: widthPx ** 2 }, (_, i) => {
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    if ((x - 40) ** 2 + (y - 40) ** 2 < 900) return 2;
    return y > 80 && y < 80 + x / 4 ? 3 : 1;
  });
  const { regions } = assertValid({ classes, widthPx }, { tolerancePx: 3 });
  const disc = regions.find(({ value }) => value === 2)!;
  assert.ok(Math.abs(areaOf(disc) / disc.pixels - 1) < 0.002);
  assert.ok(disc.rings[0]!.length / 2 < 20, `${disc.rings[0]!.length / 2} vertices round a disc`);
  assert.ok(sharpestAngle(disc.rings) > 90);
});

/** An arm `arm` pixels wide that winds to the middle, as far from itself as it is wide. */
function spiral(arm: number): Raster {
  const widthPx = 13 * arm;
  const classes = new Uint8Array(widthPx ** 2).fill(1);
  let [x, y, dx, dy] = [0, 0, 1, 0];
  for (const steps of [13, 12, 12, 10, 10, 8, 8, 6, 6, 4, 4, 2, 2]) {
    for (let step = 0; step < steps; step++) {
      for (let row = y * arm; row < (y + 1) * arm; row++) {
        classes.fill(2, row * widthPx + x * arm, row * widthPx + (x + 1) * arm);
      }
      if (step < steps - 1) [x, y] = [x + dx, y + dy];
    }
    [dx, dy] = [-dy, dx];
    [x, y] = [x + dx, y + dy];
  }
  return { classes, widthPx };
}
