/** Blocks shared out between training, validation and test. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { clusterBoxes, placePatches, squareBlocks } from '../../../pipeline/annotations/blocks.ts';
import { keepApart, SPLITS, type Split, splitBlocks } from '../../../pipeline/annotations/split-blocks.ts';
import type { BboxLocal } from '../../../pipeline/grid.ts';
import { lambert } from '../rasters/tiny-tiff.ts';

const SHARES = { train: 0.7, valid: 0.15, test: 0.15 };

/** Pixels of classes by block, as clusters of real ground have them: large and small, classes in few of them. */
const blocksOfGround = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 50 }), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 4 })),
  { minLength: 3, maxLength: 7 },
);

const scaled = (drawn: [number, number[]][]) => drawn.map(([size, classes]) => classes.map((n) => 1 + n * size));

/** The documented cost, written down again. */
function costOf(pixels: number[][], splits: Split[]): number {
  const total = pixels.flat().reduce((a, b) => a + b, 0);
  let cost = 0;
  for (const split of SPLITS) {
    const own = pixels.filter((_, block) => splits[block] === split);
    for (let c = 0; c < pixels[0]!.length; c++) {
      const sum = (rows: number[][]) => rows.reduce((a, row) => a + row[c]!, 0);
      const held = sum(own) / sum(pixels);
      cost += (held - SHARES[split]) ** 2 + (held === 0 ? 4 : 0);
    }
    cost += pixels[0]!.length * (own.flat().reduce((a, b) => a + b, 0) / total - SHARES[split]) ** 2;
  }
  return cost;
}

function bestCost(pixels: number[][]): number {
  let best = Infinity;
  for (let n = 0; n < 3 ** pixels.length; n++) {
    const splits = pixels.map((_, block) => SPLITS[Math.floor(n / 3 ** block) % 3]!);
    best = Math.min(best, costOf(pixels, splits));
  }
  return best;
}

suite('splitBlocks', () => {
  test('finds a split as good as the best of all, or nearly', () => {
    fc.assert(
      fc.property(blocksOfGround, fc.integer(), (drawn, seed) => {
        const pixels = scaled(drawn);
        const cost = costOf(pixels, splitBlocks(pixels, SHARES, seed));
        assert.ok(cost <= bestCost(pixels) + 0.02, `${cost} where ${bestCost(pixels)} is possible`);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  test('a rare class goes to every split when three blocks have it', () => {
    const rare = [40, 0, 35, 0, 0, 30, 0, 0, 0, 0];
    const pixels = rare.map((n) => [1000, 200, n]);
    const splits = splitBlocks(pixels, SHARES, 1);
    assert.deepEqual(new Set(splits.filter((_, block) => rare[block]! > 0)), new Set(SPLITS));
  });

  test('equal seeds give equal splits, and a share of 0 gets nothing', () => {
    const pixels = Array.from({ length: 30 }, (_, block) => [100 + block * 7, (block * 37) % 50]);
    assert.deepEqual(splitBlocks(pixels, SHARES, 5), splitBlocks(pixels, SHARES, 5));
    assert.deepEqual(new Set(splitBlocks(pixels, { train: 0.8, valid: 0.2, test: 0 }, 5)), new Set(['train', 'valid']));
  });
});

const at = (x: number, y: number, side: number): BboxLocal => [x, y, x + side, y + side];
const distance = (a: BboxLocal, b: BboxLocal) =>
  Math.hypot(Math.max(0, a[0] - b[2], b[0] - a[2]), Math.max(0, a[1] - b[3], b[1] - a[3]));

test('patches of differing splits are kept apart, and no more is given up than that takes', () => {
  const place = fc.record({ x: fc.nat(40), y: fc.nat(40), split: fc.constantFrom(...SPLITS) });
  fc.assert(
    fc.property(fc.array(place, { maxLength: 40 }), (places) => {
      const patches = places.map(({ x, y, split }) => ({ bbox: at(x * 10, y * 10, 50), split }));
      const kept = keepApart(patches, 50);
      const rank = (split: Split) => SPLITS.indexOf(split);
      for (const a of kept) {
        for (const b of kept) assert.ok(a.split === b.split || boxGap(a, b) >= 50);
      }
      for (const gone of patches.filter((patch) => !kept.includes(patch))) {
        assert.ok(kept.some((other) => rank(other.split) > rank(gone.split) && boxGap(other, gone) < 50));
      }
    }),
    { seed: 1 },
  );
});

/** Distance along the worse axis: what keeps patches apart is a square around them. */
const boxGap = ({ bbox: a }: { bbox: BboxLocal }, { bbox: b }: { bbox: BboxLocal }) =>
  Math.max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3]);

suite('blocks', () => {
  test('boxes that touch or nearly do are one block; others are not', () => {
    const boxes = [at(0, 0, 10), at(10, 0, 10), at(500, 0, 10), at(20, 10, 10), at(535, 0, 10)];
    const blocks = clusterBoxes(boxes, 25);
    assert.deepEqual(
      blocks.map(({ bbox }) => bbox),
      [
        [0, 0, 30, 20],
        [500, 0, 510, 10],
        [535, 0, 545, 10],
      ],
    );
    assert.equal(clusterBoxes(boxes, 25.1).length, 2);
  });

  test('squares lie at multiples of their side, only where something is annotated, and touching is not reaching in', () => {
    const blocks = squareBlocks([at(100, 100, 100), at(950, 950, 100)], 100);
    assert.deepEqual(
      blocks.map(({ bbox }) => bbox.slice(0, 2)),
      [
        [900, 1000],
        [1000, 1000],
        [900, 900],
        [1000, 900],
        [100, 100],
      ],
    );
  });

  test('patches fill a block from its top left, the last shifted back to its edge', () => {
    const grid = lambert(400, 400);
    const block: BboxLocal = [506_100, 6_286_880, 506_170, 6_286_980];
    const patches = placePatches({ bbox: block, annotated: [block] }, grid, 32, 32);
    assert.deepEqual(
      [new Set(patches.map(({ xPx }) => xPx)), new Set(patches.map(({ yPx }) => yPx)), patches.length],
      [new Set([100, 132, 138]), new Set([20, 52, 84, 88]), 12],
    );
  });

  test('patches are placed where something is annotated, not all over a sparse block', () => {
    const grid = lambert(100_000, 100_000);
    const first: BboxLocal = [506_000, 6_286_968, 506_032, 6_287_000];
    const far: BboxLocal = [596_000, 6_196_000, 596_020, 6_196_020];
    const patches = placePatches({ bbox: [first[0], far[1], far[2], first[3]], annotated: [first, far] }, grid, 32, 32);
    const boxes = patches.map(({ xPx, yPx }): BboxLocal => {
      return [506_000 + xPx, 6_287_000 - yPx - 32, 506_032 + xPx, 6_287_000 - yPx];
    });
    assert.ok(patches.length <= 5, `${patches.length} patches`);
    assert.ok(boxes.every((box) => [first, far].some((ground) => distance(box, ground) === 0)));
  });
});
