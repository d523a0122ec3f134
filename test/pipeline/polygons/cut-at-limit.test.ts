/** Coverages cut at limits of every kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Polygon, Position } from 'geojson';
import { openLimit } from '../../../pipeline/polygons/limit/cut-at-limit.ts';
import { areaOfRings, checkCut, checkRings, isSimple, SIDE, scene, star } from './check-cut.ts';

const settings = { seed: 1, includeErrorInReport: true };

test('cut anywhere: one outline, the limit with its junctions, and the area of the extent', () => {
  fc.assert(
    fc.property(scene, star, ({ regions, place }, cornersOf) => {
      const coordinates = [cornersOf((value) => value).map(([x, y]) => place(x, y))];
      fc.pre(isSimple(coordinates));
      checkCut(regions, { type: 'Polygon', coordinates });
    }),
    { ...settings, numRuns: 500 },
  );
});

test('cut through vertices and along borders', () => {
  fc.assert(
    fc.property(scene, star, ({ regions, place }, cornersOf) => {
      const coordinates = [cornersOf(Math.round).map(([x, y]) => place(x, y))];
      fc.pre(isSimple(coordinates));
      checkCut(regions, { type: 'Polygon', coordinates });
    }),
    { ...settings, numRuns: 500 },
  );
});

test('cut along the lines of the raster', () => {
  const side = fc.integer({ min: 0, max: SIDE });
  fc.assert(
    fc.property(scene, fc.tuple(side, side, side, side), ({ regions, place }, [x1, x2, y1, y2]) => {
      fc.pre(x1 < x2 && y1 < y2);
      const ring = [place(x1, y1), place(x2, y1), place(x2, y2), place(x1, y2), place(x1, y1)];
      checkCut(regions, { type: 'Polygon', coordinates: [ring] });
    }),
    { ...settings, numRuns: 300 },
  );
});

test('cut by a limit with an enclave, and ground of its own in the enclave', () => {
  fc.assert(
    fc.property(scene, star, ({ regions, place }, cornersOf) => {
      const scaled = (factor: number) =>
        cornersOf((value) => SIDE / 2 + factor * (value - SIDE / 2)).map(([x, y]) => place(x, y));
      const [outline, hole, island] = [scaled(0.99), scaled(0.6), scaled(0.3)];
      fc.pre([outline, hole, island].every((ring) => isSimple([ring])) && isSimple([outline, hole, island]));
      checkCut(regions, { type: 'MultiPolygon', coordinates: [[outline, hole], [island]] });
    }),
    { ...settings, numRuns: 300 },
  );
});

test('what lies whole inside is given back as it is, what lies outside is gone', () => {
  const square = (x: number, y: number, side: number) => [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
    [x, y],
  ];
  const limit = openLimit({ type: 'Polygon', coordinates: [square(0, 0, 100), square(40, 40, 20)] });
  const inside = [square(10, 10, 5)];
  assert.equal(limit.cut(inside)[0], inside);
  assert.deepEqual(limit.cut([square(200, 10, 5)]), []);
  assert.deepEqual(limit.cut([square(45, 45, 5)]), [], 'in the hole');
  assert.deepEqual(limit.cut([square(100, 10, 5)]), [], 'beside the limit');
  const ringed = [square(-10, -10, 130)];
  assert.deepEqual(limit.cut(ringed), [
    [
      [
        [0, 100],
        [0, 0],
        [100, 0],
        [100, 100],
        [0, 100],
      ],
      [
        [40, 60],
        [60, 60],
        [60, 40],
        [40, 40],
        [40, 60],
      ],
    ],
  ]);
  assert.deepEqual(limit.cut([square(90, 90, 20)]), [
    [
      [
        [90, 100],
        [90, 90],
        [100, 90],
        [100, 100],
        [90, 100],
      ],
    ],
  ]);
});

test('a polygon and a limit of 100 000 vertices', () => {
  const wheel = (count: number, radius: number, wave: number) => {
    const ring = Array.from({ length: count }, (_, i): Position => {
      const angle = (2 * Math.PI * i) / count;
      const r = radius + wave * Math.sin(angle * 997);
      return [700_000 + r * Math.cos(angle), 6_300_000 + r * Math.sin(angle)].map((v) => Math.round(v * 1000) / 1000);
    });
    return [...ring, ring[0]!];
  };
  const limit: Polygon = { type: 'Polygon', coordinates: [wheel(100_000, 50_000, 0)] };
  const region = [wheel(100_000, 50_000, 300)];
  const started = performance.now();
  const parts = openLimit(limit).cut(region);
  assert.ok(performance.now() - started < 10_000);
  assert.equal(parts.length, 1);
  for (const rings of parts) checkRings(rings);
  const beyond = openLimit({ type: 'Polygon', coordinates: region }).cut(limit.coordinates);
  const difference = parts.reduce((sum, rings) => sum + areaOfRings(rings), 0) - areaOfRings(beyond.flat());
  assert.ok(Math.abs(difference) < 1e-3, 'either cut by the other leaves the same ground');
});
