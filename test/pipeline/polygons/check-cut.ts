/** Coverages to cut, and what must be true of what a limit leaves of them: judged by the edges that do not cancel out. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { createEdgeLedger } from '../../../pipeline/edge-ledger.ts';
import { extentAreaM2 } from '../../../pipeline/extent.ts';
import { openLimit } from '../../../pipeline/polygons/limit/cut-at-limit.ts';
import { sideOf } from '../../../pipeline/polygons/limit/exact-side.ts';
import { toMm } from '../../../pipeline/polygons/limit/limit-edges.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import { polygonsOf } from './traced.ts';

export type Rings = Position[][];

export const SIDE = 12;

interface Scene {
  regions: Rings[];
  /** Where a corner of the raster is, x to the east and y to the north of its south-west corner. */
  place: (x: number, y: number) => Position;
}

/** A raster's coverage on slanted, stretched axes: whole millimetres, borders in every direction. */
export function slanted(classes: Uint8Array, [a, b, c, d]: number[]): Scene {
  const place = (x: number, y: number) => [
    Math.round(700_000_000 + a! * x + b! * y) / 1000,
    Math.round(6_300_000_000 + c! * x + d! * y) / 1000,
  ];
  const regions = polygonsOf({ classes, widthPx: SIDE, heightPx: SIDE }).map((rings) =>
    rings.map((ring) => ring.map(([x, y]) => place(x!, y!))),
  );
  return { regions, place };
}

export const areaOf = (ring: Position[]) => {
  const [x0, y0] = ring[0] as [number, number];
  return ring.slice(1).reduce((sum, [x, y], i) => {
    const [px, py] = ring[i] as [number, number];
    return sum + ((px - x0) * (y! - y0) - (x! - x0) * (py - y0)) / 2;
  }, 0);
};

export const areaOfRings = (rings: Rings) => rings.reduce((sum, ring) => sum + areaOf(ring), 0);

/** Rings that repeat no point and turn the right way. */
export function checkRings(rings: Rings): void {
  rings.forEach((ring, i) => {
    const points = ring.slice(1).map(String);
    assert.equal(new Set(points).size, points.length, `a ring meets itself: ${JSON.stringify(ring)}`);
    assert.equal(String(ring[0]), points.at(-1));
    assert.ok(i === 0 ? areaOf(ring) > 0 : areaOf(ring) < 0, `ring ${i} turns the wrong way: ${JSON.stringify(ring)}`);
  });
}

/** What is left of the edges: only the limit's, in order, its vertices and junctions between them. */
function checkOutline(parts: Rings[], limit: Polygon | MultiPolygon): void {
  const ledger = createEdgeLedger();
  for (const rings of parts) ledger.add(polygonWkb({ type: 'Polygon', coordinates: rings }));
  assert.deepEqual(ledger.doubled, []);
  const limitRings = (limit.type === 'Polygon' ? [limit.coordinates] : limit.coordinates).flat();
  const vertices = new Set(limitRings.flat().map(String));
  const leaving = new Map<string, number>();
  for (const edge of ledger.exposed()) {
    const [from, to] = [`${edge.x1},${edge.y1}`, `${edge.x2},${edge.y2}`];
    leaving.set(from, (leaving.get(from) ?? 0) + 1);
    const onOne = limitRings.some((ring) =>
      ring.slice(1).some((q, i) => isNear(ring[i]!, q, [edge.x1, edge.y1]) && isNear(ring[i]!, q, [edge.x2, edge.y2])),
    );
    assert.ok(onOne, `the edge ${from} ${to} is not on the limit`);
  }
  for (const vertex of vertices) assert.ok(leaving.has(vertex), `the limit's vertex ${vertex} is gone`);
  const junctions = [...leaving.keys()].filter((point) => !vertices.has(point));
  for (const point of junctions) {
    const touching = parts.filter((rings) => rings.some((ring) => ring.some((other) => String(other) === point)));
    assert.ok(touching.length >= 2, `${point} is on the limit, and nothing meets there`);
  }
}

function isNear([ax, ay]: Position, [bx, by]: Position, [x, y]: Position): boolean {
  const [dx, dy] = [bx! - ax!, by! - ay!];
  const length = Math.hypot(dx, dy);
  const along = ((x! - ax!) * dx + (y! - ay!) * dy) / length;
  return Math.abs((x! - ax!) * dy - (y! - ay!) * dx) / length < 1e-8 && along > -1e-8 && along < length + 1e-8;
}

export function checkCut(regions: Rings[], limit: Polygon | MultiPolygon): Rings[] {
  const open = openLimit(limit);
  const parts = regions.flatMap((rings) => open.cut(rings));
  for (const rings of parts) checkRings(rings);
  checkOutline(parts, limit);
  const area = parts.reduce((sum, rings) => sum + areaOfRings(rings), 0);
  assert.ok(Math.abs(area - extentAreaM2(limit)) < 1e-5, `${area} m² of ${extentAreaM2(limit)}`);
  const withEnclaves = [...parts, ...open.enclaves()];
  const ledger = createEdgeLedger();
  for (const rings of withEnclaves) ledger.add(polygonWkb({ type: 'Polygon', coordinates: rings }));
  assert.deepEqual(ledger.doubled, []);
  return parts;
}

const AXES = [
  [1000, 0, 0, 1000],
  [1000, 300, -200, 900],
  [777, 111, 333, 1234],
  [5000, 4999, -3, 2000],
  [600_000, 100_001, -70_003, 500_000],
];

export const scene = fc
  .tuple(
    fc.uint8Array({ minLength: SIDE * SIDE, maxLength: SIDE * SIDE, max: 255 }),
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom(...AXES),
  )
  .map(([noise, count, axes]) =>
    slanted(
      noise.map((value) => 1 + (value % count)),
      axes,
    ),
  );

/** A star round the middle of the raster: its corners where they fall, or on corners of the raster. */
export const star = fc
  .array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 3, maxLength: 9 })
  .map((radii) => (round: (value: number) => number) => {
    const corners = radii.map((radius, i): [number, number] => {
      const angle = (2 * Math.PI * i) / radii.length;
      const at = (along: number) => round(SIDE / 2 + along * radius * (SIDE / 2));
      return [at(Math.cos(angle)), at(Math.sin(angle))];
    });
    return [...corners, corners[0]!];
  });

/** Whether no two edges of the rings have a point in common but neighbours' ends. Exact. */
export function isSimple(rings: Rings): boolean {
  const points = rings.map((ring) => ring.map((position) => position.map(toMm)));
  const edges = points.flatMap((ring) => ring.slice(1).map((to, i) => [...ring[i]!, ...to]));
  if (points.some((ring) => new Set(ring.map(String)).size !== ring.length - 1)) return false;
  return edges.every(([ax, ay, bx, by], i) =>
    edges.slice(i + 1).every(([px, py, qx, qy]) => {
      const ends = [px === ax && py === ay, px === bx && py === by, qx === ax && qy === ay, qx === bx && qy === by];
      const sides = [sideOf(ax!, ay!, bx!, by!, px!, py!), sideOf(ax!, ay!, bx!, by!, qx!, qy!)];
      const others = [sideOf(px!, py!, qx!, qy!, ax!, ay!), sideOf(px!, py!, qx!, qy!, bx!, by!)];
      if (ends.some(Boolean)) return sides[0] !== 0 || sides[1] !== 0;
      return sides[0]! * sides[1]! > 0 || others[0]! * others[1]! > 0;
    }),
  );
}
