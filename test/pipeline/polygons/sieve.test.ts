import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { drawing, drawn } from './ascii.ts';
import { sieve } from './sieve.ts';

function sieved(text: string, minPixels: number, fixed?: (classOf: Uint16Array) => Uint8Array): string {
  const { classes, widthPx, heightPx } = drawn(text);
  const regions = connectedRegions(classes, widthPx, heightPx);
  sieve(classes, widthPx, heightPx, minPixels, regions, fixed?.(regions.classOf));
  return drawing(classes, widthPx);
}

test('regions are numbered as a scan meets them; what joins lower down has the first number', () => {
  const { classes, widthPx, heightPx } = drawn('a.a\na.a\naaa\nb.b');
  const { labels, count, pixels, classOf } = connectedRegions(classes, widthPx, heightPx);
  assert.deepEqual([...labels], [1, 0, 1, 1, 0, 1, 1, 1, 1, 2, 0, 3]);
  assert.deepEqual([count, [...pixels], [...classOf]], [3, [0, 7, 1, 1], [0, 1, 2, 2]]);
});

test('a speck goes to the neighbour with the longest shared border', () => {
  assert.equal(sieved('abbb\nacbb\nabbb', 2), 'abbb\nabbb\nabbb');
  assert.equal(sieved('aaab\naccb\naaab', 3), 'aaab\naaab\naaab');
});

test('on a tie the smaller class takes it', () => {
  assert.equal(sieved('bbcaa\nbbcaa', 3), 'bbaaa\nbbaaa');
});

test('the smallest goes first, and what grows past the limit stays', () => {
  // d (1 pixel) goes into c (5 pixels), which then has the 6 it needs
  assert.equal(sieved('bbbbb\nbcdcb\nbcccb', 6), 'bbbbb\nbcccb\nbcccb');
});

test('specks round which one class lies join it into one region', () => {
  const { classes, widthPx, heightPx } = drawn('aba\naba');
  const regions = sieve(classes, widthPx, heightPx, 3);
  assert.equal(regions.count, 1);
});

test('a region with nothing but nodata round it stays', () => {
  assert.equal(sieved('a..\n...\nbbb', 3), 'a..\n...\nbbb');
});

test('fixed regions are neither merged nor given anything', () => {
  const fix = (value: number) => (classOf: Uint16Array) => Uint8Array.from(classOf, (found) => Number(found === value));
  assert.equal(sieved('aaac\nbbbb', 2, fix(3)), 'aaac\nbbbb');
  assert.equal(sieved('aaacb\naaaab', 2, fix(1)), 'aaabb\naaaab');
});

const rasters = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 2, max: 9 }))
  .chain(([widthPx, heightPx, minPixels]) =>
    fc
      .uint8Array({ min: 0, max: 4, minLength: widthPx * heightPx, maxLength: widthPx * heightPx })
      .map((classes) => ({ classes, widthPx, heightPx, minPixels })),
  );

test('after the sieve no small region has a neighbour, large ones kept every pixel, and sieving again changes nothing', () => {
  fc.assert(
    fc.property(rasters, ({ classes, widthPx, heightPx, minPixels }) => {
      const before = connectedRegions(classes, widthPx, heightPx);
      const after = classes.slice();
      const regions = sieve(after, widthPx, heightPx, minPixels);
      classes.forEach((value, i) => {
        if (value === 0 || before.pixels[before.labels[i]!]! >= minPixels) assert.equal(after[i], value);
        const right = (i + 1) % widthPx === 0 ? 0 : regions.labels[i + 1]!;
        const below = i + widthPx < classes.length ? regions.labels[i + widthPx]! : 0;
        for (const other of [right, below]) {
          const here = regions.labels[i]!;
          if (here === 0 || other === 0 || here === other) continue;
          assert.ok(regions.pixels[here]! >= minPixels && regions.pixels[other]! >= minPixels);
        }
      });
      assert.deepEqual(regions, connectedRegions(after, widthPx, heightPx));
      const again = after.slice();
      sieve(again, widthPx, heightPx, minPixels);
      assert.deepEqual(again, after);
    }),
    { numRuns: 2000, seed: 4 },
  );
});
