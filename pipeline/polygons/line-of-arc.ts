/** What a border becomes on the map. Pure. */
import type { Arc } from './arc.ts';
import { straighten } from './straighten.ts';

/** Less than half the clearance: two borders moved towards each other must not touch. */
const BELOW_HALF = 0.499;

/** Lines have whole numbers for coordinates: 1/64 of a pixel, so that both sides of a border have the same to the last bit. */
export const UNITS_PER_PX = 64;

/** `straighten.ts` counts in half pixels. */
const UNITS_PER_HALF = UNITS_PER_PX / 2;

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
  const line = straighten({ corners: cornersAlong(points), allowedPx, closed });
  return line.map((value) => UNITS_PER_HALF * value);
}

/** Every corner on the way, one pixel apart. */
function cornersAlong(points: Int32Array): Int32Array {
  const corners: number[] = [points[0]!, points[1]!];
  for (let i = 2; i < points.length; i += 2) {
    let [x, y] = [points[i - 2]!, points[i - 1]!];
    const [toX, toY] = [points[i]!, points[i + 1]!];
    while (x !== toX || y !== toY) {
      x += Math.sign(toX - x);
      y += Math.sign(toY - y);
      corners.push(x, y);
    }
  }
  return Int32Array.from(corners);
}
