import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scoreChange, scorePixels, untouchedRegions } from '../../../pipeline/evaluate/scores.ts';

describe('scores against the truth', () => {
  it('counts accuracy, recall, precision and IoU, leaving nodata out', () => {
    const truth = Uint8Array.from([1, 1, 1, 2, 2, 0]);
    const found = Uint8Array.from([1, 1, 2, 2, 2, 1]);
    const scores = scorePixels(found, truth, ['A', 'B', 'C']);
    assert.equal(scores.pixels, 5);
    assert.equal(scores.accuracy, 4 / 5);
    assert.deepEqual(
      scores.classes.map(({ code, recall, precision, iou }) => [code, recall, precision, iou]),
      [
        ['A', 2 / 3, 1, 2 / 3],
        ['B', 1, 2 / 3, 2 / 3],
      ],
    );
    assert.equal(scores.meanIou, 2 / 3);
  });

  it('scores the ground found as changed', () => {
    const truth = { before: Uint8Array.from([1, 1, 1, 1]), after: Uint8Array.from([2, 2, 1, 1]) };
    const found = { before: Uint8Array.from([1, 1, 1, 1]), after: Uint8Array.from([2, 1, 2, 1]) };
    assert.deepEqual(scoreChange(found, truth), { truthPixels: 2, foundPixels: 2, recall: 0.5, precision: 0.5 });
  });

  it('tells the regions no change touches', () => {
    const truth = { before: Uint8Array.from([1, 1, 2]), after: Uint8Array.from([1, 2, 2]) };
    assert.deepEqual([...untouchedRegions(Uint32Array.from([1, 2, 3]), 3, truth).slice(1)], [1, 0, 1]);
  });
});
