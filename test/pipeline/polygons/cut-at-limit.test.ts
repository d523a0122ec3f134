/** Coverages cut at limits of every kind, judged by the edges that do not cancel out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { createEdgeLedger } from '../../../pipeline/edge-ledger.ts';
import { extentAreaM2 } from '../../../pipeline/extent.ts';
import { openLimit } from '../../../pipeline/polygons/limit/cut-at-limit.ts';
import { sideOf } from '../../../pipeline/polygons/limit/exact-side.ts';
import { toMm } from '../../../pipeline/polygons/limit/limit-edges.ts';
import { ringFaults } from '../../../pipeline/quality/rings.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import { polygonsOf } from './traced.ts';

type Rings = Position[][];

const SIDE = 12;

interface Scene {
  regions: Rings[];
  /** Where a corner of the raster is, x to the east and y to the north of its south-west corner. */
  place: (x: number, y: number) => Position;
}

/** A raster's coverage on slanted, stretched axes: whole millimetres, borders in every direction. */
function slanted(classes: Uint8Array, [a, b, c, d]: number[]): Scene {
  const place = (x: number, y: number) => [
    Math.round(700_000_000 + a! * x + b! * y) / 1000,
    Math.round(6_300_000_000 + c! * x + d! * y) / 1000,
  ];
  const regions = polygonsOf({ classes, widthPx: SIDE, heightPx: SIDE }).map((rings) =>
    rings.map((ring) => ring.map(([x, y]) => place(x!, y!))),
  );
  return { regions, place };
}

const areaOf = (ring: Position[]) => {
  const [x0, y0] = ring[0] as [number, number];
  return ring.slice(1).reduce((sum, [x, y], i) => {
    const [px, py] = ring[i] as [number, number];
    return sum + ((px - x0) * (y! - y0) - (x! - x0) * (py - y0)) / 2;
  }, 0);
};

const areaOfRings = (rings: Rings) => rings.reduce((sum, ring) => sum + areaOf(ring), 0);

/** Rings that repeat no point and turn the right way. */
function checkRings(rings: Rings): void {
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

function checkCut(regions: Rings[], limit: Polygon | MultiPolygon): Rings[] {
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

const scene = fc
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
const star = fc
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
function isSimple(rings: Rings): boolean {
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
