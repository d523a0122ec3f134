import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openRaster } from '../../pipeline/geotiff/read-raster.ts';
import { writeGeoTiff } from '../../pipeline/geotiff/write-geotiff.ts';
import {
  isAsWide,
  regionsAsWideAs,
  squaresOfFour,
  type WidestSquares,
  widestPx,
  widthTest,
} from '../../pipeline/region-widths.ts';
import { squaredValueDistances } from '../../pipeline/value-distance.ts';
import { unitGrid } from './polygons/ascii.ts';
import { randomNumbers, randomRaster } from './polygons/random-raster.ts';

const STRIP = 2;

/** How wide the strip of a window is, away from the window's sides. */
function widest(values: Uint8Array, widthPx: number, reachPx: number): WidestSquares {
  const one = squaredValueDistances(values, widthPx, reachPx);
  const four = squaresOfFour(one, values, widthPx);
  const squares = { one: 0, four: 0 };
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    const aside = Math.min(x, y, widthPx - 1 - x, values.length / widthPx - 1 - y);
    if (values[i] !== STRIP || aside < reachPx) continue;
    squares.one = Math.max(squares.one, one[i]!);
    squares.four = Math.max(squares.four, four[i]!);
  }
  return squares;
}

const REACH = 60;

/** A strip of `stripPx` pixels along the rows or the columns. */
function straight(stripPx: number, isUpright: boolean): WidestSquares {
  const side = 2 * REACH + stripPx + 3;
  const across = (i: number) => (isUpright ? i % side : Math.floor(i / side)) - REACH - 1;
  const values = Uint8Array.from({ length: side * side }, (_, i) =>
    across(i) >= 0 && across(i) < stripPx ? STRIP : 1,
  );
  return widest(values, side, REACH);
}

/** Pixels whose centres lie in a strip `widthPx` wide, at an angle, its middle `aside` of the window's. */
function slanted(widthPx: number, angle: number, aside: number, reachPx: number): WidestSquares {
  const side = 6 * Math.ceil(widthPx) + 2 * reachPx + 20;
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const values = Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) + 0.5 - side / 2, Math.floor(i / side) + 0.5 - side / 2];
    return Math.abs(y * dx - x * dy - aside) <= widthPx / 2 ? STRIP : 1;
  });
  return widest(values, side, reachPx);
}

suite('width on a raster', () => {
  test('a strip along the pixels is as wide as it has pixels: under 5, 10 and 20 m it is not, from there on it is', () => {
    for (let stripPx = 1; stripPx <= 104; stripPx++) {
      for (const isUpright of stripPx < 30 ? [true, false] : [true]) {
        const squares = straight(stripPx, isUpright);
        assert.equal(widestPx(squares), stripPx);
        for (const resolutionM of [0.2, 0.25, 0.3, 0.4, 0.5, 1, 2, 2.5]) {
          for (const widthM of [5, 10, 20]) {
            const found = isAsWide(widthTest(widthM / resolutionM), squares);
            assert.equal(found, stripPx * resolutionM > widthM - 1e-6, `${stripPx} of ${resolutionM} m for ${widthM}`);
          }
        }
      }
    }
  });

  test('at an angle it is told to a pixel', () => {
    const random = randomNumbers(3);
    for (const wantedPx of [5, 8, 10, 12.5, 20]) {
      const reachPx = Math.ceil(wantedPx / 2) + 1;
      for (let n = 0; n < 40; n++) {
        const angle = n < 8 ? [0.25, Math.atan(0.5) / Math.PI, 0.1, 0.4][n % 4]! * Math.PI : random(3141) / 1000;
        const aside = random(1000) / 500;
        for (const off of [-1.2, 0.6]) {
          const squares = slanted(wantedPx + off, angle, aside, reachPx);
          assert.equal(isAsWide(widthTest(wantedPx), squares), off > 0, `${wantedPx} px, ${angle} rad, ${off} px off`);
        }
      }
    }
  });

  test('squares of four are of one value; what is unknown or beyond the window may make them up', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const [widthPx, heightPx] = [1 + (seed % 9), 1 + (seed % 7)];
      const values = randomRaster(widthPx, heightPx, { seed, classes: 2, grainPx: 3, nodata: true });
      const squares = Int32Array.from(values, (_, i) => 1 + ((i * 7919) % 13));
      const at = (x: number, y: number) =>
        x < 0 || y < 0 || x >= widthPx || y >= heightPx || values[y * widthPx + x] === 0 ? [] : [y * widthPx + x];
      const wanted = Array.from(values, (value, i) => {
        const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
        const fours = [-1, 0].flatMap((dx) => [-1, 0].map((dy) => [x + dx, y + dy] as const));
        const leasts = fours.map(([left, top]) => {
          const known = [...at(left, top), ...at(left + 1, top), ...at(left, top + 1), ...at(left + 1, top + 1)];
          return known.some((j) => values[j] !== value) ? 0 : Math.min(...known.map((j) => squares[j]!));
        });
        return value === 0 ? 0 : Math.max(...leasts);
      });
      assert.deepEqual([...squaresOfFour(squares, values, widthPx)], wanted, `seed ${seed}`);
    }
  });

  test('regions of a raster that are 20 m wide', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ocsge-widths-'));
    const path = join(folder, 'regions.tif');
    const grid = unitGrid(120, 90);
    const numbers = Uint32Array.from({ length: 120 * 90 }, (_, i) => {
      const [x, y] = [i % 120, Math.floor(i / 120)];
      return y >= 20 && y < 39 ? 2 : y >= 60 && y < 80 ? 3 : x < 9 && y < 10 ? 0 : 1;
    });
    try {
      await writeGeoTiff(path, { grid, sampleFormat: 'uint32', bands: 1, nodata: 0 }, numbers);
      const regions = await openRaster(path);
      const signal = new AbortController().signal;
      assert.deepEqual([...(await regionsAsWideAs(20, { regions, grid, count: 3 }, signal))], [0, 1, 0, 1]);
      assert.deepEqual([...(await regionsAsWideAs(19, { regions, grid, count: 3 }, signal))], [0, 1, 1, 1]);
      await regions.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
