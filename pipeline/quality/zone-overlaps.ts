/** Zones that share ground. Pure. */
import type { Position } from 'geojson';
import { bboxOf, grownBox } from '../boxes.ts';
import type { BboxLocal } from '../grid.ts';
import { ON_EDGE_M, SegmentBands, type SegmentEdge } from './segment-bands.ts';

/** A valid polygon that others are compared with. */
export interface Zone {
  bbox: BboxLocal;
  edges: SegmentBands;
}

export const zoneOf = (rings: Position[][]): Zone => ({ bbox: bboxOf(rings), edges: new SegmentBands(rings) });

/**
 * A place on ground of both, or on its border; undefined where they touch at most. Exact to `ON_EDGE_M`: edges of each are split
 * where the other's pass, and a piece then lies inside the other, outside it, or on an edge of it.
 */
export const sharedGround = (a: Zone, b: Zone): Position | undefined => goesInto(a, b) ?? goesInto(b, a);

/** Where a border enters the ground of `other`, or runs with one of its edges, the ground on the same side. */
function goesInto({ edges }: Zone, other: Zone): Position | undefined {
  for (const edge of edges.meeting(other.bbox)) {
    for (const [x, y] of middlesOfPieces(edge, other)) {
      const under = other.edges.edgeNear(x, y, ON_EDGE_M);
      if (under ? isSameWay(edge, under) : other.edges.holds(x, y)) return [x, y];
    }
  }
  return undefined;
}

/** Middles of the pieces of an edge between the places where edges of `other` cross it, or end on it; of more pieces than need be. */
function middlesOfPieces(edge: SegmentEdge, other: Zone): [number, number][] {
  const { x1, y1, x2, y2 } = edge;
  const [dx, dy] = [x2 - x1, y2 - y1];
  const lengthM = Math.hypot(dx, dy);
  const splits = [0, 1];
  for (const by of other.edges.meeting(grownBox(boxOfEdge(edge), ON_EDGE_M))) {
    const [bx, by1] = [by.x2 - by.x1, by.y2 - by.y1];
    splits.push(((by.x1 - x1) * dx + (by.y1 - y1) * dy) / lengthM ** 2);
    splits.push(((by.x2 - x1) * dx + (by.y2 - y1) * dy) / lengthM ** 2);
    const across = dx * by1 - dy * bx;
    if (across !== 0) splits.push(((by.x1 - x1) * by1 - (by.y1 - y1) * bx) / across);
  }
  const ordered = splits.filter((at) => at >= 0 && at <= 1).sort((a, b) => a - b);
  return ordered.slice(1).flatMap((to, i): [number, number][] => {
    const from = ordered[i]!;
    if ((to - from) * lengthM <= ON_EDGE_M) return [];
    const at = (from + to) / 2;
    return [[x1 + at * dx, y1 + at * dy]];
  });
}

const boxOfEdge = ({ y1, y2, minX, maxX }: SegmentEdge): BboxLocal => [minX, Math.min(y1, y2), maxX, Math.max(y1, y2)];

const isSameWay = (a: SegmentEdge, b: SegmentEdge) => (a.x2 - a.x1) * (b.x2 - b.x1) + (a.y2 - a.y1) * (b.y2 - b.y1) > 0;
