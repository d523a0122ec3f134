import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { asPair, CLOSE, classifyPart, type Scores, sharesOfPart } from '../../../pipeline/classes/scores.ts';

const SIDE = 7;
const PART = { xPx: 2, yPx: 1, widthPx: 4, heightPx: 5 };

const scoresOf = (values: number[]): Scores => ({ values: Float32Array.from(values), sidePx: SIDE });

/** Scores of a pixel of the part, one per plane. */
function pixel({ values }: Scores, planes: number, at: number): number[] {
  const [x, y] = [PART.xPx + (at % PART.widthPx), PART.yPx + Math.floor(at / PART.widthPx)];
  return Array.from({ length: planes }, (_, plane) => values[(plane * SIDE + y) * SIDE + x]!);
}

const planesAnd = (planes: number) =>
  fc.record({
    values: fc.array(fc.float({ min: -30, max: 30, noNaN: true }), {
      minLength: planes * SIDE * SIDE,
      maxLength: planes * SIDE * SIDE,
    }),
    allowed: fc.subarray(
      Array.from({ length: planes }, (_, plane) => plane),
      { minLength: 1 },
    ),
  });

describe('scores of a tile', () => {
  for (const planes of [1, 2, 5, 9]) {
    test(`class, softmax and close calls of ${planes} planes are those worked out pixel by pixel`, () => {
      fc.assert(
        fc.property(planesAnd(planes), ({ values, allowed }) => {
          const scores = scoresOf(values);
          const scoring = { classes: planes, allowed: Uint8Array.from(allowed), activation: 'logits' as const };
          const found = classifyPart(scores, PART, scoring);
          const bytes = sharesOfPart(scores, PART, scoring, new Uint8Array(20 * planes), 255);
          for (let at = 0; at < 20; at++) {
            const own = pixel(scores, planes, at);
            const sorted = allowed.map((plane) => own[plane]!).sort((a, b) => b - a);
            const sum = sorted.reduce((total, score) => total + Math.exp(score - sorted[0]!), 0);
            assert.equal(
              found.classes[at],
              allowed.find((plane) => own[plane] === sorted[0]),
            );
            assert.ok(Math.abs(found.confidence[at]! - 255 / sum) <= 0.75);
            assert.equal(found.closeAt.includes(at), sorted.length > 1 && sorted[0]! - sorted[1]! < CLOSE);
            own.forEach((score, plane) => {
              const wanted = allowed.includes(plane) ? (255 * Math.exp(score - sorted[0]!)) / sum : 0;
              assert.ok(
                Math.abs(bytes[at * planes + plane]! - wanted) <= 0.75,
                `${bytes[at * planes + plane]} for ${wanted}`,
              );
            });
          }
        }),
        { numRuns: 40 },
      );
    });
  }

  test('two scores half of CLOSE apart are a close call, two twice as far are none', () => {
    for (const [apart, close] of [
      [CLOSE / 2, 1],
      [2 * CLOSE, 0],
    ] as const) {
      const scores = scoresOf(
        Array.from({ length: 3 * SIDE * SIDE }, (_, i) => [1, 1 + apart, -40][Math.floor(i / 49)]!),
      );
      const scoring = { classes: 3, allowed: Uint8Array.of(0, 1, 2), activation: 'logits' as const };
      assert.equal(classifyPart(scores, PART, scoring).closeAt.length, 20 * close);
    }
  });

  test('one plane: class 1 from one half on', () => {
    const pair = asPair(scoresOf(Array.from({ length: 49 }, (_, i) => (i % 2 ? 0.5 : 0.25))), 'sigmoid');
    const scoring = { classes: 2, allowed: Uint8Array.of(1, 0), activation: 'sigmoid' as const };
    const { classes, confidence } = classifyPart(pair, { xPx: 0, yPx: 0, widthPx: 2, heightPx: 1 }, scoring);
    assert.deepEqual([...classes], [0, 1]);
    assert.deepEqual([...confidence], [191, 128]);
  });

  test('scores that are no finite numbers are refused where they may be predicted, and only there', () => {
    for (const activation of ['logits', 'softmax', 'sigmoid'] as const) {
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const values = Array.from({ length: 3 * 49 }, (_, i) => (i % 49) / 49);
        values[2 * 49 + 3 * SIDE + 4] = wrong;
        values[1 * 49] = wrong; // outside of the part
        const scoring = (allowed: number[]) => ({ classes: 3, allowed: Uint8Array.from(allowed), activation });
        classifyPart(scoresOf(values), PART, scoring([0, 1]));
        assert.throws(() => classifyPart(scoresOf(values), PART, scoring([0, 1, 2])), {
          message: `a score is ${wrong}`,
        });
      }
    }
  });

  test('weights scale the shares', () => {
    const scores = scoresOf(Array.from({ length: 2 * 49 }, () => 0));
    const weights = { columns: Float32Array.of(0, 0.25, 0.5, 1), rows: Float32Array.of(1, 0.5, 0.25, 0, 1) };
    const scoring = { classes: 2, allowed: Uint8Array.of(0, 1), activation: 'logits' as const };
    const shares = sharesOfPart(scores, PART, scoring, new Uint16Array(40), 65535, weights);
    for (let at = 0; at < 20; at++) {
      const weight = weights.columns[at % 4]! * weights.rows[Math.floor(at / 4)]!;
      assert.equal(shares[2 * at], Math.floor(32767.5 * weight));
    }
  });
});
