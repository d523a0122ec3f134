/** Areas by the even-odd rule: of outlines that cross themselves what is burnt, of others what they enclose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Position } from 'geojson';
import { evenOddM2 } from '../../pipeline/even-odd-area.ts';
import type { Grid } from '../../pipeline/grid.ts';
import { burn } from '../../pipeline/rasterise.ts';
import { polygonAreaM2 } from '../../pipeline/rings.ts';

const closed = (...ring: Position[]): Position[] => [...ring, ring[0]!];
const box = (x: number, y: number, side: number) => closed([x, y], [x + side, y], [x + side, y + side], [x, y + side]);
const near = (found: number, wanted: number) => assert.ok(Math.abs(found - wanted) < 1e-6, `${found}, not ${wanted}`);

test('bow-ties, holes, a star: what an odd number of outlines goes round', () => {
  const [X, Y] = [506_000, 6_287_000];
  near(evenOddM2([closed([X, Y], [X + 200, Y + 200], [X + 200, Y], [X, Y + 200])]), 20_000);
  near(evenOddM2([box(X, Y, 10), box(X + 2, Y + 2, 3)]), 91);
  near(evenOddM2([box(0, 0, 10), box(5, 5, 10)]), 150);
  near(evenOddM2([box(0, 0, 10), box(0, 0, 10)]), 0);
  const tip = (k: number): Position => [Math.cos((4 * Math.PI * k) / 5), Math.sin((4 * Math.PI * k) / 5)];
  // Five arms of a pentagram of radius 1, its middle left out: 1.12256994 with the middle, a pentagon of radius 1/φ²
  const middle = (5 / 2) * ((3 - Math.sqrt(5)) / 2) ** 2 * Math.sin((2 * Math.PI) / 5);
  near(evenOddM2([closed(...[0, 1, 2, 3, 4].map(tip))]), 1.1225699414 - middle);
  assert.equal(evenOddM2([]), 0);
});

test('of an outline that crosses nothing, what the shoelace formula gives', () => {
  const radii = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 3, maxLength: 60 });
  fc.assert(
    fc.property(radii, (of) => {
      const angle = (k: number) => (2 * Math.PI * k) / of.length;
      const star = of.map((radius, k): Position => [radius * Math.cos(angle(k)), radius * Math.sin(angle(k))]);
      near(evenOddM2([closed(...star)]), polygonAreaM2([closed(...star)]));
    }),
  );
});

test('of outlines that cross, what is burnt', () => {
  const grid: Grid = { srid: 2154, originX: 0, originY: 40, resolutionM: 0.1, widthPx: 400, heightPx: 400 };
  const place = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }));
  const rings = fc.array(fc.array(place, { minLength: 3, maxLength: 9 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(rings, (open) => {
      const coordinates = open.map((ring) => closed(...ring));
      const mask = new Uint8Array(grid.widthPx * grid.heightPx);
      burn({ type: 'Polygon', coordinates }, 0, grid, mask);
      const burntM2 = mask.reduce((sum, value) => sum + value, 0) * grid.resolutionM ** 2;
      const boundaryM = coordinates.reduce(
        (sum, ring) =>
          sum + ring.slice(1).reduce((of, [x, y], i) => of + Math.hypot(x! - ring[i]![0]!, y! - ring[i]![1]!), 0),
        0,
      );
      const found = evenOddM2(coordinates);
      assert.ok(Math.abs(found - burntM2) <= boundaryM * grid.resolutionM, `${found}, ${burntM2} burnt`);
    }),
    { numRuns: 100 },
  );
});
