/** Which features lie near a window. Pure. */
import type { Geometry, Position } from 'geojson';
import type { BboxLocal } from '../grid.ts';

/** A line may be wider than its coordinates tell. */
const LINE_REACH_M = 50;

/** Whether the features in the one may cover ground of the other. */
export const meets = (a: BboxLocal, b: BboxLocal) =>
  a[0] - LINE_REACH_M <= b[2] &&
  b[0] <= a[2] + LINE_REACH_M &&
  a[1] - LINE_REACH_M <= b[3] &&
  b[1] <= a[3] + LINE_REACH_M;

/** Of all its coordinates; of none, a box that meets nothing. */
export function bboxOf(geometry: Geometry): BboxLocal {
  const box: BboxLocal = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (coordinates: unknown): void => {
    if (typeof (coordinates as Position)[0] === 'number') {
      const [x, y] = coordinates as Position;
      box[0] = Math.min(box[0], x!);
      box[1] = Math.min(box[1], y!);
      box[2] = Math.max(box[2], x!);
      box[3] = Math.max(box[3], y!);
    } else for (const part of coordinates as unknown[]) take(part);
  };
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) {
      const [minX, minY, maxX, maxY] = bboxOf(part);
      take([
        [minX, minY],
        [maxX, maxY],
      ]);
    }
  } else if (geometry.coordinates.length > 0) take(geometry.coordinates);
  return box;
}
