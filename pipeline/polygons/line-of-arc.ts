/** What a border becomes on the map. Pure. */
import type { Arc } from './arc.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { straighten } from './straighten.ts';

/** Of the clearance: less than half, so that two borders moved towards each other do not touch and keep something between. */
const BELOW_HALF = 0.45;

/** How borders are drawn, by the classes on their sides. */
export interface LineRules {
  /** No corner of a border is further from its line. */
  tolerancePx: number;
  /** Classes whose borders are squared; without it none are. */
  isBuilding?(value: number): boolean;
  /** Classes of the ossature: their borders follow the pixels closely, and are never squared. */
  isOssature?(value: number): boolean;
}

/**
 * The points that take the place of a border along pixel edges: x and y by turns, in 1/64 of a pixel, ends as they were. It
 * depends on the arc alone. A border with nothing on one side is the extent's own and stays as it is.
 */
export function lineOfArc<Region extends { value: number }>(arc: Arc<Region>, rules: LineRules): Int32Array {
  const { points, clearances, left, right, closed } = arc;
  if (clearances.length === 0 || left === null || right === null) return points.map((value) => UNITS_PER_PX * value);
  const { tolerancePx } = rules;
  const allowedPx = Float32Array.from(clearances, (square) => Math.min(tolerancePx, BELOW_HALF * Math.sqrt(square)));
  return straighten({ corners: cornersAlong(points, clearances.length), allowedPx, closed });
}

/** Every corner on the way, one pixel apart. */
function cornersAlong(points: Int32Array, count: number): Int32Array {
  const corners = new Int32Array(2 * count);
  let [x, y] = [points[0]!, points[1]!];
  corners[0] = x;
  corners[1] = y;
  let at = 2;
  for (let i = 2; i < points.length; i += 2) {
    const [stepX, stepY] = [Math.sign(points[i]! - x), Math.sign(points[i + 1]! - y)];
    while (x !== points[i] || y !== points[i + 1]) {
      x += stepX;
      y += stepY;
      corners[at++] = x;
      corners[at++] = y;
    }
  }
  return corners;
}
