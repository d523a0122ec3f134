/** What a border becomes on the map. Pure. */
import type { Arc } from './arc.ts';
import { straighten } from './straighten.ts';

/** Less than half the clearance: two borders moved towards each other must not touch. */
const BELOW_HALF = 0.499;

/**
 * The points that take the place of a border along pixel edges: x and y by turns, in half pixels, ends as they were. No corner is
 * further from it than `tolerancePx`. A border with nothing on one side is the extent's own and stays as it is.
 */
export function lineOfArc<Region>(arc: Arc<Region>, tolerancePx: number): Int32Array {
  const { points, clearances, left, right, closed } = arc;
  if (clearances.length === 0 || left === null || right === null) return points.map((value) => 2 * value);
  const allowedPx = Float32Array.from(clearances, (square) => Math.min(tolerancePx, BELOW_HALF * Math.sqrt(square)));
  return straighten({ corners: cornersAlong(points), allowedPx, closed });
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
