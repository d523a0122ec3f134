import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { randomFrom } from '../../../pipeline/evaluate/random.ts';
import { Sampler } from '../../../pipeline/evaluate/sampler.ts';
import { allocate, estimateShare, stratifiedEstimates } from '../../../pipeline/evaluate/stratified.ts';

/** Olofsson et al. 2014, table 8 (map in rows: deforestation, forest gain, stable forest, stable non-forest) and §5.2. */
const TABLE_8 = Float64Array.from([66, 0, 5, 4, 0, 55, 8, 12, 1, 0, 153, 11, 2, 1, 9, 313]);
const MAPPED_PX = [200_000, 150_000, 3_200_000, 6_450_000];
const HECTARES_A_PIXEL = 0.09;

const rounded = (value: number) => Number(value.toFixed(2));

describe('estimates from a stratified sample', () => {
  const { accuracy, strata, points } = stratifiedEstimates(TABLE_8, MAPPED_PX);

  it("gives the figures of Olofsson et al.'s example", () => {
    assert.equal(points, 640);
    assert.deepEqual([rounded(accuracy.value), rounded(1.96 * accuracy.error)], [0.95, 0.02]);
    const shares = (key: 'userAccuracy' | 'producerAccuracy') =>
      strata.map((stratum) => [rounded(stratum[key]!.value), rounded(1.96 * stratum[key]!.error)]);
    assert.deepEqual(shares('userAccuracy'), [
      [0.88, 0.07],
      [0.73, 0.1],
      [0.93, 0.04],
      [0.96, 0.02],
    ]);
    assert.deepEqual(shares('producerAccuracy')[0], [0.75, 0.21]);
    const pixels = strata[0]!.area.value * 10_000_000;
    assert.equal(Math.round(pixels), 235_086);
    assert.equal(Math.round(1.96 * strata[0]!.area.error * 10_000_000), 68_418);
    assert.equal(Math.round(pixels * HECTARES_A_PIXEL), 21_158);
  });

  it('shares out all the ground', () => {
    assert.ok(Math.abs(strata.reduce((sum, { area }) => sum + area.value, 0) - 1) < 1e-12);
  });

  it('gives what a hand works out of two strata', () => {
    const two = stratifiedEstimates(Float64Array.from([8, 2, 1, 9]), [60, 40]);
    assert.ok(Math.abs(two.accuracy.value - 0.84) < 1e-12);
    assert.ok(Math.abs(two.strata[0]!.area.value - 0.52) < 1e-12);
    assert.ok(Math.abs(two.strata[0]!.area.error - Math.sqrt(0.008)) < 1e-12);
    assert.ok(Math.abs(two.strata[0]!.producerAccuracy!.value - 0.48 / 0.52) < 1e-12);
  });

  it('does not take thirty right of thirty for certainty', () => {
    const { userAccuracy, producerAccuracy } = stratifiedEstimates(Float64Array.from([30, 0, 0, 30]), [50, 50])
      .strata[0]!;
    // Wilson: 30² … lower bound n / (n + z²)
    assert.ok(Math.abs(userAccuracy!.interval![0] - 30 / (30 + 1.959964 ** 2)) < 1e-6);
    assert.equal(producerAccuracy!.interval, null);
  });

  it('refuses a stratum of one point, which tells no variance', () => {
    assert.throws(() => stratifiedEstimates(Float64Array.from([1, 0, 0, 9]), [60, 40]), /one point/);
  });

  it('gives the share right of merged classes the map was not stratified by', () => {
    const merged = estimateShare([66 + 0, 55, 153 + 1, 313 + 1], [75, 75, 165, 325], MAPPED_PX);
    assert.ok(
      Math.abs(merged.value - (0.02 * 66 + 0) / 75 - (0.015 * 55) / 75 - (0.32 * 154) / 165 - (0.645 * 314) / 325) <
        1e-12,
    );
  });
});

describe('a sample shared out over strata', () => {
  it('follows the surfaces above the least each stratum gets', () => {
    assert.deepEqual(
      allocate(640, [20_000, 15_000, 320_000, 645_000], 75).reduce((a, b) => a + b),
      640,
    );
    const points = allocate(1000, [100, 900, 9000, 90_000], 30);
    assert.deepEqual(points.slice(0, 2), [30, 30]);
    assert.ok(Math.abs(points[3]! / points[2]! - 10) < 0.7);
  });

  it('gives what is asked for, never more than a stratum holds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 3000 }),
        fc.array(fc.nat(5000), { minLength: 1, maxLength: 14 }),
        (total, sizes) => {
          const points = allocate(total, sizes, 30);
          const floor = sizes.reduce((sum, size) => sum + Math.min(30, size), 0);
          const all = sizes.reduce((sum, size) => sum + size, 0);
          assert.equal(
            points.reduce((sum, count) => sum + count, 0),
            Math.min(Math.max(total, floor), all),
          );
          points.forEach((count, stratum) => {
            assert.ok(count <= sizes[stratum]! && count >= Math.min(30, sizes[stratum]!));
          });
        },
      ),
    );
  });
});

describe('a sample drawn in one pass', () => {
  const SIDE = 200;
  /** A map whose left quarter is stratum 0; wrong here and there, more often in stratum 0 and at the bottom. */
  const random = randomFrom(5);
  const right = Uint8Array.from({ length: SIDE * SIDE }, (_, i) =>
    Number(random() > (i % SIDE < SIDE / 4 ? 0.3 : 0.1) * (i < (SIDE * SIDE) / 2 ? 0.5 : 1.5)),
  );
  const stratumAt = (x: number) => (x < SIDE / 4 ? 0 : 1);
  const mapPx = [(SIDE * SIDE) / 4, (SIDE * SIDE * 3) / 4];
  const draw = (seed: number, order: (i: number) => number = (i) => i) => {
    const sampler = new Sampler(2, 300, seed);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const at = order(i);
      sampler.offer(stratumAt(at % SIDE), at % SIDE, Math.floor(at / SIDE));
    }
    const counts = allocate(300, mapPx, 30);
    return [0, 1].map((stratum) => sampler.take(stratum, counts[stratum]!));
  };

  it('is the same whatever the order the pixels come in, and another with another seed', () => {
    assert.deepEqual(
      draw(1, (i) => SIDE * SIDE - 1 - i),
      draw(1),
    );
    assert.notDeepEqual(draw(2), draw(1));
  });

  it('estimates without bias, and its intervals hold the truth about 95 times in 100', () => {
    const truth = right.reduce((sum, value) => sum + value, 0) / right.length;
    let [held, total] = [0, 0];
    const SEEDS = 300;
    for (let seed = 0; seed < SEEDS; seed++) {
      const counts = new Float64Array(4);
      for (const [stratum, pixels] of draw(seed).entries()) {
        for (const { xPx, yPx } of pixels) counts[stratum * 2 + (right[yPx * SIDE + xPx]! ? stratum : 1 - stratum)]!++;
      }
      const { value, interval } = stratifiedEstimates(counts, mapPx).accuracy;
      total += value;
      if (interval![0] <= truth && truth <= interval![1]) held++;
    }
    assert.ok(Math.abs(total / SEEDS - truth) < 0.004, `${total / SEEDS} on average, the truth is ${truth}`);
    assert.ok(held / SEEDS > 0.9 && held / SEEDS < 0.99, `${held} of ${SEEDS} intervals hold the truth`);
  });
});
