/**
 * Buildings squared: the borders of a building drawn along its dominant orientation and square to it. The orientation is found
 * once, from all borders together; what comes of one depends on that, on the border and on the clearance at its corners alone, as
 * in `straighten.ts`. Pure.
 *
 * Facts: production.md §4.4 (length-weighted histogram of angles modulo 90°, edges near it snapped, vertices moved by about a
 * metre at most, kept only where the intersection over union is 0.9 or more and the topology holds).
 */
import { bendsOf } from './bends.ts';
import { dominantOrientation } from './dominant-orientation.ts';
import {
  ACROSS,
  ALONG,
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
/** Share of the length of a building's borders that must lie along its orientation or square to it. */
const LEAST_SHARE = 0.55;
/** Two orientations nearer than this (1°) are one. */
const SAME_ANGLE = Math.PI / 180;
/** A closed border with fewer corners, on the pixels, has no sides to speak of. */
const SHORTEST_PX = 12;
/** Borders with more bends are no single building's. */
const MOST_BENDS = 600;

/** What squaring may do. */
export interface Squaring {
  /** Notches and bays much smaller than this square go. */
  detailPx: number;
  /** Ground that may change sides, in square pixels by pixel of border. */
  changePx: number;
  /** A wall begins at most so many pixels from a node that it does not pass through. */
  tipPx: number;
}

/**
 * By border of a building, its squared line: x and y by turns, in units of `UNITS_PER_PX` to a pixel; ends of an open border stay,
 * a closed one may begin elsewhere. `null` where no line along the building's orientation keeps within what the corners allow:
 * then the border is better straightened. `borders`: in an order that does not depend on how they were found.
 */
export function squareBuilding(borders: readonly Border[], squaring: Squaring): (Int32Array | null)[] {
  const outlines = borders.map((border) => ({ border, breaks: bendsOf(border.corners, STEP_PX) }));
  let best = { lines: borders.map((): Int32Array | null => null), edges: 0 };
  let tried: number | null = null;
  for (const reachPx of [STEP_PX, 2 * STEP_PX]) {
    const angle = orientationOf(borders, reachPx);
    if (angle === null || (tried !== null && Math.abs(angle - tried) < SAME_ANGLE)) continue;
    tried = angle;
    for (const lines of squaredAlong(outlines, angle, squaring)) {
      const edges = borders.reduce((sum, { allowedPx }, i) => sum + (lines[i] === null ? 0 : allowedPx.length), 0);
      if (edges > best.edges) best = { lines, edges };
      if (lines.every((line) => line !== null)) return lines;
    }
  }
  return best.lines;
}

function orientationOf(borders: readonly Border[], reachPx: number): number | null {
  const lines = borders.map(({ corners }) =>
    Int32Array.from(bendsOf(corners, reachPx).flatMap((i) => [corners[2 * i]!, corners[2 * i + 1]!])),
  );
  return dominantOrientation(lines, LEAST_SHARE);
}

interface Outline {
  border: Border;
  /** Corners where stretches may meet. */
  breaks: readonly number[];
}

/**
 * All borders along one direction: `angle`, turned by what their stretches together lie better by. Once by price of a stretch;
 * each border takes stretches of another price where it must.
 */
function* squaredAlong(outlines: Outline[], angle: number, squaring: Squaring) {
  const price = Math.max(LEAST_PRICE, squaring.detailPx ** 3 / 4);
  const prices = [...new Set([price, price / 2, Math.max(LEAST_RETRY, price / 6)])];
  const known = new Map<number, (Cut | null)[]>();
  const cutsAt = (paid: number) => {
    const cuts = known.get(paid) ?? outlines.map((outline) => cut(outline, angle, paid));
    known.set(paid, cuts);
    return cuts;
  };
  for (const paid of prices) {
    const turned = angle + turnOf(cutsAt(paid));
    yield outlines.map(({ border: { allowedPx, closed } }, i) => {
      if (closed && allowedPx.length < SHORTEST_PX) return null;
      for (const other of new Set([paid, ...prices])) {
        const line = squareCut(cutsAt(other)[i]!, turned, squaring);
        if (line !== null) return line;
      }
      return null;
    });
  }
}

function squareCut(found: Cut | null, angle: number, { changePx, tipPx }: Squaring): Int32Array | null {
  if (found === null) return null;
  const { border, stretches } = found;
  const square = border.closed ? squareRing : squareOpenLine;
  return square(border, stretches, angle, { mostPx2: changePx * (border.allowedPx.length - 1), tipPx });
}

/** By how much a building's frame must turn, in radians, so that the stretches of all its borders lie best. */
function turnOf(cuts: (Cut | null)[]): number {
  let [lean, weight] = [0, 0];
  for (const one of cuts) {
    lean += one?.lean ?? 0;
    weight += one?.weight ?? 0;
  }
  return weight === 0 ? 0 : Math.atan(lean / weight);
}

/** A border cut into stretches. */
interface Cut extends ReturnType<TurnedOutline['lean']> {
  /** A closed one may begin elsewhere than it did. */
  border: Border;
  stretches: Stretch[];
}

function cut({ border, breaks }: Outline, angle: number, price: number): Cut | null {
  if (breaks.length > MOST_BENDS) return null;
  const cutting = { breaks, price, shortestFreePx: 2 * Math.cbrt(4 * price) };
  const outline = new TurnedOutline(border.corners, angle);
  const trial = cutInStretches(outline, cutting);
  if (!border.closed) return trial && { border, stretches: trial.stretches, ...outline.lean(trial.stretches) };
  const start = trial === null ? null : surestCorner(trial.stretches);
  if (start === null) return null;
  // where a ring begins is no corner of the building: it is cut again from one that is
  const turned = fromCorner(border, start);
  const edges = border.allowedPx.length - 1;
  const shifted = breaks.slice(1).map((corner) => (corner <= start ? corner + edges - start : corner - start));
  const ring = new TurnedOutline(turned.corners, angle);
  const firsts: Label[] = [ALONG, ACROSS, FREE];
  const again = { ...cutting, breaks: [0, ...shifted.sort((a, b) => a - b)] };
  const cuts = firsts.map((first) => cutInStretches(ring, { ...again, first }));
  const best = cuts.reduce((a, b) => (b !== null && (a === null || b.cost < a.cost) ? b : a));
  return best && { border: turned, stretches: best.stretches, ...ring.lean(best.stretches) };
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
