/** A couverture raster in memory: what is traced, and what the next millésime is held to. Pure. */
import { BadInput } from './errors.ts';
import type { Grid } from './grid.ts';

/** One value per pixel of `grid`, row by row from the top left. */
export interface CouvertureRaster {
  grid: Grid;
  /** Sorted. Value n of `classes` is `codesCs[n - 1]`; 0 is nodata. */
  codesCs: string[];
  classes: Uint8Array;
  /** Confidence in the class, 255 = 1; 0 where nodata. */
  confidence: Uint8Array;
}

/**
 * Most pixels a run may hold in memory: some 11 600 × 11 600. Held to a frame and traced, 16 million took 550 MB at most,
 * so this many take about 4 GB.
 */
export const MAX_PIXELS = 2 ** 27;

/** Throws `BadInput` when the grid holds more than `MAX_PIXELS`. */
export function checkPixelLimit(grid: Grid): void {
  const pixels = grid.widthPx * grid.heightPx;
  if (pixels > MAX_PIXELS) {
    throw new BadInput(
      `The extent has ${grid.widthPx} × ${grid.heightPx} = ${pixels} pixels; at most ${MAX_PIXELS} are traced at once. ` +
        'Give a smaller bbox or a coarser resolution.',
    );
  }
}

/** Smallest whole number of pixels that covers `areaM2`: a region of fewer pixels is smaller than that area. */
export const pixelsForArea = (areaM2: number, grid: Grid) =>
  Math.ceil(areaM2 / (grid.resolutionM * grid.resolutionM) - 1e-6);
