import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mergePairs, scoresOf } from '../../../pipeline/evaluate/confusion.ts';

const near = (found: number | null, wanted: number) =>
  assert.ok(found !== null && Math.abs(found - wanted) < 1e-12, `${found} found, ${wanted} wanted`);

describe('confusion matrices', () => {
  it('gives the scores worked out by hand', () => {
    // truth A: 5 right, 1 as B; B: 2 as A, 6 right, 1 as C; C: 5 right of 5
    const scores = scoresOf({ size: 3, counts: Float64Array.from([5, 1, 0, 2, 6, 1, 0, 0, 5]) });
    assert.equal(scores.pixels, 20);
    near(scores.accuracy, 16 / 20);
    const [a, b, c] = scores.classes;
    near(a!.precision, 5 / 7);
    near(a!.recall, 5 / 6);
    near(a!.f1, 10 / 13);
    near(a!.iou, 5 / 8);
    near(b!.iou, 6 / 10);
    near(c!.iou, 5 / 6);
    near(scores.meanIou, (5 / 8 + 6 / 10 + 5 / 6) / 3);
    near(scores.balancedAccuracy, (5 / 6 + 6 / 9 + 1) / 3);
    const chance = (6 * 7 + 9 * 7 + 5 * 6) / 400;
    near(scores.kappa, (0.8 - chance) / (1 - chance));
  });

  it('leaves 0 / 0 unsaid, and counts it 0 in the mean FLAIR publishes', () => {
    const scores = scoresOf({ size: 3, counts: Float64Array.from([3, 1, 0, 0, 4, 0, 0, 0, 0]) });
    assert.deepEqual(scores.classes[2], {
      truthPx: 0,
      foundPx: 0,
      rightPx: 0,
      precision: null,
      recall: null,
      f1: null,
      iou: null,
    });
    near(scores.meanIou, (3 / 4 + 4 / 5) / 2);
    near(scores.meanIouFlair, (3 / 4 + 4 / 5) / 3);
    const found = scoresOf({ size: 2, counts: Float64Array.from([9, 1, 0, 0]) });
    near(found.meanIou, 0.45);
    near(found.meanIouTruth, 0.9);
  });

  it('takes ignored classes out of the full confusion, rows and columns, as FLAIR does', () => {
    // Four classes; the last is ignored: its 9 pixels of truth, and the 2 + 1 pixels predicted as it, go.
    const pairs = [10, 0, 1, 2, 3, 20, 0, 1, 0, 0, 30, 0, 4, 5, 0, 0];
    const kept = [0, 1, 2, -1];
    const confusion = mergePairs(pairs, kept, kept, 3);
    assert.deepEqual([...confusion.counts], [10, 0, 1, 3, 20, 0, 0, 0, 30]);
    const scores = scoresOf(confusion);
    near(scores.accuracy, 60 / 64);
    near(scores.meanIouFlair, (10 / 14 + 20 / 23 + 30 / 31) / 3);
  });

  it('merging classes never makes fewer pixels right, and loses none', () => {
    const matrix = fc
      .array(fc.nat(1000), { minLength: 16, maxLength: 16 })
      .filter((counts) => counts.some((n) => n > 0));
    fc.assert(
      fc.property(matrix, fc.array(fc.nat(2), { minLength: 4, maxLength: 4 }), (counts, labels) => {
        const own = scoresOf(mergePairs(counts, [0, 1, 2, 3], [0, 1, 2, 3], 4));
        const merged = scoresOf(mergePairs(counts, labels, labels, 3));
        assert.equal(merged.pixels, own.pixels);
        assert.ok(merged.accuracy >= own.accuracy);
        for (const { iou, precision, recall, f1 } of merged.classes) {
          if (iou === null) continue;
          assert.ok(iou >= 0 && iou <= 1);
          assert.ok(Math.abs((f1 ?? 0) - (2 * iou) / (1 + iou)) < 1e-9);
          if (precision !== null && recall !== null) assert.ok(iou <= Math.min(precision, recall) + 1e-12);
        }
      }),
    );
  });

  it('has nothing to say of no pixel', () => {
    assert.throws(() => scoresOf({ size: 1, counts: Float64Array.of(0) }), /no pixel/);
  });
});
