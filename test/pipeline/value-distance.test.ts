import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { squaredValueDistances } from '../../pipeline/value-distance.ts';
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
