/** Overviews: each level has half the pixels of the one below on each side. Pure. */
import { type Pixels, SAMPLES, type TileShape } from './encode-tile.ts';
import type { ImageSize } from './tiff-tags.ts';

/**
 * How two by two pixels become one. `nearest` takes the upper left, for codes: no pixel is shown that is not in the image, and it
 * is what GDAL and FLAIR-HUB make of classes. `average` is the mean of those that are not nodata, halves rounded up.
 */
export type Resampling = 'nearest' | 'average';

/** Sizes from the image up, until one tile holds it all. */
export function levelSizes(image: ImageSize, tileSidePx: number): ImageSize[] {
  const { widthPx, heightPx } = image;
  if (widthPx <= tileSidePx && heightPx <= tileSidePx) return [image];
  return [image, ...levelSizes({ widthPx: Math.ceil(widthPx / 2), heightPx: Math.ceil(heightPx / 2) }, tileSidePx)];
}

/**
 * The next level of some whole rows (chunky, `widthPx` wide, starting at an even row). The last column or row of an odd size has
 * no neighbour and stands for itself.
 */
export function halveRows(
  rows: Pixels,
  widthPx: number,
  { bands, sampleFormat }: TileShape,
  resampling: Resampling,
  nodata: number | undefined,
): Pixels {
  const rowSamples = widthPx * bands;
  const heightPx = rows.length / rowSamples;
  const out = new SAMPLES[sampleFormat].Pixels(Math.ceil(widthPx / 2) * bands * Math.ceil(heightPx / 2));
  if (bands === 1 && resampling === 'average' && sampleFormat === 'uint8' && nodata === undefined) {
    meansOfBytes(rows as Uint8Array, widthPx, out as Uint8Array);
    return out;
  }
  const rounding = sampleFormat === 'float32' ? 0 : 0.5;
  let to = 0;
  for (let y = 0; y < heightPx; y += 2) {
    const upper = y * rowSamples;
    const lower = Math.min(y + 1, heightPx - 1) * rowSamples;
    for (let x = 0; x < widthPx; x += 2) {
      const left = x * bands;
      const right = Math.min(x + 1, widthPx - 1) * bands;
      for (let band = 0; band < bands; band++, to++) {
        const a = rows[upper + left + band]!;
        out[to] =
          resampling === 'nearest'
            ? a
            : meanOf(a, rows[upper + right + band]!, rows[lower + left + band]!, rows[lower + right + band]!, nodata) +
              rounding;
      }
    }
  }
  return out;
}

/** The usual raster of confidence. */
function meansOfBytes(rows: Uint8Array, widthPx: number, out: Uint8Array): void {
  const heightPx = rows.length / widthPx;
  let to = 0;
  for (let y = 0; y < heightPx; y += 2) {
    const upper = y * widthPx;
    const lower = Math.min(y + 1, heightPx - 1) * widthPx;
    for (let x = 0; x < widthPx; x += 2) {
      const right = x + 1 < widthPx ? x + 1 : x;
      out[to++] = (rows[upper + x]! + rows[upper + right]! + rows[lower + x]! + rows[lower + right]! + 2) >> 2;
    }
  }
}

function meanOf(a: number, b: number, c: number, d: number, nodata: number | undefined): number {
  if (a !== nodata && b !== nodata && c !== nodata && d !== nodata) return (a + b + c + d) / 4;
  let sum = 0;
  let known = 0;
  for (const value of [a, b, c, d]) {
    if (value === nodata) continue;
    sum += value;
    known++;
  }
  return known === 0 ? nodata! : sum / known;
}
