/** A border between two places that stay, beside the part of a square form that stands for it. Pure. */
import { UNITS_PER_PX } from './draft-line.ts';
import { fitOf } from './line-fits.ts';
import { JOG_PX, MOST_TURN, type SquareForm } from './square-form.ts';
import type { Border } from './straighten.ts';

/** In pixels. */
type Place = [x: number, y: number];

export interface FormPart {
  border: Border;
  /** Number of the border's last corner. */
  last: number;
  /** Vertices of the form that stand for corners of the border, and the one before and the one after them. */
  places: Place[];
  /** By vertex, the corner it stands for, counted from the border's first. */
  joints: number[];
}

/** How a line leaves the border's first corner. */
export interface Ending {
  /** Places after the corner, the last of them on a wall; none: a wall runs into the corner. */
  places: Place[];
  /** By place, what it stands for: a corner's number, or that and a half for the middle of the edge after it. */
  joints: number[];
}

/** `at`: number of the form's corner that is the border's first. */
export function formPart({ corners, closed, places, joints }: SquareForm, border: Border, at: number): FormPart {
  const last = border.allowedPx.length - 1;
  const edges = corners.length / 2 - 1;
  const count = closed ? joints.length - 1 : joints.length;
  const all: { place: Place; joint: number }[] = [];
  for (const round of closed ? [-1, 0, 1, 2] : [0]) {
    for (let k = 0; k < count; k++) {
      const place: Place = [places[2 * k]! / UNITS_PER_PX, places[2 * k + 1]! / UNITS_PER_PX];
      all.push({ place, joint: joints[k]! + round * edges - at });
    }
  }
  let [from, to] = [0, all.length - 1];
  while (all[from + 1]!.joint <= 0) from++;
  while (all[to - 1]!.joint >= last) to--;
  const own = all.slice(from, to + 1);
  return { border, last, places: own.map(({ place }) => place), joints: own.map(({ joint }) => joint) };
}

/** The same seen from the border's other end. */
export function reversedPart({ border, last, places, joints }: FormPart): FormPart {
  const turned = joints.map((joint) => last - joint).reverse();
  return { border: turnedAround(border), last, places: places.toReversed(), joints: turned };
}

export function turnedAround({ corners, allowedPx, closed }: Border): Border {
  return { corners: turnedLine(corners), allowedPx: allowedPx.slice().reverse(), closed };
}

/** x and y by turns, from the last to the first. */
export const turnedLine = (line: Int32Array) =>
  Int32Array.from({ length: line.length }, (_, i) => line[line.length - 2 - i + 2 * (i & 1)]!);

/** Corners, but the ends, that the form passes too far away, or its vertices theirs. */
export function misfits({ border, last, places, joints }: FormPart): number[] {
  const found: number[] = [];
  let side = 0;
  for (let corner = 1; corner < last; corner++) {
    while (side + 2 < joints.length && joints[side + 1]! <= corner) side++;
    const here = placeAt(border, corner);
    const aside = apart(here, foot(places[side]!, places[side + 1]!, here).place);
    const allowed = border.allowedPx[corner]!;
    const isVertex = joints[side] === corner;
    if ((aside > 0 && aside >= allowed) || (isVertex && apart(here, places[side]!) >= allowed)) found.push(corner);
  }
  return found;
}

/** The place on the wall beside what `joint` stands for; `null` where that lies beyond the wall's ends. */
export function wallInto(part: FormPart, joint: number): Place | null {
  const side = sideAt(part, joint);
  const { place, along } = foot(part.places[side]!, part.places[side + 1]!, placeAt(part.border, joint));
  if (along < 0 || along > 1) return null;
  return [Math.round(place[0] * UNITS_PER_PX) / UNITS_PER_PX, Math.round(place[1] * UNITS_PER_PX) / UNITS_PER_PX];
}

/**
 * The way from the border's first corner to a place that stands for `to`, in as few segments as keep to what is allowed, none long
 * enough for a wall.
 */
export function jog(border: Border, to: number, place: Place): Ending | null {
  const ending: Ending = { places: [], joints: [] };
  for (let at = 0; at < to; ) {
    let next = to;
    while (next > at && !mayJoin(border, at, next, next === to ? place : placeAt(border, next))) next -= 0.5;
    if (next === at) return null;
    ending.places.push(next === to ? place : placeAt(border, next));
    ending.joints.push(next);
    at = next;
  }
  return ending;
}

function mayJoin(border: Border, a: number, b: number, place: Place): boolean {
  const start = placeAt(border, a);
  const length = apart(start, place);
  return length > 0 && length < JOG_PX && fitOf(border, [...start, ...place], [a, b]).fault === -1;
}

/** The whole line, in units; `null` where it is none. */
export function lineWith(part: FormPart, start: Ending, end: Ending): Int32Array | null {
  const { border, last } = part;
  const from = start.joints.at(-1) ?? 0;
  const to = last - (end.joints.at(-1) ?? 0);
  if (to <= from) return null;
  const inner = part.joints.flatMap((joint, k) => (joint > from && joint < to ? [k] : []));
  const places = [
    placeAt(border, 0),
    ...start.places,
    ...inner.map((k) => part.places[k]!),
    ...end.places.toReversed(),
    placeAt(border, last),
  ];
  const joints = [
    0,
    ...start.joints,
    ...inner.map((k) => part.joints[k]!),
    ...end.joints.map((joint) => last - joint).reverse(),
    last,
  ];
  for (let i = start.places.length; i + 1 < places.length - end.places.length; i++) {
    if (!isAlongWall(part, places[i]!, places[i + 1]!, (joints[i]! + joints[i + 1]!) / 2)) return null;
  }
  if (fitOf(border, places.flat(), joints).fault !== -1) return null;
  return Int32Array.from(places.flat(), (value) => Math.round(UNITS_PER_PX * value));
}

/** Whether a segment runs as the wall beside `joint` does, or is too short to be one. */
function isAlongWall(part: FormPart, a: Place, b: Place, joint: number): boolean {
  const side = sideAt(part, joint);
  const [p, q] = [part.places[side]!, part.places[side + 1]!];
  const [dx, dy, wallX, wallY] = [b[0] - a[0], b[1] - a[1], q[0] - p[0], q[1] - p[1]];
  const along = dx * wallX + dy * wallY;
  return apart(a, b) < JOG_PX || (along > 0 && Math.abs(dx * wallY - dy * wallX) <= MOST_TURN * along);
}

/** Number of the side that stands for a corner or the middle of an edge. */
function sideAt({ joints }: FormPart, joint: number): number {
  let [low, high] = [0, joints.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (joints[middle]! <= joint) low = middle;
    else high = middle - 1;
  }
  return low;
}

function placeAt({ corners }: Border, joint: number): Place {
  const [a, b] = [2 * Math.floor(joint), 2 * Math.ceil(joint)];
  return [(corners[a]! + corners[b]!) / 2, (corners[a + 1]! + corners[b + 1]!) / 2];
}

const apart = (a: Place, b: Place) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Where the perpendicular from a place meets the line through two others, and how far along, 0 at `a`, 1 at `b`. */
function foot([ax, ay]: Place, [bx, by]: Place, [x, y]: Place): { place: Place; along: number } {
  const [dx, dy] = [bx - ax, by - ay];
  const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
  return { place: [ax + along * dx, ay + along * dy], along };
}
