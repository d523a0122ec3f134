/**
 * Buildings squared: the border of a building drawn along its dominant orientation and square to it, arc by arc. What comes out
 * depends on the arc and on the clearance at its corners alone, as in `straighten.ts`. Pure.
 *
 * Facts: production.md §4.4 (length-weighted histogram of angles modulo 90°, edges near it snapped, vertices moved by about a
 * metre at most, kept only where the intersection over union is 0.9 or more and the topology holds).
 */
import { bendsOf } from './bends.ts';
import { dominantOrientation } from './dominant-orientation.ts';
import {
  ACROSS,
  ALONG,
  type Cutting,
  cutInStretches,
  FREE,
  type Label,
  type Stretch,
  TurnedOutline,
} from './right-angled-stretches.ts';
import { squareOpenLine, squareRing } from './square-line.ts';
import type { Border } from './straighten.ts';

/** The steps of a straight line drawn in pixels lie within so much of each other: √2, and a little. */
const STEP_PX = 1.45;
/** Steps of noise are not worth a side, however small the detail asked for: in pixels, squared, along the border. */
const LEAST_PRICE = 4;
/** Where no line keeps within what is allowed, sides are had for less, down to this. */
const LEAST_RETRY = 2;
/**
 * Share of a border's length that must lie along its orientation or square to it; and of a border between two nodes, whose
 * building has others that find theirs by themselves.
 */
const LEAST_SHARE = 0.55;
const LEAST_SHARE_OPEN = 0.8;
/** Two orientations nearer than this (1°) are one. */
const SAME_ANGLE = Math.PI / 180;
/** A border with fewer corners, on the pixels, has no sides to speak of. */
const SHORTEST_PX = 12;
/** Outlines with more bends are no single building. */
const MOST_BENDS = 600;

/**
 * The squared line of a building's border: x and y by turns, in units of `UNITS_PER_PX` to a pixel; ends of an open border stay, a
 * closed one may begin elsewhere. Notches and bays much smaller than `detailPx` square go. `null` where no right-angled line keeps
 * within what the corners allow, or its IoU with the border's own ring would be below 0.9: then the border is better straightened.
 */
export function squareBuilding(border: Border, detailPx: number): Int32Array | null {
  if (border.allowedPx.length < SHORTEST_PX) return null;
  const breaks = bendsOf(border.corners, STEP_PX);
  if (breaks.length > MOST_BENDS) return null;
  const price = Math.max(LEAST_PRICE, detailPx ** 3 / 4);
  let tried: number | null = null;
  for (const reachPx of [STEP_PX, 2 * STEP_PX]) {
    const angle = orientationOf(border.corners, reachPx, border.closed ? LEAST_SHARE : LEAST_SHARE_OPEN);
    if (angle === null || (tried !== null && Math.abs(angle - tried) < SAME_ANGLE)) continue;
    tried = angle;
    for (const paid of new Set([price, price / 2, Math.max(LEAST_RETRY, price / 6)])) {
      const cutting = { breaks, price: paid, shortestFreePx: 2 * Math.cbrt(4 * paid) };
      const line = border.closed ? squaredRing(border, cutting, angle) : squaredOpen(border, cutting, angle);
      if (line !== null) return line;
    }
  }
  return null;
}

function orientationOf(corners: Int32Array, reachPx: number, leastShare: number): number | null {
  const bends = bendsOf(corners, reachPx);
  return dominantOrientation(Int32Array.from(bends.flatMap((i) => [corners[2 * i]!, corners[2 * i + 1]!])), leastShare);
}

function squaredOpen(border: Border, cutting: Cutting, angle: number): Int32Array | null {
  const outline = new TurnedOutline(border.corners, angle);
  const cut = cutInStretches(outline, cutting);
  return cut === null ? null : squareOpenLine(border, cut.stretches, angle + outline.turn(cut.stretches));
}

/** Where a ring begins is no corner of the building: it is cut once to find one, and again from there. */
function squaredRing(border: Border, cutting: Cutting, angle: number): Int32Array | null {
  const trial = cutInStretches(new TurnedOutline(border.corners, angle), cutting);
  const start = trial === null ? null : surestCorner(trial.stretches);
  if (start === null) return null;
  const turned = fromCorner(border, start);
  const edges = border.allowedPx.length - 1;
  const shifted = cutting.breaks.slice(1).map((corner) => (corner <= start ? corner + edges - start : corner - start));
  const breaks = [0, ...shifted.sort((a, b) => a - b)];
  const outline = new TurnedOutline(turned.corners, angle);
  const firsts: Label[] = [ALONG, ACROSS, FREE];
  const cuts = firsts.map((first) => cutInStretches(outline, { ...cutting, breaks, first }));
  const best = cuts.reduce((a, b) => (b !== null && (a === null || b.cost < a.cost) ? b : a));
  return best === null ? null : squareRing(turned, best.stretches, angle + outline.turn(best.stretches));
}

/** The corner between two stretches, the shorter of which is longest. */
function surestCorner(stretches: Stretch[]): number | null {
  let [best, length] = [-1, 0];
  for (let k = 1; k < stretches.length; k++) {
    const [a, b] = [stretches[k - 1]!, stretches[k]!];
    const shorter = Math.min(a.to - a.from, b.to - b.from);
    if (shorter > length) [best, length] = [b.from, shorter];
  }
  return best === -1 ? null : best;
}

function fromCorner({ corners, allowedPx, closed }: Border, start: number): Border {
  const edges = allowedPx.length - 1;
  const order = Array.from({ length: edges + 1 }, (_, i) => (start + i) % edges);
  return {
    corners: Int32Array.from(order.flatMap((i) => [corners[2 * i]!, corners[2 * i + 1]!])),
    allowedPx: Float32Array.from(order, (i) => allowedPx[i]!),
    closed,
  };
}
