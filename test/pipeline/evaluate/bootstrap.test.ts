import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blockIntervals } from '../../../pipeline/evaluate/bootstrap.ts';
import { randomFrom } from '../../../pipeline/evaluate/random.ts';

/** Blocks of two classes, 100 pixels of each; `right` of each block's first class are right, all of its second. */
const blocksOf = (rights: number[]) => ({
  size: 2,
  counts: Float64Array.from(rights.flatMap((right) => [100, right, right, 100, 100 + (100 - right), 100])),
});

describe('intervals from blocks of ground', () => {
  it('are as wide as the blocks differ, and know the standard error', () => {
    const random = randomFrom(3);
    const rights = Array.from({ length: 200 }, () => Math.round(random() * 100));
    const { accuracy, accuracyError, blocks } = blockIntervals(blocksOf(rights), 1);
    const shares = rights.map((right) => (right + 100) / 200);
    const mean = shares.reduce((sum, share) => sum + share) / 200;
    const error = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / 199 / 200);
    assert.equal(blocks, 200);
    assert.ok(Math.abs(accuracyError! / error - 1) < 0.1, `${accuracyError}, ${error} wanted`);
    assert.ok(Math.abs((accuracy![1] - accuracy![0]) / (2 * 1.96 * error) - 1) < 0.1);
    assert.ok(accuracy![0] < mean && mean < accuracy![1]);
  });

  it('shrink to a point where all blocks are alike, and are the same for the same seed', () => {
    const alike = blockIntervals(blocksOf([80, 80, 80]), 1);
    assert.deepEqual(alike.accuracy, [0.9, 0.9]);
    assert.deepEqual(alike.classes[0]!.recall, [0.8, 0.8]);
    assert.deepEqual(alike.classes[0]!.iou, [0.8, 0.8]);
    const mixed = blocksOf([10, 50, 90, 30]);
    assert.deepEqual(blockIntervals(mixed, 7), blockIntervals(mixed, 7));
  });

  it('are none with a single block, whatever lies empty beside', () => {
    const { accuracy, meanIou, blocks } = blockIntervals(
      { size: 2, counts: Float64Array.from([0, 0, 0, 0, 0, 0, 100, 90, 90, 100, 110, 100]) },
      1,
    );
    assert.deepEqual([accuracy, meanIou, blocks], [null, null, 1]);
  });

  it('give no interval to a class that few blocks hold', () => {
    const counts = Float64Array.from([100, 100, 100, 0, 0, 0, 100, 100, 100, 0, 0, 0, 100, 90, 90, 0, 10, 0]);
    const { classes } = blockIntervals({ size: 2, counts }, 1);
    assert.equal(classes[1]!.recall, null);
    assert.ok(classes[0]!.recall);
  });
});
