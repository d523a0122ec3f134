import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nearestSource, squaredDistances } from '../../../pipeline/polygons/blocks/distance.ts';

/** Every source looked at for every pixel. */
function bySearch(isSource: Uint8Array, widthPx: number, maxPx: number): { squares: number[]; nearest: number[] } {
  const squares: number[] = [];
  const nearest: number[] = [];
  for (let i = 0; i < isSource.length; i++) {
    let [least, index] = [maxPx * maxPx + 1, -1];
    for (let j = 0; j < isSource.length; j++) {
      if (isSource[j] === 0) continue;
      const [dx, dy] = [(i % widthPx) - (j % widthPx), Math.floor(i / widthPx) - Math.floor(j / widthPx)];
      if (dx * dx + dy * dy < least) [least, index] = [dx * dx + dy * dy, j]; // in scan order: smaller y, then smaller x
    }
    squares.push(least);
    nearest.push(index);
  }
  return { squares, nearest };
}

const rasters = fc
  .record({ widthPx: fc.integer({ min: 1, max: 17 }), heightPx: fc.integer({ min: 1, max: 17 }), share: fc.nat(3) })
  .chain(({ widthPx, heightPx, share }) =>
    fc.record({
      widthPx: fc.constant(widthPx),
      maxPx: fc.integer({ min: 0, max: 20 }),
      pixels: fc
        .uint8Array({ minLength: widthPx * heightPx, maxLength: widthPx * heightPx })
        .map((bytes) => bytes.map((byte) => (byte < [3, 20, 128, 250][share]! ? byte + 1 : 0))),
    }),
  );

describe('distances', () => {
  it('are those found by looking at every source', () => {
    fc.assert(
      fc.property(rasters, ({ widthPx, maxPx, pixels }) => {
        const heightPx = pixels.length / widthPx;
        const { squares, nearest } = bySearch(pixels, widthPx, maxPx);
        assert.deepEqual([...squaredDistances(pixels, widthPx, heightPx, maxPx)], squares);
        assert.deepEqual([...nearestSource(pixels, widthPx, heightPx, maxPx)], nearest);
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  it('do not depend on the window, once it reaches far enough', () => {
    const [side, reach] = [64, 6];
    const pixels = Uint8Array.from({ length: side * side }, (_, i) => ((i * 2654435761) % 97 < 4 ? 1 : 0));
    const whole = squaredDistances(pixels, side, side, reach);
    const [x0, y0, width, height] = [11, 17, 31, 29];
    const cut = Uint8Array.from(
      { length: width * height },
      (_, i) => pixels[(y0 + Math.floor(i / width)) * side + x0 + (i % width)]!,
    );
    const squares = squaredDistances(cut, width, height, reach);
    for (let y = reach; y < height - reach; y++)
      for (let x = reach; x < width - reach; x++) assert.equal(squares[y * width + x], whole[(y0 + y) * side + x0 + x]);
  });

  it('without any source are all beyond the reach', () => {
    assert.deepEqual([...squaredDistances(new Uint8Array(6), 3, 2, 5)], [26, 26, 26, 26, 26, 26]);
    assert.deepEqual([...nearestSource(new Uint8Array(6), 3, 2, 5)], [-1, -1, -1, -1, -1, -1]);
  });
});
