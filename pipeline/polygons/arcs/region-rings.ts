/** The rings of one region from the arcs round it. Pure. */
import type { Arc } from './arc.ts';

/** A ring as a walk along arcs: `forward` where the region lies on the arc's left. */
export type Ring<Region> = { arc: Arc<Region>; forward: boolean }[];

/**
 * Rings of a region, outer ring first, the others by their first corner. The region is on the left of each. Where it touches itself at a corner the
 * ring turns right: what it goes round there is a hole that touches, as OGC wants it, and no ring touches itself. A 4-connected
 * region has one outer ring, the one with its first corner. `isInside(side)`: whether a side of an arc is the region.
 */
export function ringsOfRegion<Region>(arcs: Arc<Region>[], isInside: (side: Region | null) => boolean): Ring<Region>[] {
  const rings: { ring: Ring<Region>; x: number; y: number }[] = [];
  const open: Half<Region>[] = [];
  for (const arc of arcs) {
    const half = halfOf(arc, isInside(arc.left));
    if (arc.closed) rings.push({ ring: [half], x: arc.firstX, y: arc.firstY });
    else open.push(half);
  }
  const leaving = new Leaving(open);
  for (const first of open) {
    if (first.walked) continue;
    const ring: Ring<Region> = [];
    let [x, y] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let half = first; !half.walked; half = leaving.after(half)) {
      half.walked = true;
      ring.push(half);
      const { firstX, firstY } = half.arc;
      if (firstY < y || (firstY === y && firstX < x)) [x, y] = [firstX, firstY];
    }
    rings.push({ ring, x, y });
  }
  return rings.sort((a, b) => a.y - b.y || a.x - b.x).map(({ ring }) => ring);
}

interface Half<Region> {
  arc: Arc<Region>;
  forward: boolean;
  /** Where it starts. */
  x: number;
  y: number;
  walked: boolean;
}

function halfOf<Region>(arc: Arc<Region>, forward: boolean): Half<Region> {
  const at = forward ? 0 : arc.points.length - 2;
  return { arc, forward, x: arc.points[at]!, y: arc.points[at + 1]!, walked: false };
}

/** Halves by where they start: a few are looked through, many are sorted. */
class Leaving<Region> {
  private readonly halves: Half<Region>[];
  private readonly isSorted: boolean;

  constructor(halves: Half<Region>[]) {
    this.isSorted = halves.length > 16;
    this.halves = this.isSorted ? halves.toSorted((a, b) => a.y - b.y || a.x - b.x) : halves;
  }

  /** The half that goes on where `half` ends. */
  after(half: Half<Region>): Half<Region> {
    const { points } = half.arc;
    const at = half.forward ? points.length - 2 : 0;
    const [x, y] = [points[at]!, points[at + 1]!];
    const arrival = arrivalOf(half);
    let [best, turn] = [half, 4];
    for (let i = this.isSorted ? this.firstAt(x, y) : 0; i < this.halves.length; i++) {
      const other = this.halves[i]!;
      if (other.x !== x || other.y !== y) {
        if (this.isSorted) break;
        continue;
      }
      const otherTurn = turnOf(arrival, leavingOf(other));
      if (otherTurn < turn) [best, turn] = [other, otherTurn];
    }
    return best;
  }

  private firstAt(x: number, y: number): number {
    let [low, high] = [0, this.halves.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const half = this.halves[middle]!;
      if (half.y < y || (half.y === y && half.x < x)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Of several ways on, the one most to the right: 0 right, 1 straight on, 2 left. y grows to the south: right is the heading after. */
export const turnOf = (arrival: number, leaving: number) => (arrival - leaving + 5) & 3;

/** The heading a walk along an arc begins with. */
export function leavingOf<Region>({ arc: { points }, forward }: Ring<Region>[number]): number {
  const n = points.length;
  return forward ? headingOf(points, 0, 2) : headingOf(points, n - 2, n - 4);
}

/** The heading it ends with. */
export function arrivalOf<Region>({ arc: { points }, forward }: Ring<Region>[number]): number {
  const n = points.length;
  return forward ? headingOf(points, n - 4, n - 2) : headingOf(points, 2, 0);
}

/** 0 east, 1 south, 2 west, 3 north. */
function headingOf(points: Int32Array, from: number, to: number): number {
  if (points[from + 1] === points[to + 1]) return points[to]! > points[from]! ? 0 : 2;
  return points[to + 1]! > points[from + 1]! ? 1 : 3;
}
