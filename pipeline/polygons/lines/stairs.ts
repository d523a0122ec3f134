/** A border's vertices to begin with: along the pixels, but where it goes down stairs. Pure. */
import { DraftLine } from './draft-line.ts';
import type { Border } from './straighten.ts';

/** The border's vertices as they are. */
export function alongPixels(border: Border): DraftLine {
  const draft = new DraftLine(border);
  const { starts } = runsOf(border);
  for (const corner of border.closed ? starts.slice(0, -1) : starts) draft.push(2 * corner);
  draft.close();
  return draft;
}

/**
 * A line drawn in pixels is runs of one pixel, its steps, between longer ones: the middles of the steps lie on it to half a pixel,
 * and take the place of their ends where those may be left aside. A run between two steps down the same stairs loses on one half
 * what it wins on the other. Any other keeps its place, but for as much of its end as half the tread beyond the step: a straight
 * wall is not moved by what happens at its corner.
 */
export function downStairs(border: Border): DraftLine {
  const draft = new DraftLine(border);
  const { around } = draft;
  const runs = runsOf(border);
  const count = runs.starts.length - 1;
  let [first, former] = [-1, -1];
  let left: number[] = []; // ends of steps since the last vertex
  let leftAtFirst: number[] = [];
  const put = (at: number) => {
    const way = border.closed && at >= around ? at - around : at;
    if (way === former) return;
    if (first < 0) [first, leftAtFirst] = [way, left];
    else if (left.length > 0 && !draft.stands(former, way)) for (const end of left) draft.push(end);
    left = [];
    if (way !== first || former < 0) draft.push(way);
    former = way;
  };
  if (!border.closed) put(0);
  for (let k = 0; k < count; k++) {
    const end = 2 * runs.starts[k + 1]!;
    for (const way of placesOn(runs, k)) put(way);
    if (!border.closed && k === count - 1) put(end);
    else if (isStep(runs, k) || isStep(runs, k + 1)) left.push(border.closed && end >= around ? end - around : end);
    else put(end);
  }
  if (border.closed) {
    left.push(...leftAtFirst);
    put(first);
  }
  draft.close();
  return draft;
}

/** The runs of a border: straight stretches between two of its turns. */
interface Runs {
  /** By run, its first corner; then the last one's end, beyond the border's first where that is no turn of a closed one. */
  starts: number[];
  /** By run: 0 east, 1 south, 2 west, 3 north. */
  headings: number[];
  closed: boolean;
}

function runsOf({ corners, closed }: Border): Runs {
  const last = corners.length / 2 - 1;
  const starts: number[] = [];
  const headings: number[] = [];
  let former = closed ? headingAt(corners, last - 1) : -1;
  for (let i = 0; i < last; i++) {
    const heading = headingAt(corners, i);
    if (heading !== former) {
      starts.push(i);
      headings.push(heading);
    }
    former = heading;
  }
  starts.push(closed ? starts[0]! + last : last);
  return { starts, headings, closed };
}

function headingAt(corners: Int32Array, i: number): number {
  const [dx, dy] = [corners[2 * i + 2]! - corners[2 * i]!, corners[2 * i + 3]! - corners[2 * i + 1]!];
  return dx !== 0 ? 1 - dx : 2 - dy;
}

/** Number of run `k`, counted round a closed border; −1 beyond the ends of another. */
function runAt({ headings, closed }: Runs, k: number): number {
  const count = headings.length;
  if (k >= 0 && k < count) return k;
  return closed ? (k + count) % count : -1;
}

const lengthOf = ({ starts }: Runs, run: number) => starts[run + 1]! - starts[run]!;

/** Whether a run of one pixel lies between two that go the same way; at an end, whether the stairs go on as they begin. */
function isStep(runs: Runs, k: number): boolean {
  const run = runAt(runs, k);
  if (run < 0 || lengthOf(runs, run) !== 1) return false;
  const [before, after] = [runAt(runs, run - 1), runAt(runs, run + 1)];
  if (before >= 0 && after >= 0) {
    return runs.headings[before] === runs.headings[after] && !isTooth(runs, before) && !isTooth(runs, after);
  }
  const next = runAt(runs, before < 0 ? run + 2 : run - 2);
  return next >= 0 && lengthOf(runs, next) === 1 && runs.headings[next] === runs.headings[run];
}

/** Whether a run of one pixel lies between two that go opposite ways. */
function isTooth(runs: Runs, run: number): boolean {
  const [before, after] = [runAt(runs, run - 1), runAt(runs, run + 1)];
  return lengthOf(runs, run) === 1 && before >= 0 && after >= 0 && runs.headings[before] !== runs.headings[after];
}

/** Vertices within run `k`, by their ways: the middle of a step, or where the stairs beside it end. */
function placesOn(runs: Runs, k: number): number[] {
  const [start, end] = [2 * runs.starts[k]!, 2 * runs.starts[k + 1]!];
  if (isStep(runs, k)) return [start + 1];
  const [before, after] = [isStep(runs, k - 1), isStep(runs, k + 1)];
  if (before && after && runs.headings[runAt(runs, k - 1)] === runs.headings[runAt(runs, k + 1)]) return [];
  const places: number[] = [];
  // a way counts half pixels
  if (before) places.push(start + Math.min(lengthOf(runs, k), treadAt(runs, k - 2)));
  if (after) places.push(end - Math.min(lengthOf(runs, k), treadAt(runs, k + 2)));
  return places;
}

/** Length of a run; 1 beyond the border's ends. */
function treadAt(runs: Runs, k: number): number {
  const run = runAt(runs, k);
  return run < 0 ? 1 : lengthOf(runs, run);
}
