import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boundaryDistance, boundaryScores } from '../../../pipeline/evaluate/boundaries.ts';

/** What `boundaryDistance` says, pixel by pixel and neighbour by neighbour. */
function slowly(classes: Uint8Array, width: number, height: number, cap: number): number[] {
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : classes[y * width + x]!);
  const isBoundary = (x: number, y: number) =>
    at(x, y) !== 0 &&
    [at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1)].some((other) => other !== 0 && other !== at(x, y));
  return Array.from(classes, (_, i) => {
    let best = cap;
    for (let k = 0; k < classes.length; k++) {
      if (!isBoundary(k % width, Math.floor(k / width))) continue;
      const dx = Math.abs((k % width) - (i % width));
      const dy = Math.abs(Math.floor(k / width) - Math.floor(i / width));
      best = Math.min(best, Math.max(dx, dy) + 1);
    }
    return best;
  });
}

describe('boundaries', () => {
  it('counts king moves from the pixels that touch another class', () => {
    const classes = Uint8Array.from([1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]);
    assert.deepEqual([...boundaryDistance(classes, 6, 2, 4)], [3, 2, 1, 1, 2, 3, 3, 2, 1, 1, 2, 3]);
  });

  it('sees no boundary with the unknown', () => {
    assert.deepEqual([...boundaryDistance(Uint8Array.from([1, 0, 2]), 3, 1, 9)], [9, 9, 9]);
  });

  it('agrees with a search of every pixel', () => {
    const raster = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([width, height]) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        classes: fc.uint8Array({ min: 0, max: 2, minLength: width * height, maxLength: width * height }),
        cap: fc.integer({ min: 2, max: 6 }),
      }),
    );
    fc.assert(
      fc.property(raster, ({ classes, width, height, cap }) => {
        assert.deepEqual([...boundaryDistance(classes, width, height, cap)], slowly(classes, width, height, cap));
      }),
    );
  });

  it('scores boundaries at a tolerance', () => {
    // Ten pixels of the truth's boundaries: 4 on the prediction's, 3 beside, 3 far. Eight of the prediction's: 4 on, 4 far.
    const [truth, found] = [
      [0, 4, 3, 0, 3],
      [0, 4, 0, 0, 4],
    ];
    assert.deepEqual(boundaryScores(truth, found, 0), { tolerancePx: 0, precision: 0.5, recall: 0.4, f1: 0.4 / 0.9 });
    const one = boundaryScores(truth, found, 1);
    assert.deepEqual([one.precision, one.recall], [0.5, 0.7]);
    assert.equal(boundaryScores([0, 0], [0, 1], 1).f1, null);
  });
});
