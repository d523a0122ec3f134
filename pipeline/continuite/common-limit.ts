/** The limit two coverages share, and the vertices each has there that the other lacks. Pure. */
import type { ExposedEdge } from '../edge-ledger.ts';
import type { Edge } from '../loops.ts';

export type Point = [x: number, y: number];

/** Points to put on an edge, in their order from its start. */
export interface Insertion {
  edge: ExposedEdge;
  points: Point[];
}

export interface CommonLimit {
  lengthM: number;
  /** Vertices of either that come near the other's border and are not on it: limits drawn twice. */
  apart: number;
  first: Insertion[];
  second: Insertion[];
}

/**
 * How far a vertex of one may be from the other's edge to lie on it, metres. Both coverages keep the vertices of their extent to the
 * millimetre, to the bit, and between them junctions to what numbers can say there, some nanometres. A thousandth of a millimetre
 * tells the two cases apart from any other, and moves no boundary by more: of an edge of 100 m, less than half a dm² by a hundred.
 */
export const ON_EDGE_M = 1e-6;
/** Vertices nearer than this were meant to be on the limit. */
const NEAR_M = 0.1;

/** Takes the outer edges of both sides, which may hold edges far from each other too. */
export function commonLimit(first: ExposedEdge[], second: ExposedEdge[]): CommonLimit {
  const toFirst = insertions(first, second);
  const toSecond = insertions(second, first);
  const lengthM = sharedLengthM(split(first, toFirst.made), split(second, toSecond.made));
  return { lengthM, apart: toFirst.apart + toSecond.apart, first: toFirst.made, second: toSecond.made };
}

const CELL_M = 200;

function insertions(edges: ExposedEdge[], others: Edge[]): { made: Insertion[]; apart: number } {
  const cells = new Map<string, Map<string, Point>>();
  for (const { x1, y1 } of others) {
    const cell = `${Math.floor(x1 / CELL_M)} ${Math.floor(y1 / CELL_M)}`;
    const there = cells.get(cell) ?? new Map<string, Point>();
    cells.set(cell, there.set(`${x1} ${y1}`, [x1, y1]));
  }
  const made: Insertion[] = [];
  const near = new Set<string>();
  const placed = new Set(edges.map(({ x1, y1 }) => `${x1} ${y1}`));
  for (const edge of edges) {
    const points: Point[] = [];
    for (const point of pointsNear(edge, cells)) {
      const distanceM = distanceTo(edge, point);
      if (distanceM <= NEAR_M) near.add(String(point));
      if (distanceM <= ON_EDGE_M) points.push(point);
    }
    if (points.length > 0) made.push({ edge, points: points.sort(along(edge)) });
    for (const [x, y] of points) placed.add(`${x} ${y}`);
  }
  const apart = [...near].filter((point) => !placed.has(point.replace(',', ' '))).length;
  return { made, apart };
}

/** The points of the cells an edge passes. */
function pointsNear({ x1, y1, x2, y2 }: Edge, cells: Map<string, Map<string, Point>>): Point[] {
  const found: Point[] = [];
  const [west, east] = [Math.min(x1, x2) - NEAR_M, Math.max(x1, x2) + NEAR_M];
  const at = (x: number) => (x1 === x2 ? y1 : y1 + ((x - x1) / (x2 - x1)) * (y2 - y1));
  for (let column = Math.floor(west / CELL_M); column <= Math.floor(east / CELL_M); column++) {
    const ends = [Math.max(west, column * CELL_M), Math.min(east, (column + 1) * CELL_M)].map(at);
    const ys = x1 === x2 ? [y1, y2] : ends;
    const last = Math.floor((Math.max(...ys) + NEAR_M) / CELL_M);
    for (let row = Math.floor((Math.min(...ys) - NEAR_M) / CELL_M); row <= last; row++) {
      for (const point of cells.get(`${column} ${row}`)?.values() ?? []) found.push(point);
    }
  }
  return found;
}

/** Metres from an edge to a point beside it; infinite where the point is one of its ends or beyond them. */
function distanceTo({ x1, y1, x2, y2 }: Edge, [x, y]: Point): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = Math.hypot(dx, dy);
  const share = ((x - x1) * dx + (y - y1) * dy) / length;
  const isEnd = (x === x1 && y === y1) || (x === x2 && y === y2);
  if (isEnd || share <= 0 || share >= length) return Number.POSITIVE_INFINITY;
  return Math.abs((x - x1) * dy - (y - y1) * dx) / length;
}

/** By the axis an edge runs along more: both sides put the same points in the same order, however their edges are cut. */
function along({ x1, y1, x2, y2 }: Edge): (a: Point, b: Point) => number {
  const axis = Math.abs(x2 - x1) >= Math.abs(y2 - y1) ? 0 : 1;
  const way = Math.sign(axis === 0 ? x2 - x1 : y2 - y1);
  return (a, b) => way * (a[axis] - b[axis]);
}

function* split(edges: ExposedEdge[], insertionsOf: Insertion[]): Generator<Edge> {
  const points = new Map(insertionsOf.map((insertion) => [insertion.edge, insertion.points]));
  for (const edge of edges) {
    let [x1, y1] = [edge.x1, edge.y1];
    for (const [x2, y2] of [...(points.get(edge) ?? []), [edge.x2, edge.y2] as Point]) {
      yield { x1, y1, x2, y2 };
      [x1, y1] = [x2, y2];
    }
  }
}

/** Length of the edges of one that are the other's, the other way round. */
function sharedLengthM(first: Iterable<Edge>, second: Iterable<Edge>): number {
  const back = new Set<string>();
  for (const { x1, y1, x2, y2 } of second) back.add(`${x2} ${y2} ${x1} ${y1}`);
  let lengthM = 0;
  for (const { x1, y1, x2, y2 } of first) {
    if (back.has(`${x1} ${y1} ${x2} ${y2}`)) lengthM += Math.hypot(x2 - x1, y2 - y1);
  }
  return lengthM;
}
