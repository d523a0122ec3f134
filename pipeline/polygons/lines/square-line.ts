/** The line along the stretches of an outline: sides where they belong, vertices where sides meet. Pure. */
import { areaBetween } from './area-between.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { type Fit, fitOf, isSimple } from './line-fits.ts';
import { ACROSS, ALONG, FREE, type Label, leansOut, type Stretch, TurnedOutline } from './right-angled-stretches.ts';
import type { Border } from './straighten.ts';

/**
 * Corners lie on the mean no further from the line, in pixels: 0.35 are the steps of a straight line, 0.5 with noise of a pixel
 * (measured on the buildings of BD TOPO at 0.2 and 0.5 m); what lies further is not right-angled.
 */
const MOST_ASIDE_PX = 0.55;
/** … and of one border among several of a building, the orientation of which is known from all. */
const MOST_ASIDE_OPEN_PX = 0.75;
/** Share of the length that must lie along the two directions; shorter is free form, and stays. */
const LEAST_SQUARE_SHARE = 0.6;
/** Shortest side, in pixels; the tip that joins a side to a node may be shorter. */
const SHORTEST_PX = 1;
/** A side is moved by at most so much to pass through a node. */
const HELD_PX = 0.75;

/** `offset`: the v of a side along, the u of one across. One that is `held` passes through a node. */
interface Side extends Stretch {
  offset: number;
  held?: boolean;
  tip?: boolean;
}

interface Drawn extends Fit {
  line: Int32Array;
}

/** What a squared line may do. */
export interface Limits {
  /** Ground that may change sides, in square pixels. */
  mostPx2: number;
  /** From an end that stays, a side begins after so many pixels of border at most: nodes lie at pixel corners, sides need not. */
  tipPx: number;
}

/** The squared line of a closed border whose first corner is one between two stretches; `null` where it may not take its place. */
export function squareRing(border: Border, stretches: Stretch[], angle: number, limits: Limits): Int32Array | null {
  const outline = new TurnedOutline(border.corners, angle);
  const drawn = draw(border, outline, sidesOf(outline, stretches));
  return drawn !== null && drawn.fault === -1 && keepsGround(border, drawn, limits) ? drawn.line : null;
}

/** The same for one that is not closed. Its ends stay; sides begin a few pixels from them where they cannot pass through them. */
export function squareOpenLine(border: Border, stretches: Stretch[], angle: number, limits: Limits): Int32Array | null {
  const outline = new TurnedOutline(border.corners, angle);
  const [first, final] = [stretches[0]!, stretches.at(-1)!];
  const last = border.allowedPx.length - 1;
  let startPx = passesNear(outline, first, 0) ? 0 : 1;
  let endPx = first !== final && passesNear(outline, final, last) ? 0 : 1; // a single side does not pass through both
  const nearPx = limits.tipPx + 2; // beyond, what does not fit is no matter of the tip
  while (startPx <= limits.tipPx && endPx <= limits.tipPx) {
    const drawn = draw(border, outline, withTips(border, outline, sidesOf(outline, stretches), startPx, endPx));
    const fault = drawn?.fault ?? -1;
    if (drawn !== null && fault === -1 && keepsGround(border, drawn, limits)) return drawn.line;
    if (drawn === null) [startPx, endPx] = [startPx + 1, endPx + 1];
    else if (fault !== -1 && fault < nearPx && fault < last / 2) startPx++;
    else if (fault > last - nearPx) endPx++;
    else if (startPx === 0) startPx++;
    else if (endPx === 0) endPx++;
    else return null;
  }
  return null;
}

const sidesOf = (outline: TurnedOutline, stretches: Stretch[]): Side[] =>
  stretches.map((stretch) => ({ ...stretch, offset: offsetOf(outline, stretch) }));

/** A side lies at the mean of its stretch without the ends, which may be a rounded corner's. */
function offsetOf(outline: TurnedOutline, { from, to, label }: Stretch): number {
  const spare = Math.min(3, Math.floor((to - from) / 6));
  return outline.offset(from + spare, to - spare, label);
}

const asideOf = ({ u, v }: TurnedOutline, label: Label, corner: number) => (label === ALONG ? v : u)[corner]!;

/** Whether a side may be moved so that it passes through a node. */
const passesNear = (outline: TurnedOutline, side: Stretch, corner: number) =>
  side.label === FREE || Math.abs(offsetOf(outline, side) - asideOf(outline, side.label, corner)) <= HELD_PX;

/** Without a tip the first, the last side passes through the node; a tip takes the place of sides that are no longer than it. */
function withTips(border: Border, outline: TurnedOutline, sides: Side[], startPx: number, endPx: number): Side[] {
  const last = border.allowedPx.length - 1;
  const [from, to] = [startPx, last - endPx];
  const left = sides.filter((side) => side.to > from && side.from < to);
  const [first, final] = [left[0], left.at(-1)];
  if (first === undefined || final === undefined) return [];
  first.from = Math.max(first.from, from);
  final.to = Math.min(final.to, to);
  for (const side of [first, final]) side.offset = offsetOf(outline, side);
  const through = (side: Side, corner: number) => {
    side.offset = asideOf(outline, side.label, corner);
    side.held = true;
  };
  if (startPx === 0) through(first, 0);
  if (endPx === 0) through(final, last);
  const meeting = (side: Side, corner: number) => outline.placeOf(...vertexOf(outline, side, undefined, corner));
  const atStart = tip(border, 0, from, meeting(first, from));
  return [...atStart, ...left, ...tip(border, last, to, meeting(final, to)).reverse()];
}

/**
 * The way from a node to the place on the first side that stands for corner `to`, in as few segments as keep to what is allowed,
 * which is little next to the node.
 */
function tip(border: Border, node: number, to: number, place: [x: number, y: number]): Side[] {
  const step = Math.sign(to - node);
  const sides: Side[] = [];
  const push = (a: number, b: number) => {
    sides.push({ from: Math.min(a, b), to: Math.max(a, b), label: FREE, offset: 0, tip: true });
  };
  for (let at = node; node !== to; ) {
    if (mayJoin(border, at, to, place)) {
      push(at, to);
      break;
    }
    if (at === to) break;
    let next = to;
    while (next !== at + step && !mayJoin(border, at, next, cornerOf(border, next))) next -= step;
    push(at, next);
    at = next;
  }
  return sides;
}

const cornerOf = ({ corners }: Border, i: number): [x: number, y: number] => [corners[2 * i]!, corners[2 * i + 1]!];

/** Whether the segment from corner `a` to a place that stands for corner `b` may take the place of the border between them. */
function mayJoin(border: Border, a: number, b: number, place: [x: number, y: number]): boolean {
  const corner = cornerOf(border, a);
  if (corner[0] === place[0] && corner[1] === place[1]) return false;
  const [segment, joints] =
    a <= b
      ? [
          [...corner, ...place],
          [a, b],
        ]
      : [
          [...place, ...corner],
          [b, a],
        ];
  return fitOf(border, segment, joints).fault === -1;
}

function draw(border: Border, outline: TurnedOutline, sides: Side[]): Drawn | null {
  if (sides.length < 2 || !isMostlySquare(sides)) return null;
  const { corners, closed } = border;
  const vertices = keepingArea(outline, sides, closed, areaOf(corners));
  const back = sides.find((side, k) => !goesOn(outline, side, vertices, k));
  if (back !== undefined) return { line: new Int32Array(0), fault: (back.from + back.to) >> 1, meanPx: 0 };
  const line = new Int32Array(vertices.length);
  for (let i = 0; i < vertices.length; i += 2) {
    const [x, y] = outline.placeOf(vertices[i]!, vertices[i + 1]!);
    [line[i], line[i + 1]] = [Math.round(UNITS_PER_PX * x), Math.round(UNITS_PER_PX * y)];
  }
  if (!isSimple(line)) return null;
  const placed = inPixels(line);
  return { line, ...fitOf(border, placed, jointsOf(border, sides, placed)) };
}

function isMostlySquare(sides: Side[]): boolean {
  let [square, all] = [0, 0];
  for (const { from, to, label } of sides) {
    all += to - from;
    if (label !== FREE) square += to - from;
  }
  return square >= LEAST_SQUARE_SHARE * all;
}

/** Where the sides meet, u and v by turns. */
function verticesOf(outline: TurnedOutline, sides: Side[], closed: boolean): number[] {
  const vertices: number[] = [];
  const n = sides.length;
  for (let k = 0; k <= n; k++) {
    const [before, after] = closed ? [sides[(k + n - 1) % n], sides[k % n]] : [sides[k - 1], sides[k]];
    vertices.push(...vertexOf(outline, before, after, after?.from ?? before!.to));
  }
  return vertices;
}

/** Where two sides meet, standing for a corner; a free one, or none, leaves the other where it passes the corner. */
function vertexOf({ u, v }: TurnedOutline, before: Side | undefined, after: Side | undefined, corner: number) {
  const across = before?.label === ACROSS ? before : after?.label === ACROSS ? after : undefined;
  const along = before?.label === ALONG ? before : after?.label === ALONG ? after : undefined;
  return [across?.offset ?? u[corner]!, along?.offset ?? v[corner]!] as const;
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

/** Whether side `k` runs the way its stretch of the border does, for a pixel at least; a free one along neither direction. */
function goesOn({ u, v }: TurnedOutline, side: Side, vertices: number[], k: number): boolean {
  const { from, to, label } = side;
  if (side.tip) return true;
  const [du, dv] = [vertices[2 * k + 2]! - vertices[2 * k]!, vertices[2 * k + 3]! - vertices[2 * k + 1]!];
  if (label === FREE && !leansOut(du, dv)) return false;
  return Math.hypot(du, dv) >= SHORTEST_PX && du * (u[to]! - u[from]!) + dv * (v[to]! - v[from]!) > 0;
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

/** Whether the line stays with its border all along, and little ground changes sides. */
function keepsGround({ corners, closed }: Border, { line, meanPx }: Drawn, { mostPx2 }: Limits): boolean {
  if (meanPx > (closed ? MOST_ASIDE_PX : MOST_ASIDE_OPEN_PX)) return false;
  if (mostPx2 === Number.POSITIVE_INFINITY) return true;
  return areaBetween(corners, inPixels(line)) <= mostPx2;
}

const inPixels = (line: Int32Array) => Float64Array.from(line, (value) => value / UNITS_PER_PX);
