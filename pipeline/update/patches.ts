/** Where a new image contradicts the frame clearly enough to be believed. Pure. */
import { connectedRegions } from '../regions.ts';
import { openedBySquares } from './opening.ts';

/** Two rasters of one numbering, row by row, 0 = nodata. */
export interface Pair {
  widthPx: number;
  heightPx: number;
  frame: Uint8Array;
  /** What the new image shows, specks sieved. */
  seen: Uint8Array;
  /** Confidence in `seen`, 255 = 1. */
  confidence: Uint8Array;
}

export interface PatchTests {
  /** Mean confidence of a patch, 0 to 1. */
  minConfidence: number;
  minPixels: number;
  minWidthPx: number;
}

export interface Patches {
  /** The frame with the believed patches in it. */
  held: Uint8Array;
  /** Patches wide enough to be looked at, and how many of them were believed. */
  wide: number;
  believed: number;
}

/**
 * Width is tested on each change by itself, from one class of the frame to one class of the new image. That is what tells a
 * new limit from an old one seen a pixel beside: that strip is narrow even where it runs along a change that is real. A patch
 * is a connected piece of one new class among what is wide enough, whatever it replaces: a house on the edge of a wood is one
 * patch. It is believed when it has `minPixels` and the mean confidence.
 */
export function believedPatches(pair: Pair, tests: PatchTests): Patches {
  const changes = changesOf(pair);
  const opened = openedBySquares(changes, pair.widthPx, tests.minWidthPx);
  const patches = connectedRegions(
    pair.seen.map((value, i) => (opened[i] ? value : 0)),
    pair.widthPx,
    pair.heightPx,
  );
  const confidence = new Float64Array(patches.count + 1);
  for (let i = 0; i < patches.labels.length; i++) confidence[patches.labels[i]!]! += pair.confidence[i]! / 255;
  const isBelieved = Uint8Array.from(confidence, (sum, patch) => {
    const pixels = patches.pixels[patch]!;
    return patch > 0 && pixels >= tests.minPixels && sum >= pixels * tests.minConfidence ? 1 : 0;
  });
  const inPatch = new Uint8Array(pair.frame.length);
  const held = pair.frame.slice();
  for (let i = 0; i < held.length; i++) {
    if (isBelieved[patches.labels[i]!]) {
      inPatch[i] = 1;
      held[i] = pair.seen[i]!;
    }
  }
  growPatches(pair, changes, inPatch, held, tests.minWidthPx);
  return { held, wide: patches.count, believed: isBelieved.reduce((sum, one) => sum + one, 0) };
}

/** By pixel: 256 × class of the frame + class seen where both are known and differ, else 0. */
function changesOf({ frame, seen }: Pair): Uint16Array {
  const changes = new Uint16Array(frame.length);
  for (let i = 0; i < frame.length; i++) {
    const [before, now] = [frame[i]!, seen[i]!];
    if (before !== 0 && now !== 0 && before !== now) changes[i] = before * 256 + now;
  }
  return changes;
}

/**
 * Gives back to believed patches, within `reachPx` and inside the same class of the frame, what the opening took from their
 * outline: pixels of the same change, and contradicted pixels where less than the smallest width of the old class is left.
 * `held` and `inPatch` are changed in place.
 */
function growPatches(pair: Pair, changes: Uint16Array, inPatch: Uint8Array, held: Uint8Array, reachPx: number): void {
  const { frame, widthPx } = pair;
  const left = frame.map((value, i) => (inPatch[i] ? 0 : value));
  const leftWide = openedBySquares(left, widthPx, reachPx);
  const isTaken = (from: number, to: number) =>
    !inPatch[to] && changes[to] !== 0 && frame[to] === frame[from] && (pair.seen[to] === held[from] || !leftWide[to]);
  let front = outlineOf(inPatch, widthPx);
  for (let round = 0; round < reachPx && front.length > 0; round++) {
    const nextFront: number[] = [];
    for (const from of front) {
      for (const to of neighbours(from, widthPx, frame.length)) {
        if (!isTaken(from, to)) continue;
        inPatch[to] = 1;
        held[to] = held[from]!;
        nextFront.push(to);
      }
    }
    front = nextFront;
  }
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
