/** Vertices two coverages lack of each other, on limits of every direction. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Position } from 'geojson';
import { commonLimit, type Insertion } from '../../../pipeline/continuite/common-limit.ts';
import { insertPoints } from '../../../pipeline/continuite/insert-points.ts';
import type { ExposedEdge } from '../../../pipeline/edge-ledger.ts';

type Point = [number, number];

const edgesOf = (line: Point[], owner = 0): ExposedEdge[] =>
  line.slice(1).map(([x2, y2], i) => ({ x1: line[i]![0], y1: line[i]![1], x2, y2, owner }));

/** The line with what it got. */
const lineWith = (line: Point[], insertions: Insertion[]): Position[] =>
  insertPoints({ type: 'Polygon', coordinates: [line] }, insertions).coordinates[0]!;

const mm = (value: number) => Math.round(value * 1000) / 1000;

test('two lines along one limit, each with junctions of its own, become one', () => {
  const vertex = fc.tuple(fc.integer({ min: -90_000, max: 90_000 }), fc.integer({ min: 1_000, max: 60_000 }));
  const share = fc.integer({ min: 1, max: 998 }).map((thousandths) => (thousandths + 0.37) / 1000);
  const cuts = fc.array(fc.tuple(fc.nat(), share), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(vertex, { minLength: 2, maxLength: 6 }), cuts, cuts, (steps, own, others) => {
      const limit: Point[] = [];
      for (const [dx, dy] of steps) {
        const [x, y] = limit.at(-1) ?? [700_000, 6_300_000];
        limit.push([mm(x + dx / 1000), mm(y + dy / 1000)]);
      }
      const withJunctions = (of: [number, number][]) =>
        limit.flatMap((to, i): Point[] => {
          const from = limit[i - 1];
          if (from === undefined) return [to];
          const shares = of.filter(([edge]) => edge % (limit.length - 1) === i - 1).map(([, at]) => at);
          const at = (s: number): Point => [from[0] + s * (to[0] - from[0]), from[1] + s * (to[1] - from[1])];
          return [...[...new Set(shares)].sort((a, b) => a - b).map(at), to];
        });
      const [first, second] = [withJunctions(own), withJunctions(others).reverse()];
      const found = commonLimit(edgesOf(first), edgesOf(second));
      const [one, other] = [lineWith(first, found.first), lineWith(second, found.second)];
      assert.deepEqual(one, other.toReversed());
      const length = limit
        .slice(1)
        .reduce((sum, [bx, by], i) => sum + Math.hypot(bx - limit[i]![0], by - limit[i]![1]), 0);
      assert.ok(Math.abs(found.lengthM - length) < 1e-6);
      assert.equal(found.apart, 0);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('a millimetre apart is no common limit, and is told', () => {
  const first = edgesOf([
    [0, 0],
    [100, 0],
  ]);
  const second = edgesOf([
    [100, 0.001],
    [40, 0.001],
    [0, 0.001],
  ]);
  assert.deepEqual(commonLimit(first, second), { lengthM: 0, apart: 1, first: [], second: [] });
});

test('borders that meet in a point, or pass each other far away, share nothing', () => {
  const across = edgesOf([
    [50, 0],
    [50, 80],
  ]);
  const { lengthM, first } = commonLimit(
    edgesOf([
      [0, 0],
      [100, 0],
    ]),
    across,
  );
  assert.deepEqual([lengthM, first.map(({ points }) => points)], [0, [[[50, 0]]]]);
  assert.deepEqual(
    commonLimit(
      edgesOf([
        [0, 0],
        [100, 0],
      ]),
      edgesOf([
        [0, 500],
        [100, 500],
      ]),
    ).first,
    [],
  );
});

test('an object that has not the edge it should is no silent success', () => {
  const [edge] = edgesOf([
    [0, 0],
    [10, 0],
  ]);
  const polygon = {
    type: 'Polygon' as const,
    coordinates: [
      [
        [0, 0],
        [11, 0],
        [0, 9],
        [0, 0],
      ],
    ],
  };
  assert.throws(() => insertPoints(polygon, [{ edge: edge!, points: [[5, 0]] }]), /has not the edges/);
});
