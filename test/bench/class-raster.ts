/** A class raster as a classifier leaves it: patches of many sizes with ragged borders, and specks. */
import type { CouvertureRaster } from '../../pipeline/couverture.ts';
import { draw } from './seeded.ts';

const CODES_CS = ['CS1.1.1.1', 'CS1.1.1.2', 'CS1.1.2.1', 'CS1.2.2', 'CS2.1.1.1', 'CS2.1.1.2', 'CS2.1.2', 'CS2.2.1'];
/** Wavelengths in pixels of the noise, and what each adds. */
const OCTAVES: [lengthPx: number, weight: number][] = [
  [128, 1],
  [32, 0.5],
  [8, 0.3],
];
const SPECKS = 0.002;

/** `sidePx` × `sidePx` pixels of 0.2 m: each the class whose noise is highest there. */
export function seededClassRaster(sidePx: number, seed = 1): CouvertureRaster {
  const classes = new Uint8Array(sidePx * sidePx);
  const best = new Float32Array(sidePx * sidePx).fill(Number.NEGATIVE_INFINITY);
  for (let value = 1; value <= CODES_CS.length; value++) {
    const noise = correlatedNoise(sidePx, seed * 100 + value);
    for (let i = 0; i < noise.length; i++) {
      if (noise[i]! > best[i]!) {
        best[i] = noise[i]!;
        classes[i] = value;
      }
    }
  }
  for (let i = 0; i < classes.length; i++) {
    if (draw(seed, i, 1) < SPECKS) classes[i] = 1 + Math.floor(draw(seed, i, 2) * CODES_CS.length);
  }
  const grid = {
    srid: 2154,
    originX: 506_000,
    originY: 6_287_000,
    resolutionM: 0.2,
    widthPx: sidePx,
    heightPx: sidePx,
  };
  return { grid, codesCs: CODES_CS, classes, confidence: new Uint8Array(classes.length).fill(200) };
}

function correlatedNoise(sidePx: number, seed: number): Float32Array {
  const sum = new Float32Array(sidePx * sidePx);
  for (const [octave, [lengthPx, weight]] of OCTAVES.entries())
    addOctave(sum, sidePx, lengthPx, weight, seed * 10 + octave);
  return sum;
}

/** Random values on a lattice, linear between its nodes. */
function addOctave(sum: Float32Array, sidePx: number, lengthPx: number, weight: number, seed: number): void {
  const nodes = Math.ceil(sidePx / lengthPx) + 1;
  const lattice = Float32Array.from(
    { length: nodes * nodes },
    (_, i) => draw(seed, i % nodes, Math.floor(i / nodes)) * weight,
  );
  for (let y = 0; y < sidePx; y++) {
    const row = Math.floor(y / lengthPx) * nodes;
    const v = (y % lengthPx) / lengthPx;
    for (let x = 0; x < sidePx; x++) {
      const at = row + Math.floor(x / lengthPx);
      const u = (x % lengthPx) / lengthPx;
      const top = lattice[at]! + (lattice[at + 1]! - lattice[at]!) * u;
      const bottom = lattice[at + nodes]! + (lattice[at + nodes + 1]! - lattice[at + nodes]!) * u;
      sum[y * sidePx + x]! += top + (bottom - top) * v;
    }
  }
}
