/** Boxes on the ground, their sides along the axes. Pure. */
import type { Geometry, Position } from 'geojson';
import type { BboxLocal } from './grid.ts';

/** Positions, however deep in lists. */
export type Coordinates = Position | Coordinates[];

export const coordinatesOf = (geometry: Geometry): Coordinates =>
  geometry.type === 'GeometryCollection' ? geometry.geometries.map(coordinatesOf) : geometry.coordinates;

/** Of all positions; of none, a box that meets nothing. */
export function bboxOf(coordinates: Coordinates): BboxLocal {
  const box: BboxLocal = [Infinity, Infinity, -Infinity, -Infinity];
  widen(box, coordinates);
  return box;
}

function widen(box: BboxLocal, coordinates: Coordinates): void {
  if (typeof coordinates[0] !== 'number') {
    for (const part of coordinates as Coordinates[]) widen(box, part);
    return;
  }
  const [x, y] = coordinates as [number, number];
  if (x < box[0]) box[0] = x;
  if (y < box[1]) box[1] = y;
  if (x > box[2]) box[2] = x;
  if (y > box[3]) box[3] = y;
}

/** Whether they have ground in common, or a side. */
export const boxesMeet = (a: BboxLocal, b: BboxLocal) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];

/** Whether no ground of `a` lies outside `b`. */
export const isWithinBox = (a: BboxLocal, b: BboxLocal) => a[0] >= b[0] && a[1] >= b[1] && a[2] <= b[2] && a[3] <= b[3];

/** A box and what lies within `byM` of it. */
export const grownBox = ([minX, minY, maxX, maxY]: BboxLocal, byM: number): BboxLocal => [
  minX - byM,
  minY - byM,
  maxX + byM,
  maxY + byM,
];

/** Counter-clockwise from the lower left corner, closed. */
export const ringOfBox = ([minX, minY, maxX, maxY]: BboxLocal): Position[] => [
  [minX, minY],
  [maxX, minY],
  [maxX, maxY],
  [minX, maxY],
  [minX, minY],
];
