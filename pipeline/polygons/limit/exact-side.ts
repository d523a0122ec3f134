/** Which side of a line a point is on, for whole numbers of any size that a coordinate in millimetres has. Exact. */

/** What rounding can do to the difference of two products, next to their sizes. */
const ROUNDING = 4e-16;
const EXACT_BELOW = 2 ** 53;

/** 1 where `c` is left of the line from `a` to `b` (y to the north), −1 right of it, 0 on it. */
export const sideOf = (ax: number, ay: number, bx: number, by: number, cx: number, cy: number) =>
  crossSign(bx - ax, by - ay, cx - ax, cy - ay);

/** 1 where the direction (bx, by) is to the left of (ax, ay), −1 to the right, 0 where they are in line. */
function crossSign(ax: number, ay: number, bx: number, by: number): number {
  const l = ax * by;
  const r = ay * bx;
  const size = Math.abs(l) + Math.abs(r);
  const difference = l - r;
  if (size < EXACT_BELOW || Math.abs(difference) > size * ROUNDING) return Math.sign(difference);
  const exact = BigInt(ax) * BigInt(by) - BigInt(ay) * BigInt(bx);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

/** A direction that leaves a point, and on which of its sides the ground in question lies. */
export interface Heading {
  dx: number;
  dy: number;
  /** 1: on its left (an edge that leaves the point). −1: on its right (an edge that comes, seen backwards). */
  groundOn: 1 | -1;
}

export type Place = 'inside' | 'outside' | 'along' | 'against';

/**
 * Where a direction leads from a point of a boundary, whose edges there are `headings`: into the ground, out of it, or along an
 * edge of it, the way the boundary runs or against it.
 */
export function placeOf(dx: number, dy: number, headings: Heading[]): Place {
  let nearest: Heading | undefined;
  for (const heading of headings) {
    if (isSame(heading, dx, dy)) return heading.groundOn === 1 ? 'along' : 'against';
    if (nearest === undefined || isNearer(heading, nearest, dx, dy)) nearest = heading;
  }
  return nearest!.groundOn === 1 ? 'inside' : 'outside';
}

const isSame = ({ dx, dy }: Heading, x: number, y: number) => crossSign(dx, dy, x, y) === 0 && dx * x + dy * y > 0;

/** Whether, turning clockwise from (dx, dy), `a` is met before `b`. */
export function isNearer(a: { dx: number; dy: number }, b: { dx: number; dy: number }, dx: number, dy: number) {
  const [turnA, turnB] = [turnTo(a, dx, dy), turnTo(b, dx, dy)];
  if (turnA !== turnB) return turnA < turnB;
  return turnA !== STRAIGHT_BACK && crossSign(b.dx, b.dy, a.dx, a.dy) > 0;
}

const STRAIGHT_BACK = 1;

/** 0: less than half a turn clockwise from (dx, dy) to it. 1: half a turn. 2: more; the direction itself counts as a whole turn. */
function turnTo(heading: { dx: number; dy: number }, dx: number, dy: number): 0 | 1 | 2 {
  const cross = crossSign(heading.dx, heading.dy, dx, dy);
  if (cross !== 0) return cross > 0 ? 0 : 2;
  return heading.dx * dx + heading.dy * dy < 0 ? STRAIGHT_BACK : 2;
}
