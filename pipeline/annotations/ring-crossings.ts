/** Rings that cross: the slip of hand-drawn polygons. Pure. */
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { ringsOf } from '../rings.ts';

interface Segment {
  from: Position;
  to: Position;
  minX: number;
  maxX: number;
}

/** True where two edges of a geometry go through each other; edges that only touch do not. */
export function ringsCross(geometry: Polygon | MultiPolygon): boolean {
  const segments = ringsOf(geometry).flatMap((ring) =>
    ring.slice(1).map((to, index): Segment => {
      const from = ring[index]!;
      return { from, to, minX: Math.min(from[0]!, to[0]!), maxX: Math.max(from[0]!, to[0]!) };
    }),
  );
  segments.sort((a, b) => a.minX - b.minX);
  for (const [index, segment] of segments.entries()) {
    for (let next = index + 1; next < segments.length && segments[next]!.minX < segment.maxX; next++) {
      if (cross(segment, segments[next]!)) return true;
    }
  }
  return false;
}

/** Each has one end strictly on either side of the other. */
const cross = (a: Segment, b: Segment) =>
  side(a.from, a.to, b.from) * side(a.from, a.to, b.to) < 0 &&
  side(b.from, b.to, a.from) * side(b.from, b.to, a.to) < 0;

const side = ([x1, y1]: Position, [x2, y2]: Position, [x, y]: Position) =>
  Math.sign((x2! - x1!) * (y! - y1!) - (y2! - y1!) * (x! - x1!));
