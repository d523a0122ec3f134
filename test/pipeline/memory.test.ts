import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasByte } from '../../pipeline/byte-search.ts';
import { release } from '../../pipeline/release.ts';

test('a released array is gone at once', () => {
  const [one, other] = [new Float32Array(1 << 20), new Uint8Array(1 << 20)];
  const before = process.memoryUsage().arrayBuffers;
  release(one, other);
  assert.deepEqual([one.length, other.length], [0, 0]);
  assert.ok(before - process.memoryUsage().arrayBuffers >= 5 * 2 ** 20);
});

test('a byte is found in the view that is asked, not in what lies around it', () => {
  const bytes = Uint8Array.of(7, 1, 2, 3, 7);
  assert.deepEqual(
    [hasByte(bytes, 7), hasByte(bytes.subarray(1, 4), 7), hasByte(bytes.subarray(1, 4), 3)],
    [true, false, true],
  );
  assert.equal(hasByte(new Uint8Array(0), 0), false);
});
