/** The rings of one region from what is known of its borders in few bytes: a very large region's. Pure. */
import { turnOf } from './region-rings.ts';

/** A region's borders, it on the left of each, by number, in columns: 37 bytes each. */
export interface Halves {
  startX: Int32Array;
  startY: Int32Array;
  endX: Int32Array;
  endY: Int32Array;
  /** The first of its points in scan order. */
  firstX: Int32Array;
  firstY: Int32Array;
  /** How it leaves its start, how it arrives at its end (two bits each), whether it is closed. */
  headings: Uint8Array;
  vertices: Uint32Array;
  /** Where its line is. */
  lineAt: Float64Array;
}

export function emptyHalves(count: number): Halves {
  const column = () => new Int32Array(count);
  return {
    startX: column(),
    startY: column(),
    endX: column(),
    endY: column(),
    firstX: column(),
    firstY: column(),
    headings: new Uint8Array(count),
    vertices: new Uint32Array(count),
    lineAt: new Float64Array(count),
  };
}

/** The rings, each as the numbers of its halves, in the order and by the rule of `ringsOfRegion`. */
export function* ringsOfHalves(halves: Halves): Generator<Uint32Array> {
  const { headings, firstX, firstY } = halves;
  const count = headings.length;
  const next = followers(halves);
  const walked = new Uint8Array(count);
  const sequence = new Uint32Array(count);
  const ends = new Uint32Array(count);
  /** By ring: the half with its first corner. */
  const firsts = new Uint32Array(count);
  const comesBefore = (a: number, b: number) =>
    firstY[a]! < firstY[b]! || (firstY[a] === firstY[b] && firstX[a]! < firstX[b]!);
  let [rings, at] = [0, 0];
  for (let start = 0; start < count; start++) {
    if (walked[start] === 1) continue;
    let first = start;
    for (let half = start; walked[half] === 0; half = next[half]!) {
      walked[half] = 1;
      sequence[at++] = half;
      if (comesBefore(half, first)) first = half;
    }
    firsts[rings] = first;
    ends[rings++] = at;
  }
  const order = Uint32Array.from({ length: rings }, (_, ring) => ring);
  order.sort((a, b) => firstY[firsts[a]!]! - firstY[firsts[b]!]! || firstX[firsts[a]!]! - firstX[firsts[b]!]!);
  for (const ring of order) yield sequence.subarray(ring === 0 ? 0 : ends[ring - 1]!, ends[ring]);
}

/** By half: the one that goes on where it ends. */
function followers({ startX, startY, endX, endY, headings }: Halves): Uint32Array {
  const next = Uint32Array.from(headings, (_, half) => half);
  const open = next.filter((half) => headings[half]! < CLOSED);
  open.sort((a, b) => startY[a]! - startY[b]! || startX[a]! - startX[b]!);
  const firstAt = (x: number, y: number) => {
    let [low, high] = [0, open.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const half = open[middle]!;
      if (startY[half]! < y || (startY[half] === y && startX[half]! < x)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  for (const half of open) {
    const [x, y, arrival] = [endX[half]!, endY[half]!, (headings[half]! >> 2) & 3];
    let best = 4;
    for (let i = firstAt(x, y); i < open.length; i++) {
      const other = open[i]!;
      if (startX[other] !== x || startY[other] !== y) break;
      const turn = turnOf(arrival, headings[other]! & 3);
      if (turn < best) [next[half], best] = [other, turn];
    }
  }
  return next;
}

const CLOSED = 1 << 4;
