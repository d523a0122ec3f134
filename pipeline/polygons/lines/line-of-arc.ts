/** What a border becomes on the map. Pure. */
import type { Arc } from '../arcs/arc.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { type Border, straighten } from './straighten.ts';

/**
 * Measured after the minimal units, with 0.5 m: 34 times fewer vertices than along the pixels on the demonstration's classes at
 * 0.2 m, 12 times on real masks at 0.25 m, 8.6 times on correlated noise at 0.2 m; corners lie half a pixel from their lines on
 * the mean. Steps of a straight line in pixels go only where more than a pixel is allowed. At most 2 m is the product's limit.
 */
const TOLERANCE = { leastM: 0.5, leastPx: 1.1, mostM: 2 };

/** How far a border may be moved, metres, where nobody says otherwise. */
export const defaultToleranceM = (resolutionM: number) =>
  Math.min(TOLERANCE.mostM, Math.max(TOLERANCE.leastM, TOLERANCE.leastPx * resolutionM));

/** Of the clearance: less than half, so that two borders moved towards each other do not touch and keep something between. */
const BELOW_HALF = 0.45;

/** Pixels looked at, at least, for clearance: what two pixels of noise, or of a rounded corner, take. */
const LEAST_REACH_PX = 5;
/** How far clearance is worth looking for; not at all where borders stay along the pixels. */
export const clearanceReachPx = (tolerancePx: number) =>
  tolerancePx === 0 ? 0 : Math.max(LEAST_REACH_PX, Math.ceil(tolerancePx / BELOW_HALF));

/**
 * The ossature was drawn by us: nothing but the steps of the pixels is to go, which lie within so much of a straight side,
 * whatever is allowed elsewhere; and of a side between two nodes, whose places are rounded to pixels, nothing but the ends need
 * stay.
 */
const OSSATURE_PX = 1.1;
const OSSATURE_SHIFT = { alongPx: 0.5, wholePx: 0.25, keptPx: 0.02 };

/** How far, on the mean along what becomes one segment, a border of the ossature is moved at most, m. */
export const ossatureShiftM = (resolutionM: number) => OSSATURE_SHIFT.alongPx * resolutionM;

/** How borders are drawn, by the classes on their sides. */
export interface LineRules {
  /** No corner of a border is further from its line, but the ossature's; 0: borders stay along the pixels. */
  tolerancePx: number;
  /** Classes whose borders are squared; without it none are. */
  isBuilding?(value: number): boolean;
  /** Classes of the ossature: their borders follow the pixels closely, and are never squared. */
  isOssature?(value: number): boolean;
}

/**
 * The points that take the place of a border along pixel edges where nothing is squared: x and y by turns, in 1/64 of a pixel,
 * ends as they were. It depends on the arc alone. A border with nothing on one side is the extent's own and stays as it is.
 */
export function lineOfArc<Region extends { value: number }>(arc: Arc<Region>, rules: LineRules): Int32Array {
  if (isExtents(arc)) return arc.points.map((value) => UNITS_PER_PX * value);
  if (!isBeside(arc, rules.isOssature)) return straighten(borderOf(arc, rules.tolerancePx));
  return straighten(borderOf(arc, rules.tolerancePx === 0 ? 0 : OSSATURE_PX), OSSATURE_SHIFT);
}

/** Whether an arc's place is not ours to change. */
export const isExtents = <Region>({ clearances, left, right }: Arc<Region>) =>
  clearances.length === 0 || left === null || right === null;

/** Whether one of an arc's sides is of a kind. */
export const isBeside = <Region extends { value: number }>(
  { left, right }: Arc<Region>,
  isKind: ((value: number) => boolean) | undefined,
) => isKind !== undefined && ((left !== null && isKind(left.value)) || (right !== null && isKind(right.value)));

/** An arc as it is drawn: `mostPx` bounds what its clearance leaves. */
export function borderOf<Region>({ points, clearances, closed }: Arc<Region>, mostPx: number): Border {
  const allowedPx = new Float32Array(clearances.length);
  for (let i = 0; i < allowedPx.length; i++) allowedPx[i] = Math.min(mostPx, BELOW_HALF * Math.sqrt(clearances[i]!));
  return { corners: cornersAlong(points, clearances.length), allowedPx, closed };
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
