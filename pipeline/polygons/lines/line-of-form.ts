/**
 * The part of a building's square form that one of its borders takes. A border between two nodes keeps its ends, which lie at pixel
 * corners: it runs straight into them where that hardly turns the wall, else it leaves the wall by a jog. Pure.
 */
import { fromCorner } from './building-chains.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { type Ending, type FormPart, formPart, jog, lineWith, misfits, reversedPart, wallInto } from './form-part.ts';
import { fitOf, isSimple } from './line-fits.ts';
import { JOG_PX, MOST_TURN, type SquareForm } from './square-form.ts';
import type { Border } from './straighten.ts';

/** Corners besides its nodes that a border is led through where a wall does not fit. */
const MOST_PINS = 3;
/** Jogs end at most so many pixels beyond the first corner that leaves room for a wall; the plainest are tried. */
const [REACH_PX, TRIES] = [4, 5];
/** A jog goes with the border for so many pixels at most: noise makes as much where covers meet at a wall. */
const LONGEST_JOG_PX = 8;

/**
 * The line of a border that begins at the form's corner number `at` and runs its way, x and y by turns in units. `null` where the
 * form does not keep within what the border's corners allow.
 */
export function lineOfForm(form: SquareForm, border: Border, at: number): Int32Array | null {
  const line = border.closed ? ringOfForm(form, border, at) : lineBetween(form, border, at, MOST_PINS);
  return line !== null && isSimple(line) ? line : null;
}

/** The whole form in place of a border without nodes; where a corner does not let it, the line passes through that. */
function ringOfForm(form: SquareForm, border: Border, at: number): Int32Array | null {
  const edges = border.allowedPx.length - 1;
  const inPixels = Float64Array.from(form.places, (value) => value / UNITS_PER_PX);
  const { fault } = fitOf(fromPlace(border, (edges - at) % edges), inPixels, form.joints);
  if (fault === -1) return form.places;
  const start = (fault - at + edges) % edges;
  return lineBetween(form, { ...fromPlace(border, start), closed: false }, fault, MOST_PINS - 1);
}

function fromPlace({ corners, allowedPx, closed }: Border, first: number): Border {
  const turned = new Float32Array(allowedPx.length);
  turned.set(allowedPx.subarray(first));
  turned.set(allowedPx.subarray(1, first + 1), allowedPx.length - first);
  return { corners: fromCorner(corners, first), allowedPx: turned, closed };
}

/** The same between two places that stay. `pins`: other corners that the line may be led through. */
function lineBetween(form: SquareForm, border: Border, at: number, pins: number): Int32Array | null {
  const part = formPart(form, border, at);
  const { last } = part;
  let [first, final] = [0, last];
  for (const corner of misfits(part)) {
    if (corner <= LONGEST_JOG_PX && corner <= last - corner) first = corner;
    else if (last - corner <= LONGEST_JOG_PX) final = Math.min(final, corner);
    else return pins === 0 ? null : lineThrough(form, border, at, pins, corner);
  }
  const endings = endingsOf(part, first);
  const others = endingsOf(reversedPart(part), last - final);
  for (let sum = 0; sum < endings.length + others.length - 1; sum++) {
    for (let i = Math.max(0, sum - others.length + 1); i <= Math.min(sum, endings.length - 1); i++) {
      const line = lineWith(part, endings[i]!, others[sum - i]!);
      if (line !== null) return line;
    }
  }
  return null;
}

function lineThrough(form: SquareForm, border: Border, at: number, pins: number, corner: number) {
  const { corners, allowedPx } = border;
  const head = {
    ...border,
    corners: corners.subarray(0, 2 * corner + 2),
    allowedPx: allowedPx.subarray(0, corner + 1),
  };
  const tail = { ...border, corners: corners.subarray(2 * corner), allowedPx: allowedPx.subarray(corner) };
  const before = lineBetween(form, head, at, 0);
  const after = before && lineBetween(form, tail, at + corner, pins - 1);
  return after && Int32Array.from([...before, ...after.subarray(2)]);
}

/** How a border may leave the node it begins at, the plainest first; its corner number `misfit` is the last that a wall does not fit. */
function endingsOf(part: FormPart, misfit: number): Ending[] {
  const endings: Ending[] = [];
  if (misfit <= JOG_PX) endings.push({ places: [], joints: [] });
  for (let to = misfit + 0.5; to <= misfit + REACH_PX && to < part.last; to += 0.5) {
    const place = wallInto(part, to);
    const ending = place && jog(part.border, to, place);
    if (ending) endings.push(ending);
  }
  return endings.sort((a, b) => a.places.length - b.places.length).slice(0, TRIES);
}

/** The line of a border too short for a wall; `null` of others. */
export function lineOfJog(border: Border): Int32Array | null {
  const { corners, allowedPx } = border;
  const last = allowedPx.length - 1;
  if (border.closed || last > LONGEST_JOG_PX) return null;
  const way = jog(border, last, [corners[2 * last]!, corners[2 * last + 1]!]);
  const places = [[corners[0]!, corners[1]!], ...(way?.places ?? [])];
  const line = Int32Array.from(places.flat(), (value) => value * UNITS_PER_PX);
  return way !== null && isSimple(line) ? line : null;
}

/** Whether every segment of a line runs along a side of the form, or is too short to be a wall. */
export function isSquare({ angle, places }: SquareForm, line: Int32Array): boolean {
  const directions = [angle, angle + Math.PI / 2, ...headings(places)];
  const isNear = (heading: number) => directions.some((other) => Math.abs(Math.tan(heading - other)) <= MOST_TURN);
  return headings(line).every(isNear);
}

/** Of the segments of a line that are no jogs, radians. */
function headings(line: Int32Array): number[] {
  const found: number[] = [];
  for (let i = 2; i < line.length; i += 2) {
    const [dx, dy] = [line[i]! - line[i - 2]!, line[i + 1]! - line[i - 1]!];
    if (Math.hypot(dx, dy) >= JOG_PX * UNITS_PER_PX) found.push(Math.atan2(dy, dx));
  }
  return found;
}
