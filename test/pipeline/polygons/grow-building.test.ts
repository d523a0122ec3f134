import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grownPixels } from '../../../pipeline/polygons/buildings/grow-building.ts';

/** Pixels of a square window whose centres lie in a rectangle that is turned about the window's middle. */
function turnedRectangle(sidePx: number, lengthPx: number, depthPx: number, degrees: number): Uint8Array {
  const angle = (degrees / 180) * Math.PI;
  return Uint8Array.from({ length: sidePx * sidePx }, (_, i) => {
    const [x, y] = [(i % sidePx) + 0.5 - sidePx / 2, Math.floor(i / sidePx) + 0.5 - sidePx / 2];
    const [u, v] = [x * Math.cos(angle) + y * Math.sin(angle), y * Math.cos(angle) - x * Math.sin(angle)];
    return Math.abs(u) <= lengthPx / 2 && Math.abs(v) <= depthPx / 2 ? 1 : 0;
  });
}

const everywhere = () => true;

test('a rectangle grows into a rectangle, whichever way it stands', () => {
  const side = 140; // a pixel is 20 cm: 8 × 10 m, to have 200 m² 2.65 m more on every side
  for (const degrees of [0, 7, 20, 33, 45, 61]) {
    const own = turnedRectangle(side, 50, 40, degrees);
    const taken = grownPixels({ widthPx: side, heightPx: side, own }, everywhere, 5000, 50)!;
    const grown = own.slice();
    for (const i of taken) grown[i] = 1;
    assert.equal(
      grown.reduce((sum, pixel) => sum + pixel, 0),
      5000,
    );
    const more = (Math.sqrt(180 ** 2 + 16 * 3000) - 180) / 8; // (50 + 2 more) × (40 + 2 more) = 5000
    const wanted = turnedRectangle(side, 50 + 2 * more, 40 + 2 * more, degrees);
    let [both, either] = [0, 0];
    for (let i = 0; i < own.length; i++) {
      both += grown[i]! & wanted[i]!;
      either += grown[i]! | wanted[i]!;
    }
    assert.ok(both / either > 0.99, `${degrees}°: ${both / either}`);
  }
});

test('none is taken that is out of reach', () => {
  const own = turnedRectangle(41, 5, 5, 0);
  assert.equal(grownPixels({ widthPx: 41, heightPx: 41, own }, everywhere, 11 * 11, 3)?.length, 11 * 11 - 25);
  assert.equal(grownPixels({ widthPx: 41, heightPx: 41, own }, everywhere, 11 * 11 + 1, 3), undefined);
});
