/** The line along the stretches of an outline: sides where they belong, vertices where sides meet. Pure. */
import { areaBetween } from './area-between.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { type Fit, fitOf, isSimple } from './line-fits.ts';
import { ACROSS, ALONG, FREE, type Stretch, TurnedOutline } from './right-angled-stretches.ts';
import type { Border } from './straighten.ts';

/** 0.9 is asked for; the lines of sight it is measured by leave out a little. */
const LEAST_IOU = 0.905;
/** … and more where other borders of the building, straightened or of the ossature, take their part. */
const LEAST_IOU_OPEN = 0.92;
/**
 * Corners lie on the mean no further from the line, in pixels: 0.35 are the steps of a straight line, 0.5 with noise of a pixel
 * (measured on the buildings of BD TOPO at 0.2 and 0.5 m); what lies further is not right-angled.
 */
const MOST_ASIDE_PX = 0.55;
/** Share of the length that must lie along the two directions; shorter is free form, and stays. */
const LEAST_SQUARE_SHARE = 0.6;
/** Shortest side, in pixels; the tip that joins a side to a node may be shorter. */
const SHORTEST_PX = 1;
/** From an end that stays, a side may begin after so many pixels of border: nodes lie at pixel corners, sides need not. */
const TIPS_PX = [0, 1, 2, 3, 4, 6, 8];

/** `offset`: the v of a side along, the u of one across. One that is `held` passes through a node. */
interface Side extends Stretch {
  offset: number;
  held?: boolean;
  tip?: boolean;
}

interface Drawn extends Fit {
  line: Int32Array;
}

/** The squared line of a closed border whose first corner is one between two stretches; `null` where it may not take its place. */
export function squareRing(border: Border, stretches: Stretch[], angle: number): Int32Array | null {
  const outline = new TurnedOutline(border.corners, angle);
  const drawn = draw(border, outline, sidesOf(outline, stretches), angle);
  return drawn !== null && drawn.fault === -1 && keepsGround(border, drawn) ? drawn.line : null;
}

/** The same for one that is not closed. Its ends stay; sides begin a few pixels from them where they cannot pass through them. */
export function squareOpenLine(border: Border, stretches: Stretch[], angle: number): Int32Array | null {
  const outline = new TurnedOutline(border.corners, angle);
  const last = border.allowedPx.length - 1;
  const near = TIPS_PX.at(-1)! + 2;
  let [atStart, atEnd] = [0, 0];
  for (;;) {
    const sides = withTips(outline, sidesOf(outline, stretches), TIPS_PX[atStart]!, TIPS_PX[atEnd]!);
    const drawn = sides === null ? null : draw(border, outline, sides, angle);
    if (drawn === null) return null;
    if (drawn.fault === -1) return keepsGround(border, drawn) ? drawn.line : null;
    if (drawn.fault < near && drawn.fault < last / 2) atStart++;
    else if (drawn.fault > last - near) atEnd++;
    else return null;
    if (atStart === TIPS_PX.length || atEnd === TIPS_PX.length) return null;
  }
}

/** A side lies at the mean of its stretch without the ends, which may be a rounded corner's. */
function sidesOf(outline: TurnedOutline, stretches: Stretch[]): Side[] {
  return stretches.map((stretch) => {
    const { from, to, label } = stretch;
    const spare = Math.min(3, Math.floor((to - from) / 6));
    return { ...stretch, offset: outline.offset(from + spare, to - spare, label) };
  });
}

/** Without a tip the first, the last side passes through the node. `null` where no side is left beside a tip. */
function withTips({ u, v }: TurnedOutline, sides: Side[], startPx: number, endPx: number): Side[] | null {
  const [first, last] = [sides[0]!, sides.at(-1)!];
  const [start, end] = [first.from, last.to];
  const through = (side: Side, corner: number) => {
    side.offset = (side.label === ALONG ? v : u)[corner]!;
    side.held = true;
  };
  if (first === last || first.to - start <= startPx || end - last.from <= endPx) return null;
  if (startPx === 0) through(first, start);
  else first.from = start + startPx;
  if (endPx === 0) through(last, end);
  else last.to = end - endPx;
  const tip = (from: number, to: number): Side[] =>
    from === to ? [] : [{ from, to, label: FREE, offset: 0, tip: true }];
  return [...tip(start, first.from), ...sides, ...tip(last.to, end)];
}

function draw(border: Border, outline: TurnedOutline, sides: Side[], angle: number): Drawn | null {
  if (sides.length < 2 || !isMostlySquare(sides)) return null;
  const { corners, closed } = border;
  const vertices = keepingArea(outline, sides, closed, areaOf(corners));
  if (!goesOn(outline, sides, vertices)) return null;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const line = new Int32Array(vertices.length);
  for (let i = 0; i < vertices.length; i += 2) {
    line[i] = Math.round(UNITS_PER_PX * (corners[0]! + vertices[i]! * cos - vertices[i + 1]! * sin));
    line[i + 1] = Math.round(UNITS_PER_PX * (corners[1]! + vertices[i]! * sin + vertices[i + 1]! * cos));
  }
  if (!isSimple(line)) return null;
  const inPixels = Float64Array.from(line, (value) => value / UNITS_PER_PX);
  return { line, ...fitOf(border, inPixels, jointsOf(border, sides, inPixels)) };
}

function isMostlySquare(sides: Side[]): boolean {
  let [square, all] = [0, 0];
  for (const { from, to, label } of sides) {
    all += to - from;
    if (label !== FREE) square += to - from;
  }
  return square >= LEAST_SQUARE_SHARE * all;
}

/** Where the sides meet, u and v by turns. A free one runs between its neighbours from corner to corner. */
function verticesOf({ u, v }: TurnedOutline, sides: Side[], closed: boolean): number[] {
  const vertices: number[] = [];
  const n = sides.length;
  for (let k = 0; k <= n; k++) {
    const [before, after] = closed ? [sides[(k + n - 1) % n], sides[k % n]] : [sides[k - 1], sides[k]];
    const corner = after?.from ?? before!.to;
    const across = before?.label === ACROSS ? before : after?.label === ACROSS ? after : undefined;
    const along = before?.label === ALONG ? before : after?.label === ALONG ? after : undefined;
    vertices.push(across?.offset ?? u[corner]!, along?.offset ?? v[corner]!);
  }
  return vertices;
}

/** Vertices of the sides, those that are not held moved out, or in, by the little that leaves both grounds their area. */
function keepingArea(outline: TurnedOutline, sides: Side[], closed: boolean, wanted: number): number[] {
  let vertices = verticesOf(outline, sides, closed);
  for (let turn = 0; turn < 2; turn++) {
    const missing = wanted - areaOf(vertices);
    const travel = sides.map(({ label, held }, k) => {
      if (label === FREE || held) return 0;
      return label === ALONG ? vertices[2 * k]! - vertices[2 * k + 2]! : vertices[2 * k + 3]! - vertices[2 * k + 1]!;
    });
    const length = travel.reduce((sum, way) => sum + Math.abs(way), 0);
    if (length === 0) break;
    sides.forEach((side, k) => {
      side.offset += (Math.sign(travel[k]!) * missing) / length;
    });
    vertices = verticesOf(outline, sides, closed);
  }
  return vertices;
}

/** Area of a ring, closed by a straight line if need be; positive where it turns from the first axis towards the second. */
function areaOf(ring: ArrayLike<number>): number {
  const n = ring.length;
  let twice = ring[n - 2]! * ring[1]! - ring[0]! * ring[n - 1]!;
  for (let i = 2; i < n; i += 2) twice += ring[i - 2]! * ring[i + 1]! - ring[i]! * ring[i - 1]!;
  return twice / 2;
}

/** Whether every side runs the way its stretch of the border does, for a pixel at least. */
function goesOn({ u, v }: TurnedOutline, sides: Side[], vertices: number[]): boolean {
  return sides.every(({ from, to, tip }, k) => {
    if (tip) return true;
    const [du, dv] = [vertices[2 * k + 2]! - vertices[2 * k]!, vertices[2 * k + 3]! - vertices[2 * k + 1]!];
    return Math.hypot(du, dv) >= SHORTEST_PX && du * (u[to]! - u[from]!) + dv * (v[to]! - v[from]!) > 0;
  });
}

/** By vertex, the corner it stands for: the nearest one between the middles of the stretches it joins. */
function jointsOf({ corners, closed }: Border, sides: Side[], line: ArrayLike<number>): number[] {
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
  const joints = sides.slice(1).map((after, k) => nearest(k + 1, middle(sides[k]!) + 1, middle(after)));
  const first = closed ? nearest(0, middle(sides.at(-1)!) + 1 - edges, middle(sides[0]!)) : 0;
  return [first, ...joints, first + edges];
}

/**
 * Whether the building keeps its ground: IoU of the border's ring with the line's. Of an open border, closed by a straight line
 * from end to end: the building is that and more, and where all its borders keep to this, so does it.
 */
function keepsGround({ corners, closed }: Border, { line, meanPx }: Drawn): boolean {
  if (meanPx > MOST_ASIDE_PX) return false;
  const inPixels = Float64Array.from(line, (value) => value / UNITS_PER_PX);
  const between = areaBetween(corners, inPixels);
  const both = (Math.abs(areaOf(corners)) + Math.abs(areaOf(inPixels)) - between) / 2;
  return both >= (closed ? LEAST_IOU : LEAST_IOU_OPEN) * (both + between);
}
