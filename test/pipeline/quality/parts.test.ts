/** The parts of the quality report that are pure, and the edges on disk. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import fc from 'fast-check';
import type { Position } from 'geojson';
import { clipRing } from '../../../pipeline/clip-ring.ts';
import { EdgeSpool, type OwnedEdge } from '../../../pipeline/quality/edge-spool.ts';
import { ringFaults } from '../../../pipeline/quality/rings.ts';
import { SegmentBands } from '../../../pipeline/quality/segment-bands.ts';
import { semanticFlows } from '../../../pipeline/quality/semantic.ts';
import { Density } from '../../../pipeline/quality/windows.ts';
import { sharedGround, zoneOf } from '../../../pipeline/quality/zone-overlaps.ts';
import { areaOf, polygonAreaM2 } from '../../../pipeline/rings.ts';

const root = mkdtempSync(join(tmpdir(), 'ocsge-quality-parts-'));
after(() => rmSync(root, { recursive: true }));

const square = (x: number, y: number, side: number): Position[] => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];
const reversed = (ring: Position[]) => [...ring].reverse();

suite('edges on disk', () => {
  /** A field of squares side by side, one of them twice where `twice`. */
  async function match(files: number, twice: boolean) {
    const folder = join(root, `edges ${files} ${twice}`);
    const spool = new EdgeSpool(folder, (files - 1) * 1_000_000 + 1);
    const side = 60;
    for (let i = 0; i < side * side; i++) await spool.add(i, [square(i % side, Math.floor(i / side), 1)]);
    if (twice) await spool.add(side * side, [square(7, 9, 1)]);
    const seen = { pairs: 0, doubled: 0, exposed: 0, lengthM: 0 };
    await spool.match({
      pair: () => seen.pairs++,
      doubled: () => seen.doubled++,
      exposed: ({ x1, y1, x2, y2 }: OwnedEdge) => {
        seen.exposed++;
        seen.lengthM += Math.abs(x2 - x1) + Math.abs(y2 - y1);
      },
    });
    const filesWritten = readdirSync(root).includes(`edges ${files} ${twice}`) ? readdirSync(folder).length : 0;
    await spool.close();
    assert.ok(!readdirSync(root).includes(`edges ${files} ${twice}`), 'nothing stays on disk');
    return { ...seen, filesWritten };
  }

  test('an edge meets its way back, however many files the edges are dealt to', async () => {
    const one = await match(1, false);
    assert.deepEqual(
      { ...one, filesWritten: 1 },
      { pairs: 7_080, doubled: 0, exposed: 240, lengthM: 240, filesWritten: 1 },
    );
    const { filesWritten, ...many } = await match(3, false);
    assert.ok(filesWritten > 1, `${filesWritten} files`);
    assert.deepEqual({ ...many, filesWritten: one.filesWritten }, one);
  });

  test('an object that is there twice leaves edges over', async () => {
    const { exposed } = await match(3, true);
    assert.equal(exposed, 244);
  });
});

suite('rings', () => {
  const kinds = (rings: Position[][]) => [...new Set(ringFaults(rings).map(({ rule }) => rule))];

  test('squares with squares in them are valid; turned, open, or too short they are not', () => {
    assert.deepEqual(kinds([square(0, 0, 10), reversed(square(2, 2, 3)), reversed(square(6, 6, 3))]), []);
    assert.deepEqual(kinds([reversed(square(0, 0, 10))]), ['anneau']);
    assert.deepEqual(kinds([square(0, 0, 10), square(2, 2, 3)]), ['anneau']);
    assert.deepEqual(kinds([square(0, 0, 10).slice(0, -1)]), ['anneau']);
    assert.deepEqual(kinds([[]]), ['anneau']);
  });

  test('a hole that touches its polygon in a vertex is valid, one that crosses it is not', () => {
    const touching = reversed([
      [0, 0],
      [4, 1],
      [1, 4],
      [0, 0],
    ]);
    assert.deepEqual(kinds([square(0, 0, 10), touching]), []);
    const onEdge = reversed([
      [0, 5],
      [4, 1],
      [4, 4],
      [0, 5],
    ]);
    assert.deepEqual(
      kinds([square(0, 0, 10), onEdge]),
      ['croisement'],
      'on an edge it is a vertex of one of them only',
    );
    assert.deepEqual(kinds([square(0, 0, 10), reversed(square(8, 8, 4))]), ['croisement']);
    assert.deepEqual(kinds([square(0, 0, 10), reversed(square(20, 8, 4))]), ['croisement']);
  });

  test('holes may touch in a row, not all round: a chain of them parts the interior', () => {
    const holeAt = (x: number, y: number) => reversed(square(x, y, 5));
    const outline = square(0, 0, 40);
    const row = [holeAt(10, 5), holeAt(15, 10), holeAt(10, 15)];
    assert.deepEqual(kinds([outline, ...row]), []);
    const found = ringFaults([outline, ...row, holeAt(5, 10)]);
    assert.deepEqual(
      found.map(({ rule, x, y }) => [rule, x, y]),
      [['croisement', 10, 10]],
    );
    assert.match(found[0]!.found, /coupent l’intérieur/);
    const petal = (x: number, y: number) =>
      reversed([
        [20, 20],
        [x, y],
        [x + 4, y],
        [20, 20],
      ]);
    const below = (x: number) => [...petal(x, 30)].reverse();
    assert.deepEqual(kinds([outline, holeAt(15, 15), below(16), below(22)]), [], 'three that meet in one vertex');
    const corner = reversed([
      [0, 0],
      [40, 0],
      [20, 10],
      [0, 0],
    ]);
    assert.deepEqual(kinds([outline, corner]), ['croisement'], 'from one corner of the outline to the next');
  });

  test('a fold of half a degree is a spike, a corner of three degrees is none', () => {
    const tip = (width: number): Position[] => [
      [0, 0],
      [10, 0],
      [10, 10],
      [5 + width, 10],
      [5, 30],
      [5 - width, 10],
      [0, 10],
      [0, 0],
    ];
    assert.deepEqual(kinds([tip(0.08)]), ['pointe']);
    assert.deepEqual(kinds([tip(0.6)]), []);
  });

  test('crossings are found as by trying every pair', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 14 }), (points) => {
        const ring: Position[] = [...points, points[0]!];
        const found = new SegmentBands([ring]).firstCrossing() !== undefined;
        assert.equal(found, everyPairCrosses(ring));
      }),
      { numRuns: 2_000 },
    );
  });
});

suite('two zones', () => {
  const share = (a: Position[][], b: Position[][]) => {
    const [one, other] = [zoneOf(a), zoneOf(b)];
    assert.equal(sharedGround(one, other) === undefined, sharedGround(other, one) === undefined);
    return sharedGround(one, other) !== undefined;
  };

  test('share ground where one is there twice, crosses, holds or fills the other; not where they touch or fill holes', () => {
    const [a, hollow] = [[square(0, 0, 10)], [square(0, 0, 10), reversed(square(2, 2, 3))]];
    for (const b of [a, hollow, [square(2, 2, 3)], [square(9, 9, 5)], [square(0, 2, 4)], [square(-5, 0, 10)]])
      assert.ok(share(a, b), JSON.stringify(b));
    for (const b of [[square(10, 0, 10)], [square(10, 10, 5)], [square(10, 3, 2)], [square(30, 0, 1)]])
      assert.ok(!share(a, b), JSON.stringify(b));
    assert.ok(!share(hollow, [square(2, 2, 3)]));
    assert.ok(!share(hollow, [square(3, 3, 1)]));
    assert.ok(share(hollow, [square(3, 3, 3)]));
    assert.ok(share(hollow, hollow));
  });

  test('a triangle and a square share ground where the clipped triangle has an area', () => {
    const whole = fc.integer({ min: 0, max: 12 });
    const point = fc.tuple(whole, whole);
    fc.assert(
      fc.property(point, point, point, point, fc.integer({ min: 1, max: 8 }), (p, q, r, [x, y], side) => {
        const area = areaOf([p, q, r, p]);
        fc.pre(area !== 0);
        const triangle = area > 0 ? [p, q, r, p] : [p, r, q, p];
        const clipped = clipRing(triangle, [x, y, x + side, y + side]);
        assert.equal(share([triangle], [square(x, y, side)]), clipped.length > 0 && areaOf(clipped) > 1e-9);
      }),
      { numRuns: 2_000 },
    );
  });
});

function everyPairCrosses(ring: Position[]): boolean {
  const side = (a: Position, b: Position, p: Position) =>
    Math.sign((b[0]! - a[0]!) * (p[1]! - a[1]!) - (b[1]! - a[1]!) * (p[0]! - a[0]!));
  const edges = ring.slice(1).map((to, i) => [ring[i]!, to] as const);
  const isBetween = (a: number, b: number, p: number) => p >= Math.min(a, b) && p <= Math.max(a, b);
  const isInside = (a: Position, b: Position, p: Position) =>
    side(a, b, p) === 0 &&
    [0, 1].every((axis) => isBetween(a[axis]!, b[axis]!, p[axis]!)) &&
    ![a, b].map(String).includes(String(p));
  if (edges.some(([a, b]) => ring.some((p) => isInside(a, b, p)))) return true;
  return edges.some(([a, b], i) =>
    edges.slice(i + 1).some(([c, d]) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0),
  );
}

test('a ring cut at a box covers what of it lies inside', () => {
  assert.equal(areaOf(clipRing(square(0, 0, 10), [5, 5, 20, 20])), 25);
  assert.equal(areaOf(clipRing(square(0, 0, 10), [-1, -1, 11, 11])), 100);
  assert.deepEqual(clipRing(square(0, 0, 10), [20, 20, 30, 30]), []);
  assert.equal(polygonAreaM2([square(0, 0, 10), reversed(square(2, 2, 3))]), 91);
});

test('ground gained and lost, by class and pass; steps of one pass count together', () => {
  const codesCs = ['CS1.1.1.1', 'CS2.2.1'];
  const flows = semanticFlows(
    [
      {
        pass: 'recode',
        codesCs,
        pixels: [
          [5, 0, 0],
          [0, 10, 4],
          [0, 1, 20],
        ],
      },
      {
        pass: 'recode',
        codesCs,
        pixels: [
          [5, 0, 0],
          [0, 9, 2],
          [0, 0, 24],
        ],
      },
      {
        pass: 'units',
        codesCs,
        pixels: [
          [5, 0, 0],
          [0, 9, 0],
          [0, 3, 23],
        ],
      },
    ],
    0.25,
  )!;
  assert.deepEqual(
    flows.passes.map(({ pass }) => pass),
    ['recode', 'units'],
  );
  assert.deepEqual(flows.passes[0]!.classes, [
    { codeCs: 'CS1.1.1.1', gainedM2: 0.25, lostM2: 1.5 },
    { codeCs: 'CS2.2.1', gainedM2: 1.5, lostM2: 0.25 },
  ]);
  assert.deepEqual(flows.total[0], { codeCs: 'CS1.1.1.1', gainedM2: 1, lostM2: 1.5 });
  assert.equal(semanticFlows(undefined, 1), null);
});

test('pictures are taken where the vertices are, inside the extent and on its pixels', () => {
  const grid = { srid: 2154, originX: 1000, originY: 2000, resolutionM: 0.2, widthPx: 5000, heightPx: 2500 };
  const density = new Density(grid);
  for (let i = 0; i < 50; i++) density.add([square(1950 + (i % 5), 1980, 1)]);
  density.add([square(1100, 1700, 1)]);
  const { contexts, detail } = density.windows();
  assert.deepEqual(
    contexts.map(({ bbox }) => bbox.map(Math.round)),
    [
      [1700, 1700, 2000, 2000],
      [1000, 1600, 1300, 1900],
    ],
  );
  assert.deepEqual(detail.bbox.map(Math.round), [1925, 1925, 1975, 1975]);
  assert.equal(new Density({ ...grid, widthPx: 1, heightPx: 1 }).windows().contexts.length, 1);
});
