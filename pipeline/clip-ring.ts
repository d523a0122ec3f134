/** A ring cut at a box. Pure. */
import type { Position } from 'geojson';
import type { BboxLocal } from './grid.ts';

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
