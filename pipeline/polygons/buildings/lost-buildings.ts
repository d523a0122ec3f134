/** Buildings that are no objects of their own in the end. Pure. */
import type { Position } from 'geojson';
import type { Extent } from '../../extent.ts';
import { type Grid, groundX, groundY, pixelAreaM2 } from '../../grid.ts';
import type { LostBuilding } from '../../polygons-measures.ts';
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
    .filter(({ xM, yM }) => limit === undefined || isInside(limit, xM, yM));

/** By the crossings of a line to the east; on an edge it may be either. */
function isInside({ type, coordinates }: Extent, x: number, y: number): boolean {
  const rings: Position[][] = type === 'Polygon' ? coordinates : coordinates.flat();
  let inside = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [[ax, ay], [bx, by]] = [ring[i - 1] as [number, number], ring[i] as [number, number]];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
    }
  }
  return inside;
}
