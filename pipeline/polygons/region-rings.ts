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
  const halves = arcs.map((arc) => ({ arc, forward: isInside(arc.left) }));
  const rings: { ring: Ring<Region>; x: number; y: number }[] = [];
  const leaving = new Map<string, Half<Region>[]>();
  for (const half of halves) {
    if (half.arc.closed) rings.push({ ring: [half], x: half.arc.firstX, y: half.arc.firstY });
    else append(leaving, startOf(half), half);
  }
  const walked = new Set<Half<Region>>();
  for (const first of halves) {
    if (first.arc.closed || walked.has(first)) continue;
    const ring: Ring<Region> = [];
    let [x, y] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let half = first; !walked.has(half); half = nextAfter(half, leaving)) {
      walked.add(half);
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
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function startOf<Region>({ arc: { points }, forward }: Half<Region>): string {
  const at = forward ? 0 : points.length - 2;
  return `${points[at]} ${points[at + 1]}`;
}

function nextAfter<Region>(half: Half<Region>, leaving: Map<string, Half<Region>[]>): Half<Region> {
  const { points } = half.arc;
  const n = points.length;
  const at = half.forward ? n - 2 : 0;
  const candidates = leaving.get(`${points[at]} ${points[at + 1]}`)!;
  if (candidates.length === 1) return candidates[0]!;
  const arrival = half.forward ? headingOf(points, n - 4, n - 2) : headingOf(points, 2, 0);
  // of several, the one most to the right: y grows to the south, so right of a heading is the one after it
  const turnTo = (other: Half<Region>) => {
    const p = other.arc.points;
    const heading = other.forward ? headingOf(p, 0, 2) : headingOf(p, p.length - 2, p.length - 4);
    return (arrival - heading + 5) & 3; // right 0, straight on 1, left 2
  };
  return candidates.reduce((best, other) => (turnTo(other) < turnTo(best) ? other : best));
}

/** 0 east, 1 south, 2 west, 3 north. */
function headingOf(points: Int32Array, from: number, to: number): number {
  if (points[from + 1] === points[to + 1]) return points[to]! > points[from]! ? 0 : 2;
  return points[to + 1]! > points[from + 1]! ? 1 : 3;
}
