/**
 * Staircases → lines, arc by arc. An arc's result depends on the arc and on the clearance at its corners alone, so neither the
 * cut of the raster nor the order of the work shows, and arcs may be done in parallel. Pure.
 *
 * What lies on either side keeps its area: two vertices are replaced by one, put where the area stays (Kronenfeld, Stanislawski,
 * Buttenfield and Brockmeyer 2020, "Simplification of polylines by segment collapse"), the least visible collapse first, as in
 * Visvalingam's order.
 */
import { type DraftLine, UNITS_PER_PX } from './draft-line.ts';
import { IndexHeap } from './index-heap.ts';
import { firstCrossing } from './own-crossing.ts';
import { alongPixels, downStairs } from './stairs.ts';

/** A border along pixel edges: every corner on it, one pixel apart, and how far each may be left aside. */
export interface Border {
  /** x and y by turns, in whole pixels; closed where the last is the first. */
  corners: Int32Array;
  /** By corner, in pixels: less than this may lie between it and the line that takes its place. */
  allowedPx: Float32Array;
  closed: boolean;
}

/** How far a line may be shifted where a vertex goes without another being moved. */
export interface Shift {
  /** Less than this, in pixels, on the mean along the two segments that become one. */
  alongPx: number;
  /** Less than this on the mean along the whole border, before other vertices are moved to make up for it. */
  wholePx: number;
  /** At most this in the end, on the mean along the whole border, whatever moved it. */
  keptPx: number;
}

/** What is kept: two borders 2 pixels apart, both moved the same way, leave 0.5 % of what lies between to the others. */
const SHIFT: Shift = { alongPx: 0.25, wholePx: 0.02, keptPx: 0.005 };
/** At most so far a vertex is moved to make up for what the others have changed. */
const MOVED_PX = 0.5;
/** Under this a corner may not be left aside at all: no more halving. */
const LEAST_ALLOWED_PX = 0.2;

/**
 * The line that takes a border's place, x and y by turns, in units of `UNITS_PER_PX` to a pixel. Its ends are the border's (a
 * closed one has none). No corner of the border is further from it than allowed, and it does not cross itself.
 *
 * First the steps go (see `stairs.ts`). Then segments collapse as long as what they leave aside is allowed. Where so much area stays
 * on the wrong side that it cannot be made up for, fewer vertices are left out, then the steps stay, then everything does.
 */
export function straighten(border: Border, shift: Shift = SHIFT): Int32Array {
  const allowedPx = border.allowedPx.slice();
  const reachPx = allowedPx.reduce((most, px) => Math.max(most, px), 0);
  const keptArea2 = 2 * shift.keptPx * UNITS_PER_PX ** 2 * (allowedPx.length - 1);
  let [vertices, wholePx] = [downStairs, shift.wholePx];
  for (;;) {
    const draft = vertices({ ...border, allowedPx });
    collapse(draft);
    leaveOut(draft, { ...shift, wholePx });
    balance(draft);
    const crossing = firstCrossing(draft, reachPx);
    if (crossing !== undefined) {
      // a border does not cross itself, so nearer to it the line will not
      const [a, b, c, d] = crossing;
      narrow(allowedPx, a, b);
      narrow(allowedPx, c, d);
      continue;
    }
    if (Math.abs(draft.missingArea2()) <= keptArea2) return draft.points();
    if (wholePx > shift.keptPx) wholePx = shift.keptPx;
    else if (wholePx > 0) [vertices, wholePx] = [alongPixels, 0];
    else allowedPx.fill(0);
  }
}

/** Allows half as much as before from way `from` to way `to`. */
function narrow(allowedPx: Float32Array, from: number, to: number): void {
  const corners = allowedPx.length;
  const end = (to >= from ? to + 1 : to + 1 + 2 * (corners - 1)) >> 1;
  for (let i = from >> 1; i <= end; i++) {
    const corner = i < corners ? i : i - corners + 1;
    const half = allowedPx[corner]! / 2;
    allowedPx[corner] = half < LEAST_ALLOWED_PX ? 0 : half;
  }
}

/** Replaces pairs of vertices by one, the area kept, as long as the line may stand for the border. */
function collapse(draft: DraftLine): void {
  const { x, y, before, after, closed } = draft;
  const size = draft.size;
  const toX = new Int32Array(size);
  const toY = new Int32Array(size);
  const costs = new Float64Array(size);
  const heap = new IndexHeap(costs);
  const price = (b: number) => {
    const a = b < 0 ? -1 : before[b]!;
    const c = b < 0 ? -1 : after[b]!;
    const d = c < 0 ? -1 : after[c]!;
    if (a < 0 || d < 0 || d === a) {
      if (b >= 0) heap.remove(b);
      return;
    }
    const place = placeOf(x[a]!, y[a]!, x[b]!, y[b]!, x[c]!, y[c]!, x[d]!, y[d]!);
    if (place === undefined) {
      heap.remove(b);
      return;
    }
    [toX[b], toY[b], costs[b]] = place;
    heap.put(b);
  };
  for (let b = closed ? 0 : 1; b < size; b++) price(b);
  while (heap.size > 0 && draft.count > 3) {
    const b = heap.pop();
    const [a, c] = [before[b]!, after[b]!];
    if (!collapseAt(draft, b, toX[b]!, toY[b]!)) continue;
    heap.remove(c);
    price(a);
    if (before[a]! >= 0) price(before[a]!);
    price(b);
    if (after[b]! >= 0) price(after[b]!);
  }
}

/** Puts (x, y) in place of vertex `b` and the next, if the line may stand for the border and no spike is left. */
function collapseAt(draft: DraftLine, b: number, x: number, y: number): boolean {
  const { before, after } = draft;
  const c = after[b]!;
  const [a, d] = [before[b]!, after[c]!];
  if (draft.isAt(a, x, y) || draft.isAt(d, x, y)) {
    if (draft.count === (draft.closed ? 4 : 3) || !draft.mayJoin(a, d)) return false;
    draft.remove(b);
    draft.remove(c);
    return true;
  }
  const way = draft.hold(x, y, a, d);
  if (way < 0 || !draft.mayPass(a, x, y, way, d)) return false;
  draft.remove(c);
  draft.move(b, x, y, way);
  return true;
}

/** Leaves out vertices that hardly show: those of a border nearly straight, for which no second one is there to collapse with. */
function leaveOut(draft: DraftLine, { alongPx, wholePx }: Shift): void {
  const { x, y, before, after } = draft;
  const costs = new Float64Array(draft.size);
  const heap = new IndexHeap(costs);
  const areas = new Float64Array(draft.size);
  let [length, shifted] = [0, 0];
  const price = (b: number) => {
    const [a, c] = [before[b]!, after[b]!];
    if (a < 0 || c < 0) return;
    const [ux, uy] = [x[c]! - x[a]!, y[c]! - y[a]!];
    areas[b] = ((x[b]! - x[a]!) * uy - (y[b]! - y[a]!) * ux) / 2;
    costs[b] = Math.abs(areas[b]!) / Math.hypot(ux, uy);
    if (costs[b]! < alongPx * UNITS_PER_PX) heap.put(b);
    else heap.remove(b);
  };
  for (let b = 0; b < draft.size; b++) {
    if (!draft.isThere(b)) continue;
    price(b);
    if (after[b]! >= 0) length += Math.hypot(x[after[b]!]! - x[b]!, y[after[b]!]! - y[b]!);
  }
  while (heap.size > 0 && draft.count > draft.least) {
    const b = heap.pop();
    const [a, c] = [before[b]!, after[b]!];
    if (Math.abs(shifted + areas[b]!) > wholePx * UNITS_PER_PX * length || !draft.mayJoin(a, c)) continue;
    shifted += areas[b]!;
    draft.remove(b);
    price(a);
    price(c);
  }
}

/**
 * Moves vertices across the line until the area is the border's: steps and what was left out have changed it a little. Those
 * between the longest segments first, where it shows least.
 */
function balance(draft: DraftLine): void {
  const { x, y, before, after } = draft;
  const vertices = draft.vertices().filter((vertex) => before[vertex]! >= 0 && after[vertex]! >= 0);
  const chord2 = (b: number) => (x[after[b]!]! - x[before[b]!]!) ** 2 + (y[after[b]!]! - y[before[b]!]!) ** 2;
  const byLength = vertices.map((vertex) => ({ vertex, chord2: chord2(vertex) }));
  byLength.sort((a, b) => b.chord2 - a.chord2 || a.vertex - b.vertex);
  let missing = draft.missingArea2();
  for (const { vertex: b } of byLength) {
    const [a, c] = [before[b]!, after[b]!];
    const [ux, uy] = [x[c]! - x[a]!, y[c]! - y[a]!];
    const length = Math.hypot(ux, uy);
    if (Math.abs(missing) < length) continue; // less than a unit
    const most = MOVED_PX * UNITS_PER_PX;
    const move = Math.max(-most, Math.min(most, missing / length));
    const [toX, toY] = [x[b]! + Math.round((move * uy) / length), y[b]! - Math.round((move * ux) / length)];
    const gain = (toX - x[b]!) * uy - (toY - y[b]!) * ux;
    const way = draft.hold(toX, toY, a, c);
    if (way < 0 || !draft.mayPass(a, toX, toY, way, c)) continue;
    draft.move(b, toX, toY, way);
    missing -= gain;
  }
}

/**
 * Where one vertex between a and d leaves the area as b and c do, and twice the area that changes sides: on the line through a
 * and b or through c and d, whichever moves less.
 */
function placeOf(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  dx: number,
  dy: number,
): [x: number, y: number, cost: number] | undefined {
  const [ux, uy] = [dx - ax, dy - ay];
  // twice the area under a, b, c, d and under a, b, d and a, c, d
  const heightB = (bx - ax) * uy - (by - ay) * ux;
  const heightC = (cx - ax) * uy - (cy - ay) * ux;
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) + (cx - ax) * uy - (cy - ay) * ux;
  const onB =
    heightB !== 0 && (heightB > 0 === heightC > 0 ? Math.abs(heightB) > Math.abs(heightC) : heightB > 0 === area > 0);
  const height = onB ? heightB : heightC;
  if (height === 0) return ux === 0 && uy === 0 ? undefined : [bx, by, 0]; // all in a line
  const along = area / height;
  const x = Math.round(onB ? ax + along * (bx - ax) : dx + along * (cx - dx));
  const y = Math.round(onB ? ay + along * (by - ay) : dy + along * (cy - dy));
  const cost = Math.abs((x - bx) * (cy - by) - (y - by) * (cx - bx));
  return [x, y, cost];
}
