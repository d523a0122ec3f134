/**
 * Staircases → lines, arc by arc. An arc's result depends on the arc and on the clearance at its corners alone, so neither the
 * cut of the raster nor the order of the work shows, and arcs may be done in parallel. Pure.
 *
 * Coordinates here are half pixels (corner (x, y) of the raster is (2x, 2y)): corners and the middles of pixel edges are whole
 * numbers, and every test but the distances' is exact.
 */
import { IndexHeap } from './index-heap.ts';

/** A border along pixel edges: every corner on it, one pixel apart, and how far each may be left aside. */
export interface Border {
  /** x and y by turns, in whole pixels; closed where the last is the first. */
  corners: Int32Array;
  /** By corner, in pixels: less than this may lie between it and the line that takes its place. */
  allowedPx: Float32Array;
  closed: boolean;
}

/** Points that may be vertices: x and y in half pixels, and the corners from which to which each leaves nothing aside. */
interface Candidates {
  x: Int32Array;
  y: Int32Array;
  /** First corner after the point, last corner before it: equal for a corner, one apart for the middle of an edge. */
  from: Int32Array;
  to: Int32Array;
  count: number;
}

/**
 * The line that takes a border's place, x and y by turns, in half pixels. Its ends are the border's. No corner of the border is
 * further from it than allowed, and it does not cross itself.
 *
 * First the steps go: a line drawn in pixels is runs of one pixel between longer ones, and the middles of the short runs lie on
 * it to half a pixel. Then points are left out one by one, the one whose absence shows least first (Visvalingam's order, with
 * the largest distance in place of the triangle's area, so that the tolerance is a distance).
 */
export function straighten(border: Border): Int32Array {
  const candidates = candidatesOf(border);
  const keep = withoutSteps(border, candidates);
  decimate(border, candidates, keep);
  while (uncross(border, candidates, keep)) {
    // until nothing crosses: each turn puts points back, and the border itself does not cross itself
  }
  const line: number[] = [];
  for (let i = 0; i < candidates.count; i++) {
    if (keep[i]) line.push(candidates.x[i]!, candidates.y[i]!);
  }
  return Int32Array.from(line);
}

/** Vertices of the border and middles of its runs of one pixel, in order. */
function candidatesOf({ corners }: Border): Candidates {
  const count = corners.length / 2;
  const size = 2 * count;
  const list: Candidates = {
    x: new Int32Array(size),
    y: new Int32Array(size),
    from: new Int32Array(size),
    to: new Int32Array(size),
    count: 0,
  };
  const push = (x: number, y: number, from: number, to: number) => {
    const at = list.count++;
    list.x[at] = x;
    list.y[at] = y;
    list.from[at] = from;
    list.to[at] = to;
  };
  const turns = (i: number) =>
    i === 0 ||
    i === count - 1 ||
    corners[2 * i]! - corners[2 * i - 2]! !== corners[2 * i + 2]! - corners[2 * i]! ||
    corners[2 * i + 1]! - corners[2 * i - 1]! !== corners[2 * i + 3]! - corners[2 * i + 1]!;
  for (let i = 0; i < count; i++) {
    if (!turns(i)) continue;
    push(2 * corners[2 * i]!, 2 * corners[2 * i + 1]!, i, i);
    if (i + 1 < count && turns(i + 1)) {
      push(corners[2 * i]! + corners[2 * i + 2]!, corners[2 * i + 1]! + corners[2 * i + 3]!, i + 1, i);
    }
  }
  return list;
}

/** Flags of the candidates that stay when steps go: corners beside a run of one pixel, where they may be left aside. */
function withoutSteps(border: Border, candidates: Candidates): Uint8Array {
  const { count, from, to } = candidates;
  const keep = new Uint8Array(count).fill(1);
  const isMiddle = (i: number) => from[i] !== to[i];
  let before = 0;
  for (let i = 1; i < count; i++) {
    if (i < count - 1 && !isMiddle(i) && (isMiddle(i - 1) || isMiddle(i + 1))) continue; // beside a short run
    if (i - before > 1 && deviation(border, candidates, before, i) < Number.POSITIVE_INFINITY) {
      keep.fill(0, before + 1, i);
    }
    before = i;
  }
  return keep;
}

/** Leaves out points as long as what they leave aside is allowed. */
function decimate(border: Border, candidates: Candidates, keep: Uint8Array): void {
  const { count } = candidates;
  const before = new Int32Array(count);
  const after = new Int32Array(count);
  let left = 0;
  for (let i = 0, last = -1; i < count; i++) {
    if (!keep[i]) continue;
    before[i] = last;
    if (last >= 0) after[last] = i;
    last = i;
    left++;
  }
  const costs = new Float64Array(count);
  const heap = new IndexHeap(costs);
  const price = (i: number) => {
    if (before[i] === -1 || i === count - 1) return;
    costs[i] = deviation(border, candidates, before[i]!, after[i]!);
    if (costs[i]! < Number.POSITIVE_INFINITY) heap.put(i);
    else heap.remove(i);
  };
  for (let i = 1; i < count - 1; i++) if (keep[i]) price(i);
  const least = border.closed ? 4 : 2;
  while (heap.size > 0 && left > least) {
    const i = heap.pop();
    const [a, b] = [before[i]!, after[i]!];
    keep[i] = 0;
    after[a] = b;
    before[b] = a;
    left--;
    price(a);
    price(b);
  }
}

/** Largest distance, squared half pixels, from the corners between candidates `a` and `b` to the segment; ∞ if not allowed. */
function deviation({ corners, allowedPx }: Border, { x, y, from, to }: Candidates, a: number, b: number): number {
  const [ax, ay] = [x[a]!, y[a]!];
  const [dx, dy] = [x[b]! - ax, y[b]! - ay];
  const square = dx * dx + dy * dy;
  let worst = 0;
  for (let i = from[a]!, end = to[b]!; i <= end; i++) {
    const [px, py] = [2 * corners[2 * i]! - ax, 2 * corners[2 * i + 1]! - ay];
    const along = px * dx + py * dy;
    let distance: number;
    if (along <= 0) distance = px * px + py * py;
    else if (along >= square) distance = (px - dx) ** 2 + (py - dy) ** 2;
    else distance = (px * dy - py * dx) ** 2 / square;
    if (distance === 0) continue;
    const allowed = 2 * allowedPx[i]!;
    if (distance >= allowed * allowed) return Number.POSITIVE_INFINITY;
    if (distance > worst) worst = distance;
  }
  return worst;
}

/** How many segments further on one may be met: borders that come near again after more are another's, see `clearance.ts`. */
const LOOK_AHEAD_CORNERS = 64;

/** Puts back the points of two segments that cross or touch; whether there were such. */
function uncross(border: Border, { x, y, from, count }: Candidates, keep: Uint8Array): boolean {
  const kept: number[] = [];
  for (let i = 0; i < count; i++) if (keep[i]) kept.push(i);
  let found = false;
  for (let s = 0; s + 1 < kept.length; s++) {
    const [a, b] = [kept[s]!, kept[s + 1]!];
    for (let t = s + 2; t + 1 < kept.length && from[kept[t]!]! - from[b]! <= LOOK_AHEAD_CORNERS; t++) {
      if (border.closed && s === 0 && t + 2 === kept.length) continue; // neighbours across the closing point
      const [c, d] = [kept[t]!, kept[t + 1]!];
      if (!meet(x, y, a, b, c, d)) continue;
      const [filledA, filledC] = [fill(keep, a, b), fill(keep, c, d)];
      found ||= filledA || filledC;
    }
  }
  return found;
}

function fill(keep: Uint8Array, a: number, b: number): boolean {
  const some = b - a > 1;
  keep.fill(1, a + 1, b);
  return some;
}

/** Whether the segments from `a` to `b` and from `c` to `d` have a point in common. Exact. */
function meet(x: Int32Array, y: Int32Array, a: number, b: number, c: number, d: number): boolean {
  if (Math.max(x[a]!, x[b]!) < Math.min(x[c]!, x[d]!) || Math.max(x[c]!, x[d]!) < Math.min(x[a]!, x[b]!)) return false;
  if (Math.max(y[a]!, y[b]!) < Math.min(y[c]!, y[d]!) || Math.max(y[c]!, y[d]!) < Math.min(y[a]!, y[b]!)) return false;
  const side = (p: number, q: number, r: number) =>
    Math.sign((x[q]! - x[p]!) * (y[r]! - y[p]!) - (y[q]! - y[p]!) * (x[r]! - x[p]!));
  return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0;
}
