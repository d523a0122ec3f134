/** A ring cut at a box, for drawing. Pure. */
import type { Position } from 'geojson';
import type { BboxLocal } from '../grid.ts';

/** Sutherland and Hodgman: what leaves the box runs along its sides. Open or closed in, closed out; empty where nothing is inside. */
export function clipRing(ring: Position[], [minX, minY, maxX, maxY]: BboxLocal): Position[] {
  let kept = ring.slice(0, -1);
  for (const [axis, bound, sign] of [
    [0, minX, 1],
    [0, maxX, -1],
    [1, minY, 1],
    [1, maxY, -1],
  ] as const) {
    const inside = (point: Position) => sign * (point[axis]! - bound) >= 0;
    const crossing = (a: Position, b: Position): Position => {
      const share = (bound - a[axis]!) / (b[axis]! - a[axis]!);
      return [a[0]! + share * (b[0]! - a[0]!), a[1]! + share * (b[1]! - a[1]!)];
    };
    kept = kept.flatMap((point, i) => {
      const before = kept.at(i - 1)!;
      if (inside(point)) return inside(before) ? [point] : [crossing(before, point), point];
      return inside(before) ? [crossing(before, point)] : [];
    });
  }
  return kept.length < 3 ? [] : [...kept, kept[0]!];
}

export function bboxOfRing(ring: Position[]): BboxLocal {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring as [number, number][]) {
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  return [minX, minY, maxX, maxY];
}

export const boxesMeet = (a: BboxLocal, b: BboxLocal) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
