/** Buildings that are no objects of their own in the end. Pure. */
import type { Extent } from '../../extent.ts';
import { type Grid, groundX, groundY, pixelAreaM2 } from '../../grid.ts';
import type { LostBuilding } from '../../polygons-measures.ts';
import { isInside, ringsOf } from '../../rings.ts';
import type { PassState } from '../passes.ts';
import { MINIMAL_UNITS } from '../units/minimal-units.ts';
import type { BuiltUpParameters } from './built-up.ts';
import type { EnlargementParameters } from './enlarge.ts';

const reasonOf = ({ reachM, sideM }: EnlargementParameters) =>
  `moins de ${MINIMAL_UNITS.buildingM2} m², et pas assez de sol libre à moins de ${reachM} m pour l’agrandir, ou plus de ${sideM} m de long`;

/** Those within `limit`, by the middle of their first pixel. */
export const lostBuildings = (
  lost: PassState['lost'],
  grid: Grid,
  limit: Extent | undefined,
  { enlargement }: BuiltUpParameters,
): LostBuilding[] =>
  lost
    .map(({ firstPixel, pixels }) => ({
      xM: groundX(grid, (firstPixel % grid.widthPx) + 0.5),
      yM: groundY(grid, Math.floor(firstPixel / grid.widthPx) + 0.5),
      areaM2: Math.round(pixels * pixelAreaM2(grid) * 100) / 100,
      reason: reasonOf(enlargement),
    }))
    .filter(({ xM, yM }) => limit === undefined || isInside(ringsOf(limit), [xM, yM]));
