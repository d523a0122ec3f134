/** A building's pixels and those it takes to have its area. Pure. */
import { IndexHeap } from '../lines/index-heap.ts';

/** A building alone in a window. */
export interface BuildingMask {
  widthPx: number;
  heightPx: number;
  /** By pixel: 1 where the building is. */
  own: Uint8Array;
}

/**
 * Indexes of the pixels a building takes to have `toPx` of them; undefined where it cannot. `isFree(i)`: whether pixel i may be
 * taken. Distances are measured along the building's own sides, the greater of the two counts: so a rectangle grows into a
 * rectangle, whichever way it stands. Nearest first, of equally near ones the upper, then the left one; each holds on to the
 * building by a side of it or of another that was taken, and none is further than `reachPx` or outside the window.
 */
export function grownPixels(
  { widthPx, heightPx, own }: BuildingMask,
  isFree: (index: number) => boolean,
  toPx: number,
  reachPx: number,
): number[] | undefined {
  const edge = edgePixels(own, widthPx, heightPx);
  const [a, b] = sideDirection(edge);
  const furthest = reachPx * reachPx * (a * a + b * b);
  const distances = new Float64Array(own.length);
  const next = new IndexHeap(distances);
  const seen = own.slice();
  const offer = (x: number, y: number) => {
    const i = y * widthPx + x;
    if (x < 0 || y < 0 || x >= widthPx || y >= heightPx || seen[i] === 1) return;
    seen[i] = 1;
    if (!isFree(i)) return;
    distances[i] = distanceAlong(edge, x, y, a, b);
    if (distances[i]! ** 2 <= furthest) next.put(i);
  };
  const offerRound = (x: number, y: number) => {
    offer(x, y - 1);
    offer(x - 1, y);
    offer(x + 1, y);
    offer(x, y + 1);
  };
  for (let i = 0; i < edge.length; i += 2) offerRound(edge[i]!, edge[i + 1]!);
  let missing = toPx;
  for (const pixel of own) missing -= pixel;
  const taken: number[] = [];
  while (taken.length < missing && next.size > 0) {
    const i = next.pop();
    taken.push(i);
    offerRound(i % widthPx, Math.floor(i / widthPx));
  }
  return taken.length < missing ? undefined : taken;
}

/** x and y by turns of the pixels that have another beside them that is not the building's. */
function edgePixels(own: Uint8Array, widthPx: number, heightPx: number): Int32Array {
  const edge: number[] = [];
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, i++) {
      if (own[i] === 0) continue;
      const inside =
        x > 0 &&
        x < widthPx - 1 &&
        own[i - 1] === 1 &&
        own[i + 1] === 1 &&
        own[i - widthPx] === 1 &&
        own[i + widthPx] === 1;
      if (!inside) edge.push(x, y);
    }
  }
  return Int32Array.from(edge);
}

/** The least of the distances to the edge's pixels, in multiples of the direction's length: whole numbers, nothing is rounded. */
function distanceAlong(edge: Int32Array, x: number, y: number, a: number, b: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < edge.length; i += 2) {
    const [dx, dy] = [x - edge[i]!, y - edge[i + 1]!];
    const distance = Math.max(Math.abs(a * dx + b * dy), Math.abs(a * dy - b * dx));
    if (distance < least) least = distance;
  }
  return least;
}

/** The direction (a, b), in pixels, of a side of the smallest rectangle that holds the building: one of its hull's. */
function sideDirection(edge: Int32Array): [number, number] {
  const hull = hullOf(edge);
  let [best, leastArea]: [[number, number], number] = [[1, 0], Number.POSITIVE_INFINITY];
  for (let i = 0; i < hull.length; i++) {
    const [from, to] = [hull[i]!, hull[(i + 1) % hull.length]!];
    const [a, b] = [to[0] - from[0], to[1] - from[1]];
    const span = (u: number, v: number) => {
      const along = hull.map(([x, y]) => u * x + v * y);
      return Math.max(...along) - Math.min(...along);
    };
    const area = (span(a, b) * span(-b, a)) / (a * a + b * b);
    if (area < leastArea) [best, leastArea] = [[a, b], area];
  }
  return best;
}

type Corner = [x: number, y: number];

/** Convex hull of the pixels' corners, no three in a line (Andrew's monotone chain). */
function hullOf(edge: Int32Array): Corner[] {
  const corners: Corner[] = [];
  for (let i = 0; i < edge.length; i += 2) {
    const [x, y] = [edge[i]!, edge[i + 1]!];
    corners.push([x, y], [x + 1, y], [x, y + 1], [x + 1, y + 1]);
  }
  corners.sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const chain = (ordered: Corner[]) => {
    const kept: Corner[] = [];
    for (const corner of ordered) {
      while (kept.length > 1 && turn(kept.at(-2)!, kept.at(-1)!, corner) <= 0) kept.pop();
      kept.push(corner);
    }
    return kept.slice(0, -1);
  };
  return [...chain(corners), ...chain(corners.toReversed())];
}

const turn = (p: Corner, q: Corner, r: Corner) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
