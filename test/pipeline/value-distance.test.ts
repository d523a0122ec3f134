import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { squaredDistances, squaredValueDistances } from '../../pipeline/value-distance.ts';
import { drawn } from './polygons/ascii.ts';
import { randomRaster } from './polygons/random-raster.ts';

/** By definition: every pixel against every other. */
function byDefinition(values: Uint8Array, widthPx: number, maxPx: number): Int32Array {
  const beyond = maxPx * maxPx + 1;
  return Int32Array.from(values, (value, i) => {
    let least = beyond;
    if (value === 0) return beyond;
    for (let j = 0; j < values.length; j++) {
      if (values[j] === 0 || values[j] === value) continue;
      const [dx, dy] = [(i % widthPx) - (j % widthPx), Math.floor(i / widthPx) - Math.floor(j / widthPx)];
      least = Math.min(least, dx * dx + dy * dy);
    }
    return least;
  });
}

suite('distance to another value', () => {
  test('is that of every pixel against every other, on a hundred random rasters', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const [widthPx, heightPx, maxPx] = [5 + (seed % 23), 4 + (seed % 17), 1 + (seed % 9)];
      const values = randomRaster(widthPx, heightPx, { seed, classes: 1 + (seed % 4), grainPx: 1 + (seed % 5) });
      const found = squaredValueDistances(values, widthPx, maxPx);
      assert.deepEqual(found, byDefinition(values, widthPx, maxPx), `seed ${seed}`);
    }
  });

  test('unknown ground is no other value, and hides what lies beyond it', () => {
    const { classes, widthPx } = drawn('aaa.b\nb.aaa');
    const squares = squaredValueDistances(classes, widthPx, 4);
    assert.deepEqual([...squares], [1, 2, 5, 17, 1, 1, 17, 5, 2, 1]);
  });
});

/** Every source looked at for every pixel. */
function bySearch(isSource: Uint8Array, widthPx: number, maxPx: number): number[] {
  const squares: number[] = [];
  for (let i = 0; i < isSource.length; i++) {
    let least = maxPx * maxPx + 1;
    for (let j = 0; j < isSource.length; j++) {
      if (isSource[j] === 0) continue;
      const [dx, dy] = [(i % widthPx) - (j % widthPx), Math.floor(i / widthPx) - Math.floor(j / widthPx)];
      least = Math.min(least, dx * dx + dy * dy);
    }
    squares.push(least);
  }
  return squares;
}

const sources = fc
  .record({ widthPx: fc.integer({ min: 1, max: 17 }), heightPx: fc.integer({ min: 1, max: 17 }), share: fc.nat(3) })
  .chain(({ widthPx, heightPx, share }) =>
    fc.record({
      widthPx: fc.constant(widthPx),
      maxPx: fc.integer({ min: 0, max: 20 }),
      isSource: fc
        .uint8Array({ minLength: widthPx * heightPx, maxLength: widthPx * heightPx })
        .map((bytes) => bytes.map((byte) => (byte < [3, 20, 128, 250][share]! ? byte + 1 : 0))),
    }),
  );

suite('distance to a source', () => {
  test('is that found by looking at every source', () => {
    fc.assert(
      fc.property(sources, ({ widthPx, maxPx, isSource }) => {
        assert.deepEqual([...squaredDistances(isSource, widthPx, maxPx)], bySearch(isSource, widthPx, maxPx));
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  test('does not depend on the window, once it reaches far enough', () => {
    const [side, reach] = [64, 6];
    const isSource = Uint8Array.from({ length: side * side }, (_, i) => ((i * 2654435761) % 97 < 4 ? 1 : 0));
    const whole = squaredDistances(isSource, side, reach);
    const [x0, y0, width, height] = [11, 17, 31, 29];
    const cut = Uint8Array.from(
      { length: width * height },
      (_, i) => isSource[(y0 + Math.floor(i / width)) * side + x0 + (i % width)]!,
    );
    const squares = squaredDistances(cut, width, reach);
    for (let y = reach; y < height - reach; y++)
      for (let x = reach; x < width - reach; x++) assert.equal(squares[y * width + x], whole[(y0 + y) * side + x0 + x]);
  });

  test('is beyond the reach where there is none', () => {
    assert.deepEqual([...squaredDistances(new Uint8Array(6), 3, 5)], [26, 26, 26, 26, 26, 26]);
  });
});
