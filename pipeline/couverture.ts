/** A couverture raster in memory: one of what is traced; the other is dalles on disk. Pure. */
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

/** Smallest whole number of pixels that covers `areaM2`: a region of fewer pixels is smaller than that area. */
export const pixelsForArea = (areaM2: number, grid: Grid) =>
  Math.ceil(areaM2 / (grid.resolutionM * grid.resolutionM) - 1e-6);
