/**
 * The square form of a chain of a building's borders. Square is what has its walls along the building's orientation or square to it;
 * a side may be oblique (free) where the pixels show a true oblique wall, `SHORTEST_FREE_PX` long at least. What is shorter than
 * `JOG_PX` is no wall, and what leaves a wall for a node may turn it by `MOST_TURN`. Pure.
 */
import { UNITS_PER_PX } from './draft-line.ts';
import { fitOf, isSimple } from './line-fits.ts';
import { FREE, leansOut, type Stretch, TurnedOutline } from './right-angled-stretches.ts';

/**
 * Corners lie on the mean no further from the form, in pixels: 0.35 are the steps of a straight line, 0.5 with noise of a pixel
 * (measured on the buildings of BD TOPO at 0.2 and 0.5 m); what lies further is not right-angled.
 */
const MOST_ASIDE_PX = 0.65;
/** Share of the length that must lie along the two directions; shorter is free form, and stays. */
const LEAST_SQUARE_SHARE = 0.6;
/** A wall may be turned by so much to run into a node: tangent of 1°. */
export const MOST_TURN = Math.tan(Math.PI / 180);
/** What is shorter than this, in pixels, is no wall: nodes lie at pixel corners, walls need not, and noise takes them a pixel aside. */
export const JOG_PX = 2;
/** Shortest side, in pixels. */
const SHORTEST_PX = 1;
/** An oblique side meets that beside it no further from the corner of the border, in pixels: there noise takes either a pixel aside. */
const FURTHEST_MEETING_PX = 6;

/** On a line: the places (u, v) where `normal` · (u, v) is `offset`. */
interface Side extends Stretch {
  normal: readonly [number, number];
  offset: number;
}

export interface SquareForm {
  corners: Int32Array;
  closed: boolean;
  /** Its sides lie so or square to it, but the free ones; radians. */
  angle: number;
  /** Vertices, x and y by turns, in units; of a closed one the last is the first. */
  places: Int32Array;
  /** By vertex, the number of the corner it stands for; of a closed one they may count beyond its ends. */
  joints: number[];
}

/** The form of a chain, a closed one from a corner between two stretches; `null` where its stretches make none. */
export function squareForm(
  corners: Int32Array,
  closed: boolean,
  stretches: Stretch[],
  angle: number,
): SquareForm | null {
  const outline = new TurnedOutline(corners, angle);
  const walls = wallsAlong(outline, stretches, closed);
  if (walls === null || !isMostlySquare(walls.sides)) return null;
  const { sides, vertices } = walls;
  const places = new Int32Array(vertices.length);
  for (let i = 0; i < vertices.length; i += 2) {
    const [x, y] = outline.placeOf(vertices[i]!, vertices[i + 1]!);
    [places[i], places[i + 1]] = [Math.round(UNITS_PER_PX * x), Math.round(UNITS_PER_PX * y)];
  }
  if (!isSimple(places)) return null;
  const inPixels = Float64Array.from(places, (value) => value / UNITS_PER_PX);
  const joints = jointsOf(corners, closed, sides, inPixels);
  const allowedPx = new Float32Array(corners.length / 2).fill(Number.POSITIVE_INFINITY);
  if (fitOf({ corners, allowedPx, closed }, inPixels, joints).meanPx > MOST_ASIDE_PX) return null;
  return { corners, closed, angle, places, joints };
}

/** Sides, and where they meet, u and v by turns. */
interface Walls {
  sides: Side[];
  vertices: number[];
}

/**
 * The sides along the stretches. What would make a side run backwards, or hardly at all, is no side: its stretch goes to those
 * beside it, the shortest first. `null` where too few are left.
 */
function wallsAlong(outline: TurnedOutline, stretches: readonly Stretch[], closed: boolean): Walls | null {
  let rest: readonly Stretch[] | null = stretches;
  while (rest !== null && rest.length >= (closed ? 3 : 1)) {
    const sides = rest.map((stretch) => sideOf(outline, stretch));
    const meeting = verticesOf(outline, sides, closed);
    const back = (vertices: number[]) => sides.flatMap((side, k) => (goesOn(outline, side, vertices, k) ? [] : [k]));
    let gone = back(meeting);
    if (gone.length === 0) {
      const vertices = verticesOf(outline, keepingArea(outline, sides, meeting), closed);
      gone = back(vertices);
      if (gone.length === 0) return { sides, vertices };
    }
    const lengthOf = (k: number) => sides[k]!.to - sides[k]!.from;
    const shortest = gone.reduce((a, b) => (lengthOf(b) < lengthOf(a) ? b : a));
    rest = without(rest, shortest, closed);
  }
  return null;
}

/** Stretches without number `k`: two along one direction become one, others meet in its middle. */
function without(stretches: readonly Stretch[], k: number, closed: boolean): Stretch[] | null {
  const [before, gone, after] = [stretches[k - 1], stretches[k]!, stretches[k + 1]];
  if (before === undefined || after === undefined) {
    if (closed) return null; // where the ring begins is the surest of its corners
    const rest = stretches.filter((stretch) => stretch !== gone);
    const next = before === undefined ? rest[0] : rest.at(-1);
    if (next === undefined) return null;
    return rest.map((stretch) =>
      stretch === next ? { ...next, from: Math.min(next.from, gone.from), to: Math.max(next.to, gone.to) } : stretch,
    );
  }
  const middle = (gone.from + gone.to) >> 1;
  const joined =
    before.label === after.label && before.label !== FREE
      ? [{ ...before, to: after.to }]
      : [
          { ...before, to: middle },
          { ...after, from: middle },
        ];
  return [...stretches.slice(0, k - 1), ...joined, ...stretches.slice(k + 2)];
}

/** A side lies at the mean of its stretch without the ends, which may be a rounded corner's. */
function sideOf(outline: TurnedOutline, stretch: Stretch): Side {
  const { from, to, label } = stretch;
  const spare = Math.min(3, Math.floor((to - from) / 6));
  const normal = outline.normalOf(from + spare, to - spare, label);
  return { ...stretch, normal, offset: outline.offsetKeepingArea(from + spare, to - spare, normal) };
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

/**
 * Where two sides meet, standing for a corner. One side alone, or two that would meet far from the corner, as they hardly turn
 * there, have it where the corner stands beside the first that is along or across.
 */
function vertexOf({ u, v }: TurnedOutline, before: Side | undefined, after: Side | undefined, corner: number) {
  const [u0, v0] = [u[corner]!, v[corner]!];
  if (before !== undefined && after !== undefined) {
    const [[a, b], [c, d]] = [before.normal, after.normal];
    const turn = a * d - b * c;
    const meeting = [
      (before.offset * d - after.offset * b) / turn,
      (after.offset * a - before.offset * c) / turn,
    ] as const;
    if (Math.hypot(meeting[0] - u0, meeting[1] - v0) <= FURTHEST_MEETING_PX) return meeting;
    if (before.label !== FREE && after.label !== FREE) return meeting;
  }
  const side = [before, after].find((one) => one !== undefined && one.label !== FREE) ?? before ?? after!;
  const aside = side.offset - side.normal[0] * u0 - side.normal[1] * v0;
  return [u0 + aside * side.normal[0], v0 + aside * side.normal[1]] as const;
}

/**
 * The sides each moved out, or in, by the little that leaves its stretch, with half of the corners beside it, its area:
 * so a side depends on its own stretch and on those beside it, not on the whole building.
 */
function keepingArea({ u, v }: TurnedOutline, sides: Side[], vertices: number[]): Side[] {
  return sides.map((side, k) => {
    const [u0, v0, u1, v1] = vertices.slice(2 * k, 2 * k + 4) as [number, number, number, number];
    const travel = side.normal[0] * (v1 - v0) - side.normal[1] * (u1 - u0);
    if (travel === 0) return side;
    const between = [u1, v1, u0, v0];
    for (let i = side.from; i <= side.to; i++) between.push(u[i]!, v[i]!);
    return { ...side, offset: side.offset + areaOf(between) / travel };
  });
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
  const [du, dv] = [vertices[2 * k + 2]! - vertices[2 * k]!, vertices[2 * k + 3]! - vertices[2 * k + 1]!];
  if (label === FREE && !leansOut(du, dv)) return false;
  return Math.hypot(du, dv) >= SHORTEST_PX && du * (u[to]! - u[from]!) + dv * (v[to]! - v[from]!) > 0;
}

/** By vertex, the corner it stands for: the nearest one between the middles of the stretches it joins. */
function jointsOf(corners: Int32Array, closed: boolean, sides: Side[], places: ArrayLike<number>): number[] {
  const edges = corners.length / 2 - 1;
  const middle = ({ from, to }: Stretch) => (from + to) >> 1;
  const nearest = (k: number, from: number, to: number) => {
    let [best, least] = [from, Number.POSITIVE_INFINITY];
    for (let i = from; i <= to; i++) {
      const at = i < 0 ? i + edges : i;
      const square = (corners[2 * at]! - places[2 * k]!) ** 2 + (corners[2 * at + 1]! - places[2 * k + 1]!) ** 2;
      if (square < least) [best, least] = [i, square];
    }
    return best;
  };
  const joints = sides.slice(1).map((after, k) => nearest(k + 1, middle(sides[k]!) + 1, middle(after)));
  const first = closed ? nearest(0, middle(sides.at(-1)!) + 1 - edges, middle(sides[0]!)) : 0;
  return [first, ...joints, first + edges];
}
