/** How coarse a raster may be for the product's rules to hold. Pure. */
import { BadInput } from '../errors.ts';
import { LEAST_WIDTH_M } from './units/widths.ts';

/**
 * In the least width. The votes of 3 × 3 pixels take a strip of one pixel for noise; and from coarser pixels a building of 200 m² is
 * drawn with up to a fifth less than its pixels (measured at 3 m).
 */
const LEAST_PIXELS = 2;

/** Throws `BadInput` where neither widths nor areas of the product can be told. */
export function checkResolution(resolutionM: number): void {
  const mostM = LEAST_WIDTH_M / LEAST_PIXELS;
  if (resolutionM <= mostM + 1e-6) return;
  throw new BadInput(
    `pixels of ${resolutionM} m found, ${mostM} m at most wanted: the product’s least width, ${LEAST_WIDTH_M} m, takes ${LEAST_PIXELS}. ` +
      'A coarser raster can be vectorised without the units and widths ("generalise": false, --no-generalise).',
  );
}
