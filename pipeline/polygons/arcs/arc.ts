/** Arcs between nodes: joined from pieces, turned so that the way they were joined does not show. Pure. */

/** A stretch of border with one region on its left and one on its right all along. */
export interface Piece<Region> {
  /** Points, x and y by turns, in pixels; no three in a line. */
  points: number[];
  /** By corner it passes, ends included: square of its clearance; empty where none was asked. */
  clearances: number[];
  left: Region | null;
  right: Region | null;
  nodeAtStart: boolean;
  nodeAtEnd: boolean;
}

/**
 * A whole border between two nodes, or round a region back to where it began (`closed`). Between two nodes it runs from the one
 * first in scan order (y, then x); of a loop at one node, the way whose second point is first; without nodes from its first
 * corner to the south.
 */
export interface Arc<Region> {
  /** The border along pixel edges: points, x and y by turns, in pixels. */
  points: Int32Array;
  clearances: Int32Array;
  /** What takes its place on the map, once that is known; of the points only the first two and the last two are kept then. */
  line?: Int32Array;
  /** Of a building's border: whether that is squared, and the square pixels between the two. */
  squared?: boolean;
  betweenPx2?: number;
  left: Region | null;
  right: Region | null;
  closed: boolean;
  /** The first of its points in scan order. */
  firstX: number;
  firstY: number;
}

/** One piece of two that meet: `a` ends there (else it starts there), `b` starts there (else it ends there). */
export function joinPieces<Region>(
  a: Piece<Region>,
  b: Piece<Region>,
  aEnds: boolean,
  bStarts: boolean,
): Piece<Region> {
  const head = aEnds ? a : reversed(a);
  const tail = bStarts ? b : reversed(b);
  const { points } = head;
  // a joint in the middle of a straight run is no vertex
  const [n, next] = [points.length, tail.points];
  if (points[n - 4] === next[2] || points[n - 3] === next[3]) points.length -= 2;
  appendTo(points, next, 2);
  appendTo(head.clearances, tail.clearances, 1);
  return { ...head, nodeAtEnd: tail.nodeAtEnd };
}

function appendTo(list: number[], more: number[], from: number): void {
  for (let i = from; i < more.length; i++) list.push(more[i]!);
}

function reversed<Region>(piece: Piece<Region>): Piece<Region> {
  const { points, left, right, nodeAtStart, nodeAtEnd } = piece;
  const turned: number[] = [];
  for (let i = points.length - 2; i >= 0; i -= 2) turned.push(points[i]!, points[i + 1]!);
  const clearances = piece.clearances.reverse();
  return { points: turned, clearances, left: right, right: left, nodeAtStart: nodeAtEnd, nodeAtEnd: nodeAtStart };
}

/** The arc of a piece between two nodes, straight from the lists of its block: the arrays given become the arc's own. */
export function arcBetweenNodes<Region>(
  points: Int32Array,
  clearances: Int32Array,
  left: Region | null,
  right: Region | null,
): Arc<Region> {
  const n = points.length;
  let first = 0;
  for (let i = 2; i < n; i += 2) if (isBefore(points, i, first)) first = i;
  const [firstX, firstY] = [points[first]!, points[first + 1]!];
  const turn = isLoop(points) ? isBefore(points, n - 4, 2) : isBefore(points, n - 2, 0);
  if (!turn) return { points, clearances, left, right, closed: false, firstX, firstY };
  turnAround(points);
  return { points, clearances: clearances.reverse(), left: right, right: left, closed: false, firstX, firstY };
}

/** Whether it ends where it begins. */
export const isLoop = (points: ArrayLike<number>) =>
  points[0] === points[points.length - 2] && points[1] === points[points.length - 1];

/** The same of a piece that goes round within its block, without nodes. */
export function loopArc<Region>(
  points: Int32Array,
  clearances: Int32Array,
  left: Region | null,
  right: Region | null,
): Arc<Region> {
  let isFirst = points[0] === points[2];
  for (let i = 2; isFirst && i < points.length - 2; i += 2) isFirst = isBefore(points, 0, i);
  if (isFirst) return { points, clearances, left, right, closed: true, firstX: points[0]!, firstY: points[1]! };
  const [pointList, clearanceList] = [Array.from(points), Array.from(clearances)];
  return finishArc({ points: pointList, clearances: clearanceList, left, right, nodeAtStart: false, nodeAtEnd: false });
}

function turnAround(points: Int32Array): void {
  for (let a = 0, b = points.length - 2; a < b; a += 2, b -= 2) {
    const [x, y] = [points[a]!, points[a + 1]!];
    points[a] = points[b]!;
    points[a + 1] = points[b + 1]!;
    points[b] = x;
    points[b + 1] = y;
  }
}

/** The arc of a piece that is whole. */
export function finishArc<Region>(piece: Piece<Region>): Arc<Region> {
  const { points } = piece;
  const n = points.length;
  const loop = isLoop(points);
  const closed = loop && !piece.nodeAtStart;
  let first = 0;
  for (let i = 2; i < n; i += 2) if (isBefore(points, i, first)) first = i;
  const [firstX, firstY] = [points[first]!, points[first + 1]!];
  const whole = closed ? fromPoint(piece, first) : piece;
  const p = whole.points;
  const turn = closed ? p[0] !== p[2] : loop ? isBefore(p, n - 4, 2) : isBefore(p, n - 2, 0);
  const final = turn ? reversed(whole) : whole;
  return {
    points: Int32Array.from(final.points),
    clearances: Int32Array.from(final.clearances),
    left: final.left,
    right: final.right,
    closed,
    firstX,
    firstY,
  };
}

const isBefore = (points: ArrayLike<number>, a: number, b: number) =>
  points[a + 1]! < points[b + 1]! || (points[a + 1] === points[b + 1] && points[a]! < points[b]!);

/** A closed piece from another of its points; where it was closed may lie in the middle of a straight run. */
function fromPoint<Region>(piece: Piece<Region>, first: number): Piece<Region> {
  if (first === 0) return piece;
  const ring = piece.points.slice(0, -2);
  const n = ring.length;
  const inLine = (axis: number) => ring[n - 2 + axis] === ring[axis] && ring[axis] === ring[2 + axis];
  const skip = inLine(0) || inLine(1) ? 2 : 0;
  const points = [...ring.slice(first), ...ring.slice(skip, first), ring[first]!, ring[first + 1]!];
  let steps = 0;
  for (let i = 2; i <= first; i += 2) steps += Math.abs(ring[i]! - ring[i - 2]! + ring[i + 1]! - ring[i - 1]!);
  const { clearances: c } = piece;
  const clearances = c.length === 0 ? c : [...c.slice(steps, -1), ...c.slice(0, steps + 1)];
  return { ...piece, points, clearances };
}
