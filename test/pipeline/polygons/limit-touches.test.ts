/** Limits that touch themselves: vertices on their own edges, holes in chains, ground that hangs by points. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Polygon, Position } from 'geojson';
import { openLimit } from '../../../pipeline/polygons/limit/cut-at-limit.ts';
import { sideOf } from '../../../pipeline/polygons/limit/exact-side.ts';
import { toMm } from '../../../pipeline/polygons/limit/limit-edges.ts';
import { ringFaults } from '../../../pipeline/quality/rings.ts';
import { areaOfRings, checkCut, type Rings, scene } from './check-cut.ts';

const settings = { seed: 1, includeErrorInReport: true };

/** Parts that are objects by themselves: no vertex on an edge of theirs, and ground in one piece. */
function checkParts(parts: Rings[]): void {
  for (const rings of parts) {
    assert.deepEqual(ringFaults(rings), []);
    const rest = rings.map((ring) => new Set(ring.slice(1).map(String)));
    const [joined, touching] = [new Set<string>(), new Set<string>()];
    for (const point of rest.flatMap((ring) => [...ring])) (joined.has(point) ? touching : joined).add(point);
    const meetings = [...touching].reduce((sum, point) => sum + rest.filter((ring) => ring.has(point)).length, 0);
    assert.ok(meetings <= rings.length + touching.size - 1, `ground touches at points alone: ${JSON.stringify(rings)}`);
  }
}

test('cut by a limit that touches itself: vertices on its own edges, holes in a chain, ground that hangs by points', () => {
  fc.assert(
    fc.property(scene, fc.integer({ min: 1, max: 11 }), fc.boolean(), ({ regions, place }, at, isChained) => {
      const ring = (...points: [number, number][]) => [...points, points[0]!].map(([x, y]) => place(x, y));
      const outline = ring([0, 0], [12, 0], [12, 12], [0, 12]);
      const first = ring([0, at], [5, 4], [5, 8]);
      const second = ring([5, 4], [9, 3], isChained ? [12, 6] : [10, 6], [9, 7]);
      const limit: Polygon = { type: 'Polygon', coordinates: [outline, first, second] };
      // one drawn on whole millimetres only: there its vertices are on its edges
      fc.pre(sideOf(...([outline[3], outline[4], first[0]].flat().map((value) => toMm(value!)) as Six)) === 0);
      fc.pre(!isChained || sideOf(...([outline[1], outline[2], second[2]].flat().map((v) => toMm(v!)) as Six)) === 0);
      const parts = checkCut(regions, limit);
      checkParts(parts);
      checkParts(checkCut([[outline]], limit));
    }),
    { ...settings, numRuns: 300 },
  );
});

type Six = [number, number, number, number, number, number];

test('ground that touches at one point is two objects', () => {
  const square = ring([0, 0], [100, 0], [100, 100], [0, 100]);
  const holes = [ring([0, 50], [50, 40], [50, 60]), ring([50, 40], [100, 50], [50, 60])];
  const parts = openLimit({ type: 'Polygon', coordinates: [square, ...holes] }).cut([square]);
  assert.deepEqual(
    parts.map((rings) => [rings.length, areaOfRings(rings)]),
    [
      [1, 4500],
      [1, 4500],
    ],
  );
  checkParts(parts);
});

function ring(...points: Position[]): Position[] {
  return [...points, points[0]!];
}
