/** Whole rows in, rows of tiles and tiles out. Pixels are chunky (band fastest). */
import { type Pixels, SAMPLES, type TileShape } from './encode-tile.ts';
import type { ImageSize } from './tiff-tags.ts';

/** Collects the rows of an image until they fill a row of tiles (a strip), or the image's last. */
export interface RowCollector {
  /** Gives each strip that `rows` completes; it may be looked at until the next one is asked for. */
  add(rows: Pixels): Generator<Pixels>;
  /** Samples that are still to come. */
  missing(): number;
}

export function collectRows(
  { widthPx, heightPx }: ImageSize,
  { bands, sampleFormat, tileSidePx }: TileShape,
): RowCollector {
  const rowSamples = widthPx * bands;
  const stripSamples = tileSidePx * rowSamples;
  let missing = heightPx * rowSamples;
  let strip: Pixels | undefined;
  let filled = 0;
  return {
    *add(rows) {
      if (rows.length % rowSamples !== 0 || rows.length > missing) {
        throw new Error(
          `${rows.length} samples given, whole rows of ${rowSamples} and no more than ${missing} wanted by the grid`,
        );
      }
      for (let from = 0; from < rows.length; ) {
        strip ??= new SAMPLES[sampleFormat].Pixels(Math.min(stripSamples, missing));
        const full = Math.min(stripSamples, filled + missing);
        const taken = Math.min(full - filled, rows.length - from);
        strip.set(rows.subarray(from, from + taken), filled);
        from += taken;
        filled += taken;
        missing -= taken;
        if (filled < full) return;
        filled = 0;
        yield strip.subarray(0, full);
      }
    },
    missing: () => missing,
  };
}

/** Cuts a strip; beyond the image's edge its last column and row are repeated, which packs best. */
export function* tilesOf(strip: Pixels, widthPx: number, shape: TileShape): Generator<Pixels> {
  const { bands, sampleFormat, tileSidePx } = shape;
  const rowSamples = widthPx * bands;
  const heightPx = strip.length / rowSamples;
  const sideSamples = tileSidePx * bands;
  for (let from = 0; from < rowSamples; from += sideSamples) {
    const tile = new SAMPLES[sampleFormat].Pixels(sideSamples * tileSidePx);
    const taken = Math.min(sideSamples, rowSamples - from);
    for (let y = 0; y < tileSidePx; y++) {
      const start = Math.min(y, heightPx - 1) * rowSamples + from;
      const to = y * sideSamples;
      tile.set(strip.subarray(start, start + taken), to);
      for (let i = to + taken; i < to + sideSamples; i++) tile[i] = tile[i - bands]!;
    }
    yield tile;
  }
}
