/** Where a new image contradicts the frame, and how far what is believed of it goes. By blocks; the cut cannot show. Pure. */
import { type Framed, innerOf } from '../blocks/framed.ts';
import { openedBySquares } from './opening.ts';

/** Two rasters of one numbering, 0 = nodata. */
export interface Pair {
  frame: Framed;
  /** What the new image shows, specks sieved. */
  seen: Framed;
}

/** Pixels round a block that `widePatches` looks at: a square that covers a pixel reaches so far. */
export const frameOfPatches = (minWidthPx: number) => minWidthPx - 1;

/** Pixels round a block that `grownPatches` looks at: where growth may come from, a square beyond, and an outline's neighbours. */
export const frameOfGrowth = (minWidthPx: number) => 2 * minWidthPx;

/**
 * By pixel of the block: what is seen, where the change is wide enough to be looked at; else 0.
 *
 * Width is tested on each change by itself, from one class of the frame to one class of the new image. That is what tells a
 * new limit from an old one seen a pixel beside: that strip is narrow even where it runs along a change that is real. A patch
 * is a connected piece of one new class among what is wide enough, whatever it replaces: a house on the edge of a wood is one
 * patch.
 */
export function widePatches(pair: Pair, minWidthPx: number): Uint8Array {
  const { seen } = pair;
  const opened = openedBySquares(changesOf(pair), strideOf(seen), minWidthPx);
  return innerOf({ ...seen, pixels: seen.pixels.map((value, i) => (opened[i] ? value : 0)) }).pixels;
}

/**
 * By pixel of the block: the class of the frame, but where a patch is believed that of the patch, and of nodata what is seen.
 *
 * Gives back to believed patches, within `reachPx` and inside the same class of the frame, what the opening took from their
 * outline: pixels of the same change, and contradicted pixels where less than the smallest width of the old class is left.
 * Of two patches that reach a pixel at once, the one whose outline comes first in the raster has it.
 */
export function grownPatches(pair: Pair, believed: Framed, reachPx: number): Uint8Array {
  const [frame, seen, stride] = [pair.frame.pixels, pair.seen.pixels, strideOf(pair.frame)];
  const changes = changesOf(pair);
  const inPatch = believed.pixels.slice();
  const held = frame.map((value, i) => (inPatch[i] || value === 0 ? seen[i]! : value));
  if (!inPatch.includes(1)) return innerOf({ ...pair.frame, pixels: held }).pixels;
  const left = frame.map((value, i) => (inPatch[i] ? 0 : value));
  const leftWide = openedBySquares(left, stride, reachPx);
  const isTaken = (from: number, to: number) =>
    !inPatch[to] && changes[to] !== 0 && frame[to] === frame[from] && (seen[to] === held[from] || !leftWide[to]);
  let front = outlineOf(inPatch, stride);
  for (let round = 0; round < reachPx && front.length > 0; round++) {
    const nextFront: number[] = [];
    for (const from of front) {
      for (const to of neighbours(from, stride, frame.length)) {
        if (!isTaken(from, to)) continue;
        inPatch[to] = 1;
        held[to] = held[from]!;
        nextFront.push(to);
      }
    }
    front = nextFront;
  }
  return innerOf({ ...pair.frame, pixels: held }).pixels;
}

const strideOf = ({ widthPx, framePx }: Framed) => widthPx + 2 * framePx;

/** By pixel: 256 × class of the frame + class seen where both are known and differ, else 0. */
function changesOf({ frame, seen }: Pair): Uint16Array {
  const changes = new Uint16Array(frame.pixels.length);
  for (let i = 0; i < changes.length; i++) {
    const [before, now] = [frame.pixels[i]!, seen.pixels[i]!];
    if (before !== 0 && now !== 0 && before !== now) changes[i] = before * 256 + now;
  }
  return changes;
}

function outlineOf(inPatch: Uint8Array, widthPx: number): number[] {
  const outline: number[] = [];
  for (let i = 0; i < inPatch.length; i++) {
    if (inPatch[i] && neighbours(i, widthPx, inPatch.length).some((n) => !inPatch[n])) outline.push(i);
  }
  return outline;
}

function neighbours(i: number, widthPx: number, length: number): number[] {
  const x = i % widthPx;
  return [x > 0 ? i - 1 : -1, x < widthPx - 1 ? i + 1 : -1, i - widthPx, i + widthPx].filter(
    (n) => n >= 0 && n < length,
  );
}
