import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coordinatesText } from '../../../pipeline/polygons/coverage/polygon-text.ts';
import { TextBytes } from '../../../pipeline/polygons/coverage/text-bytes.ts';

test('thousandths are written as JSON writes numbers', () => {
  const text = new TextBytes();
  const written = (value: number) => {
    text.thousandths(value);
    return asciiOf(text.take());
  };
  for (const value of [0, 1, 10, 100, 999, 1000, 1001, 1010, 1100, 99_999, 6_287_000_200, -1, -1500]) {
    assert.equal(written(value), String(value / 1000));
  }
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (value) => {
      assert.equal(written(value), String(value / 1000));
    }),
    { numRuns: 5000 },
  );
});

test('rings on the ground, longer than the first buffer', () => {
  const grid = { srid: 2154, originX: 506_000.1, originY: 6_287_000, resolutionM: 0.2, widthPx: 9, heightPx: 9 };
  assert.equal(
    asciiOf(coordinatesText([[0, 0, 64, 0, 64, 64, 0, 0]], grid)),
    '[[[506000.1,6287000],[506000.3,6287000],[506000.3,6286999.8],[506000.1,6287000]]]',
  );
  const long = Array.from({ length: 20_000 }, (_, i) => i * 7);
  const [ring] = JSON.parse(asciiOf(coordinatesText([long, [0, 0]], grid))) as number[][][];
  assert.equal(ring!.length, 10_000);
  assert.deepEqual(ring![1], [506_000.144, 6_286_999.934]);
});

const asciiOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
