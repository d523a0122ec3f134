import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { calibrationOf } from '../../../pipeline/evaluate/calibration.ts';

const counts = (rows: [value: number, wrong: number, right: number][]) => {
  const all = new Float64Array(512);
  for (const [value, wrong, right] of rows) {
    all[2 * value] = wrong;
    all[2 * value + 1] = right;
  }
  return all;
};

const near = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-12, `${found}, ${wanted} wanted`);

describe('calibration of the confidence', () => {
  it('gives the error worked out by hand', () => {
    // 0.2: 10 pixels, 4 right; 0.8: 60 pixels, 45 right; 1: 30 pixels, all right
    const found = calibrationOf(
      counts([
        [51, 6, 4],
        [204, 15, 45],
        [255, 0, 30],
      ]),
    )!;
    near(found.expectedError, (10 * 0.2 + 60 * 0.05 + 0) / 100);
    near(found.maxError, 0.2);
    near(found.meanConfidence, (10 * 0.2 + 60 * 0.8 + 30) / 100);
    near(found.accuracy, 0.79);
  });

  it('takes bins of equal width, the upper bound in', () => {
    const { bins } = calibrationOf(
      counts([
        [0, 1, 0],
        [17, 0, 2],
        [18, 3, 0],
        [255, 0, 4],
      ]),
    )!;
    assert.deepEqual(
      bins.flatMap(({ pixels }, index) => (pixels > 0 ? [[index, pixels]] : [])),
      [
        [0, 3],
        [1, 3],
        [14, 4],
      ],
    );
    assert.equal(bins[5]!.accuracy, null);
  });

  it('lets confidences of one bin make up for each other, and reports the largest gap of bins that weigh', () => {
    // 0.9412 and 1 share the last bin: 240 is wrong half the time, but the mean gap is what counts
    const found = calibrationOf(
      counts([
        [240, 50, 50],
        [255, 0, 100],
        [10, 1, 0],
      ]),
    )!;
    near(found.bins[14]!.accuracy!, 0.75);
    near(found.maxError, (100 * (240 / 255) + 100 - 150) / 200);
  });

  it('is 0 for a confidence that means what it says, and never over 1', () => {
    near(
      calibrationOf(
        counts([
          [51, 80, 20],
          [204, 20, 80],
        ]),
      )!.expectedError,
      0,
    );
    const rows = fc.array(fc.tuple(fc.nat(255), fc.nat(99), fc.nat(99)), { minLength: 1 });
    fc.assert(
      fc.property(rows, (given) => {
        const found = calibrationOf(counts(given));
        if (!found) return;
        assert.ok(found.expectedError >= 0 && found.expectedError <= found.maxError + 0.15);
        assert.ok(Math.abs(found.meanConfidence - found.accuracy) <= found.expectedError + 1e-12);
      }),
    );
  });

  it('says nothing of no pixel', () => assert.equal(calibrationOf(new Float64Array(512)), undefined));
});
