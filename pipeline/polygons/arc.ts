/** Arcs between nodes: joined from pieces, turned so that the way they were joined does not show. Pure. */

/** A stretch of border with one region on its left and one on its right all along. */
export interface Piece<Region> {
  /** Corners, x and y by turns, in pixels; no three in a line. */
  points: number[];
  left: Region | null;
  right: Region | null;
  nodeAtStart: boolean;
  nodeAtEnd: boolean;
}

/** A whole border between two nodes, or round a region back to where it began (`closed`). */
export interface Arc<Region> {
  points: Int32Array;
  left: Region | null;
  right: Region | null;
  closed: boolean;
  /** The first of its corners in scan order: y, then x. */
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
  // the longer keeps its array: a border across many blocks is not copied at each of them
  const points =
    head.points.length >= tail.points.length ? append(head.points, tail.points) : prepend(head.points, tail.points);
  return { points, left: head.left, right: head.right, nodeAtStart: head.nodeAtStart, nodeAtEnd: tail.nodeAtEnd };
}

function reversed<Region>({ points, left, right, nodeAtStart, nodeAtEnd }: Piece<Region>): Piece<Region> {
  const turned: number[] = [];
  for (let i = points.length - 2; i >= 0; i -= 2) turned.push(points[i]!, points[i + 1]!);
  return { points: turned, left: right, right: left, nodeAtStart: nodeAtEnd, nodeAtEnd: nodeAtStart };
}

/** `tail` begins where `head` ends; a joint in the middle of a straight run is no vertex. */
function append(head: number[], tail: number[]): number[] {
  if (isStraight(head, tail)) head.length -= 2;
  for (let i = 2; i < tail.length; i++) head.push(tail[i]!);
  return head;
}

function prepend(head: number[], tail: number[]): number[] {
  return head.slice(0, head.length - (isStraight(head, tail) ? 2 : 0)).concat(tail.slice(2));
}

function isStraight(head: number[], tail: number[]): boolean {
  const n = head.length;
  const alongX = head[n - 3] === head[n - 1];
  return alongX ? tail[1] === tail[3] : tail[0] === tail[2];
}

/**
 * The arc of a piece that is whole. Between two nodes it runs from the one first in scan order (of a loop at one node: the way
 * whose second point is first); without nodes it starts at its first corner, to the south.
 */
export function finishArc<Region>(piece: Piece<Region>): Arc<Region> {
  const { points } = piece;
  const n = points.length;
  const loop = points[0] === points[n - 2] && points[1] === points[n - 1];
  const closed = loop && !piece.nodeAtStart;
  let first = 0;
  for (let i = 2; i < n; i += 2) if (isBefore(points, i, first)) first = i;
  const [firstX, firstY] = [points[first]!, points[first + 1]!];
  let whole = piece;
  if (closed) whole = { ...piece, points: fromCorner(points, first) };
  const { points: p } = whole;
  const turn = closed ? p[0] !== p[2] : loop ? isBefore(p, n - 4, 2) : isBefore(p, n - 2, 0);
  const { points: final, left, right } = turn ? reversed(whole) : whole;
  return { points: Int32Array.from(final), left, right, closed, firstX, firstY };
}

const isBefore = (points: number[], a: number, b: number) =>
  points[a + 1]! < points[b + 1]! || (points[a + 1] === points[b + 1] && points[a]! < points[b]!);

/** A closed list of points from another of its points; the joint it was closed at may lie in a straight run. */
function fromCorner(points: number[], first: number): number[] {
  const ring = points.slice(0, -2);
  const n = ring.length;
  const along = (axis: number) => ring[n - 2 + axis] === ring[axis] && ring[axis] === ring[2 + axis];
  const straight = along(0) || along(1);
  const open = straight ? ring.slice(2) : ring;
  const at = straight ? first - 2 : first;
  const turned = open.slice(at).concat(open.slice(0, at));
  turned.push(turned[0]!, turned[1]!);
  return turned;
}
