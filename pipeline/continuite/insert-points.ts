/** Points put on the edges of a polygon: no vertex of it moves. Pure. */
import type { Polygon, Position } from 'geojson';
import type { Insertion, Point } from './common-limit.ts';

/** Points by the edge they go on, either way round: a ring may be stored the other way round. */
export type PointsOfEdges = Map<string, Point[]>;

export function pointsOfEdges(insertions: Insertion[]): PointsOfEdges {
  const waiting: PointsOfEdges = new Map();
  for (const { edge, points } of insertions) {
    const { x1, y1, x2, y2 } = edge;
    waiting.set(`${x1} ${y1} ${x2} ${y2}`, points);
    waiting.set(`${x2} ${y2} ${x1} ${y1}`, points.toReversed());
  }
  return waiting;
}

/** The polygon with the points of those of its edges that get some, and how many do. */
export function withPoints(polygon: Polygon, waiting: PointsOfEdges): { joined: Polygon; inserted: number } {
  let inserted = 0;
  const coordinates = polygon.coordinates.map((ring) =>
    ring.flatMap((position, i): Position[] => {
      const next = ring[i + 1];
      const points = next && waiting.get(`${position[0]} ${position[1]} ${next[0]} ${next[1]}`);
      if (points === undefined) return [position];
      inserted++;
      return [position, ...points];
    }),
  );
  return { joined: { type: 'Polygon', coordinates }, inserted };
}

/** The polygon with all the points; throws where it has not all of their edges. */
export function insertPoints(polygon: Polygon, insertions: Insertion[]): Polygon {
  const { joined, inserted } = withPoints(polygon, pointsOfEdges(insertions));
  if (inserted !== insertions.length)
    throw new Error('an object has not the edges that its neighbours were read beside');
  return joined;
}
