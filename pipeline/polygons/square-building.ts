/**
 * Buildings squared: the border of a building drawn along its dominant orientation and square to it, arc by arc. What comes out
 * depends on the arc and on the clearance at its corners alone, as in `straighten.ts`. Pure.
 *
 * Facts: production.md §4.4 (length-weighted histogram of angles modulo 90°, edges near it snapped, vertices moved by about a
 * metre at most, kept only where the intersection over union is 0.9 or more and the topology holds).
 */
import { bendsOf } from './bends.ts';
import { dominantOrientation } from './dominant-orientation.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { isSimple, staysWithin } from './line-fits.ts';
import {
  ACROSS,
  ALONG,
  cutInStretches,
  FREE,
  type Label,
  type Stretch,
  TurnedOutline,
} from './right-angled-stretches.ts';
import { areaInBoth } from './ring-overlap.ts';
import type { Border } from './straighten.ts';

/** The steps of a straight line drawn in pixels lie within so much of each other: √2, and a little. */
const STEP_PX = 1.45;
/** Steps of noise are not worth a side, however small the detail asked for: in pixels, squared, along the border. */
const LEAST_PRICE = 8;
/** Outlines with more vertices are no single building. */
const MOST_BREAKS = 600;
const LEAST_IOU = 0.9;
const LARGEST_AREA_CHANGE = 0.01;
/** Share of the length that must lie along the two directions; shorter is free form, and stays. */
const LEAST_SQUARE_SHARE = 0.6;
/** Shortest side, in pixels. */
const SHORTEST_PX = 1;

/**
 * The squared line of a building's border: x and y by turns, in 1/64 of a pixel; ends of an open border stay, a closed one may
 * begin elsewhere. Notches much smaller than `detailPx` square go. `null` where no right-angled line keeps within what the corners
 * allow, or its IoU with the border's own ring would be below 0.9: then the border is better straightened.
 */
export function squareBuilding(border: Border, detailPx: number): Int32Array | null {
  const breaks = bendsOf(border.corners, STEP_PX);
  if (breaks.length > MOST_BREAKS) return null;
  const price = Math.max(LEAST_PRICE, detailPx ** 3 / 4);
  for (const reachPx of [STEP_PX, 2 * STEP_PX]) {
    const angle = orientationOf(border.corners, reachPx);
    if (angle === null) continue;
    for (const attempt of [price, price / 2]) {
      const line = border.closed
        ? squareRing(border, breaks, angle, attempt)
        : squareOpen(border, breaks, angle, attempt);
      if (line !== null) return line;
    }
  }
  return null;
}

function orientationOf(corners: Int32Array, reachPx: number): number | null {
  return dominantOrientation(
    Int32Array.from(bendsOf(corners, reachPx).flatMap((i) => [corners[2 * i]!, corners[2 * i + 1]!])),
  );
}

function squareOpen(border: Border, breaks: number[], angle: number, price: number): Int32Array | null {
  const outline = new TurnedOutline(border.corners, angle);
  const cut = cutInStretches(outline, { breaks, price, shortestFreePx: 2 * Math.cbrt(4 * price), fixedEnds: true });
  return cut === null ? null : lineAlong(border, cut.stretches, angle + outline.turn(cut.stretches));
}

/** Where a ring begins is no corner of the building: it is cut once to find one, and again from there. */
function squareRing(border: Border, breaks: number[], angle: number, price: number): Int32Array | null {
  const trial = cutInStretches(new TurnedOutline(border.corners, angle), {
    breaks,
    price,
    shortestFreePx: 2 * Math.cbrt(4 * price),
    fixedEnds: false,
  });
  const start = trial === null ? null : surestCorner(trial.stretches);
  if (start === null) return null;
  const turned = fromCorner(border, start);
  const edges = border.allowedPx.length - 1;
  const shifted = breaks.slice(1).map((corner) => (corner <= start ? corner + edges - start : corner - start));
  const outline = new TurnedOutline(turned.corners, angle);
  const sorted = [0, ...shifted.sort((a, b) => a - b)];
  const cuts = [ALONG, ACROSS, FREE].map((first) =>
    cutInStretches(outline, {
      breaks: sorted,
      price,
      shortestFreePx: 2 * Math.cbrt(4 * price),
      fixedEnds: false,
      first: first as Label,
    }),
  );
  const best = cuts.reduce((a, b) => (b !== null && (a === null || b.cost < a.cost) ? b : a));
  return best === null ? null : lineAlong(turned, best.stretches, angle + outline.turn(best.stretches));
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

/** The line along the stretches, in the frame at `angle`; `null` where it may not take the border's place. */
function lineAlong(border: Border, stretches: Stretch[], angle: number): Int32Array | null {
  const outline = new TurnedOutline(border.corners, angle);
  const { closed, corners } = border;
  const lines = stretches.map((stretch) => ({ ...stretch, offset: offsetOf(outline, stretch) }));
  if (!closed) fixEnds(outline, lines);
  if (lines.length < 2 || !isMostlySquare(lines)) return null;
  const vertices = closed ? withAreaOf(outline, lines) : verticesOf(outline, lines, false);
  if (!goesOn(outline, lines, vertices)) return null;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const line = new Int32Array(vertices.length);
  for (let i = 0; i < vertices.length; i += 2) {
    line[i] = Math.round(UNITS_PER_PX * (corners[0]! + vertices[i]! * cos - vertices[i + 1]! * sin));
    line[i + 1] = Math.round(UNITS_PER_PX * (corners[1]! + vertices[i]! * sin + vertices[i + 1]! * cos));
  }
  const inPixels = Float64Array.from(line, (value) => value / UNITS_PER_PX);
  if (!isSimple(line, closed) || !staysWithin(border, inPixels, jointsOf(border, lines, inPixels))) return null;
  return closed && !isSameGround(corners, inPixels) ? null : line;
}

type SquareLine = Stretch & { offset: number };

/** The mean of a stretch without its ends, which may be a rounded corner's. */
function offsetOf(outline: TurnedOutline, { from, to, label }: Stretch): number {
  const spare = Math.min(3, Math.floor((to - from) / 6));
  return outline.offset(from + spare, to - spare, label);
}

function fixEnds({ u, v }: TurnedOutline, lines: SquareLine[]): void {
  const [first, last] = [lines[0]!, lines.at(-1)!];
  first.offset = (first.label === ALONG ? v : u)[first.from]!;
  last.offset = (last.label === ALONG ? v : u)[last.to]!;
}

function isMostlySquare(lines: SquareLine[]): boolean {
  let [square, all] = [0, 0];
  for (const { from, to, label } of lines) {
    all += to - from;
    if (label !== FREE) square += to - from;
  }
  return square >= LEAST_SQUARE_SHARE * all;
}

/** Where the lines meet, u and v by turns. A free one runs between its neighbours from corner to corner. */
function verticesOf({ u, v }: TurnedOutline, lines: SquareLine[], closed: boolean): number[] {
  const vertices: number[] = [];
  for (let k = 0; k <= lines.length; k++) {
    const [before, after] = [
      lines[closed ? (k + lines.length - 1) % lines.length : k - 1],
      lines[closed ? k % lines.length : k],
    ];
    const corner = after?.from ?? before!.to;
    const across = before?.label === ACROSS ? before : after?.label === ACROSS ? after : undefined;
    const along = before?.label === ALONG ? before : after?.label === ALONG ? after : undefined;
    vertices.push(across?.offset ?? u[corner]!, along?.offset ?? v[corner]!);
  }
  return vertices;
}

/** Vertices of a ring whose square sides are moved out, or in, by the little that gives it the area of the border. */
function withAreaOf(outline: TurnedOutline, lines: SquareLine[]): number[] {
  const { u, v } = outline;
  const wanted = areaOf(Array.from({ length: 2 * u.length }, (_, i) => (i % 2 === 0 ? u : v)[i >> 1]!));
  let vertices = verticesOf(outline, lines, true);
  for (let turn = 0; turn < 2; turn++) {
    const missing = wanted - areaOf(vertices);
    const travel = lines.map(({ label }, k) =>
      label === FREE
        ? 0
        : label === ALONG
          ? vertices[2 * k]! - vertices[2 * k + 2]!
          : vertices[2 * k + 3]! - vertices[2 * k + 1]!,
    );
    const length = travel.reduce((sum, way) => sum + Math.abs(way), 0);
    lines.forEach((line, k) => {
      line.offset += (Math.sign(travel[k]!) * missing) / length;
    });
    vertices = verticesOf(outline, lines, true);
  }
  return vertices;
}

/** Area of a closed ring, positive where it turns from the first axis towards the second. */
function areaOf(ring: ArrayLike<number>): number {
  let twice = 0;
  for (let i = 2; i < ring.length; i += 2) twice += ring[i - 2]! * ring[i + 1]! - ring[i]! * ring[i - 1]!;
  return twice / 2;
}

/** Whether every side runs the way its stretch of the border does, for a pixel at least. */
function goesOn({ u, v }: TurnedOutline, lines: SquareLine[], vertices: number[]): boolean {
  return lines.every(({ from, to }, k) => {
    const [du, dv] = [vertices[2 * k + 2]! - vertices[2 * k]!, vertices[2 * k + 3]! - vertices[2 * k + 1]!];
    return Math.hypot(du, dv) >= SHORTEST_PX && du * (u[to]! - u[from]!) + dv * (v[to]! - v[from]!) > 0;
  });
}

/** By vertex, the corner it stands for: the nearest one between the middles of the stretches it joins. */
function jointsOf({ corners, closed }: Border, lines: SquareLine[], line: ArrayLike<number>): number[] {
  const edges = corners.length / 2 - 1;
  const middle = ({ from, to }: Stretch) => (from + to) >> 1;
  const nearest = (k: number, from: number, to: number) => {
    let [best, least] = [from, Number.POSITIVE_INFINITY];
    for (let i = from; i <= to; i++) {
      const at = i < 0 ? i + edges : i;
      const square = (corners[2 * at]! - line[2 * k]!) ** 2 + (corners[2 * at + 1]! - line[2 * k + 1]!) ** 2;
      if (square < least) [best, least] = [i, square];
    }
    return best;
  };
  const joints = lines.slice(1).map((after, k) => nearest(k + 1, middle(lines[k]!) + 1, middle(after)));
  const first = closed ? nearest(0, middle(lines.at(-1)!) + 1 - edges, middle(lines[0]!)) : 0;
  return [first, ...joints, first + edges];
}

function isSameGround(corners: Int32Array, line: Float64Array): boolean {
  const [former, latter] = [Math.abs(areaOf(corners)), Math.abs(areaOf(line))];
  if (Math.abs(latter - former) > LARGEST_AREA_CHANGE * former) return false;
  const both = areaInBoth(corners, line);
  return both >= LEAST_IOU * (former + latter - both);
}
