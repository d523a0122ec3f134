/** A class raster as a classifier leaves it: patches of many sizes with ragged borders, and specks. */
import type { CouvertureRaster } from '../../pipeline/couverture.ts';
import type { Grid } from '../../pipeline/grid.ts';
import { draw } from './seeded.ts';

export const CODES_CS = [
  'CS1.1.1.1',
  'CS1.1.1.2',
  'CS1.1.2.1',
  'CS1.2.2',
  'CS2.1.1.1',
  'CS2.1.1.2',
  'CS2.1.2',
  'CS2.2.1',
];
/** Wavelengths in pixels of the noise, and what each adds. */
const OCTAVES: [lengthPx: number, weight: number][] = [
  [128, 1],
  [32, 0.5],
  [8, 0.45],
];
const SPECKS = 0.003;

/** `sidePx` × `sidePx` pixels of 0.2 m: each the class whose noise is highest there. */
export function seededClassRaster(sidePx: number, seed = 1): CouvertureRaster {
  const classes = seededClassRows(sidePx, 0, sidePx, seed);
  return {
    grid: seededGrid(sidePx, sidePx),
    codesCs: CODES_CS,
    classes,
    confidence: new Uint8Array(classes.length).fill(200),
  };
}

export const seededGrid = (widthPx: number, heightPx: number): Grid => ({
  srid: 2154,
  originX: 506_000,
  originY: 6_287_000,
  resolutionM: 0.2,
  widthPx,
  heightPx,
});

/** Rows `fromRow`… of the same: a raster of any size can be made by bands. */
export function seededClassRows(widthPx: number, fromRow: number, rows: number, seed = 1): Uint8Array {
  const classes = new Uint8Array(widthPx * rows);
  const noise = new Float32Array(widthPx);
  const best = new Float32Array(widthPx);
  const fields = CODES_CS.map((_, index) =>
    OCTAVES.map(([lengthPx, weight], octave) =>
      lattice(widthPx, lengthPx, weight, (seed * 100 + index + 1) * 10 + octave),
    ),
  );
  for (let row = 0; row < rows; row++) {
    const out = classes.subarray(row * widthPx, (row + 1) * widthPx);
    best.fill(Number.NEGATIVE_INFINITY);
    fields.forEach((octaves, index) => {
      noise.fill(0);
      for (const octave of octaves) octave(fromRow + row, noise);
      for (let x = 0; x < widthPx; x++) {
        if (noise[x]! <= best[x]!) continue;
        best[x] = noise[x]!;
        out[x] = index + 1;
      }
    });
    for (let x = 0; x < widthPx; x++) {
      if (draw(seed, x, 2 * (fromRow + row)) < SPECKS) {
        out[x] = 1 + Math.floor(draw(seed, x, 2 * (fromRow + row) + 1) * CODES_CS.length);
      }
    }
  }
  return classes;
}

/** Random values on a lattice, linear between its nodes: adds row `y` of them to `sum`. */
function lattice(widthPx: number, lengthPx: number, weight: number, seed: number) {
  const nodes = Math.ceil(widthPx / lengthPx) + 1;
  const values = new Float32Array(nodes);
  return (y: number, sum: Float32Array) => {
    const [row, v] = [Math.floor(y / lengthPx), (y % lengthPx) / lengthPx];
    for (let node = 0; node < nodes; node++) {
      values[node] = weight * (draw(seed, node, row) * (1 - v) + draw(seed, node, row + 1) * v);
    }
    for (let node = 0, x = 0; x < widthPx; node++) {
      const step = (values[node + 1]! - values[node]!) / lengthPx;
      const end = Math.min(widthPx, x + lengthPx);
      for (let value = values[node]!; x < end; x++, value += step) sum[x]! += value;
    }
  };
}
