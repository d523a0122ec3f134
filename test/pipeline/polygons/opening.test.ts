import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openedBySquares } from '../../../pipeline/polygons/hold/opening.ts';
import { drawing, drawn } from './ascii.ts';

const opened = (text: string, sidePx: number) => {
  const { classes, widthPx } = drawn(text);
  return drawing(openedBySquares(classes, widthPx, sidePx), widthPx);
};

test('what is narrower than the square goes, the rest keeps its shape', () => {
  assert.equal(opened('aaa..\naaaaa\naa...', 2), 'aaa..\naaa..\naa...');
  assert.equal(opened('aaaa\naaaa', 3), '....\n....');
});

test('a square does not reach over two classes', () => {
  assert.equal(opened('aab\naab', 2), 'aa.\naa.');
  assert.equal(opened('ab\nba', 2), '..\n..');
});

test('a square of one pixel keeps all', () => {
  assert.equal(opened('a.b', 1), 'a.a');
});

test('it is the union of the squares that fit, on any raster', () => {
  const rasters = fc
    .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 4 }))
    .chain(([widthPx, heightPx, sidePx]) =>
      fc
        .uint8Array({ min: 0, max: 2, minLength: widthPx * heightPx, maxLength: widthPx * heightPx })
        .map((classes) => ({ classes: classes.map((value) => Math.min(value, 1)), widthPx, heightPx, sidePx })),
    );
  fc.assert(
    fc.property(rasters, ({ classes, widthPx, heightPx, sidePx }) => {
      const wanted = new Uint8Array(classes.length);
      for (let y = 0; y + sidePx <= heightPx; y++) {
        for (let x = 0; x + sidePx <= widthPx; x++) {
          const square = Array.from({ length: sidePx ** 2 }, (_, k) => {
            return (y + Math.floor(k / sidePx)) * widthPx + x + (k % sidePx);
          });
          if (square.every((i) => classes[i] === 1)) for (const i of square) wanted[i] = 1;
        }
      }
      assert.deepEqual(openedBySquares(classes, widthPx, sidePx), wanted);
    }),
    { numRuns: 1000, seed: 2 },
  );
});
