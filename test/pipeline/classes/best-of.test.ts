import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import wabt from 'wabt';
import { bestOf, CLOSE_CALL, NOT_FINITE, roomForScores } from '../../../pipeline/classes/best-of.ts';
import { packageFile } from '../../../sql/package-root.ts';

const source = packageFile('pipeline/classes/best-of.wat');

describe('the best of scores', () => {
  test('best-of.wasm is what best-of.wat says; npm run kernel makes it', async () => {
    const { parseWat } = await wabt();
    const { buffer } = parseWat('best-of.wat', await readFile(source), { simd: true }).toBinary({});
    assert.deepEqual(await readFile(packageFile('pipeline/classes/best-of.wasm')), Buffer.from(buffer));
  });

  test('parts of any width, in the kernel’s memory or outside it, are those worked out pixel by pixel', () => {
    const shapes = fc.record({
      widthPx: fc.integer({ min: 1, max: 40 }),
      heightPx: fc.integer({ min: 1, max: 4 }),
      planes: fc.integer({ min: 1, max: 21 }),
      seed: fc.integer(),
      inPlace: fc.boolean(),
      logits: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, ({ widthPx, heightPx, planes, seed, inPlace, logits }) => {
        const size = widthPx * heightPx;
        const values = inPlace ? roomForScores(planes * size) : new Float32Array(planes * size);
        for (let i = 0; i < values.length; i++) values[i] = (logits ? 9 : 1) * Math.abs(Math.sin(seed + 12.9898 * i));
        const own = values.slice();
        const starts = Int32Array.from({ length: planes }, (_, plane) => plane * size);
        const meanings = Uint8Array.from({ length: planes }, (_, plane) => 200 - plane);
        const best = bestOf(values, { starts, rowLength: widthPx, widthPx, heightPx }, meanings, logits);
        for (let at = 0; at < size; at++) {
          const scores = Array.from(starts, (start) => own[start + at]!);
          const top = Math.max(...scores);
          const share = logits ? 1 / scores.reduce((sum, score) => sum + Math.exp(score - top), 0) : top;
          assert.equal(best.classes[at], meanings[scores.indexOf(top)]);
          assert.ok(Math.abs(best.confidence[at]! - 255 * share) <= 0.51, `${best.confidence[at]} for ${255 * share}`);
          const close = scores.filter((score) => Math.fround(top - score) < Math.fround(1e-3)).length > 1;
          assert.equal(best.flags[at], close ? CLOSE_CALL : 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an array given for scores stays while its parts are looked at', () => {
    for (const length of [16, 1 << 20, 1 << 22]) {
      const values = roomForScores(length).fill(1);
      const part = { starts: Int32Array.of(0), rowLength: length, widthPx: length, heightPx: 1 };
      bestOf(values, part, Uint8Array.of(7), true);
      assert.deepEqual([values.length, values[length - 1]], [length, 1]);
    }
  });

  test('a score that is no finite number is flagged at its pixel, and only there', () => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const values = new Float32Array(3 * 40).map((_, i) => i % 7);
      values[40 + 23] = odd;
      const part = { starts: Int32Array.of(0, 40, 80), rowLength: 20, widthPx: 20, heightPx: 2 };
      const { flags } = bestOf(values, part, Uint8Array.of(0, 1, 2), true);
      assert.deepEqual([flags.indexOf(NOT_FINITE), flags.lastIndexOf(NOT_FINITE)], [23, 23]);
    }
  });
});
