/** Scores of rasters in memory against the truth, pixel by pixel. Pure. Values: 1 + index of a code; 0 is nodata, left out. */
import { mergePairs, scoresOf, sum } from './confusion.ts';

export interface PixelScores {
  pixels: number;
  /** Share of pixels right. */
  accuracy: number;
  /** Mean over the classes that the truth holds. */
  meanIou: number;
  classes: { code: string; truthPixels: number; recall: number; precision: number; iou: number }[];
}

/** Compares two rasters whose values index the same `codes`. */
export function scorePixels(found: Uint8Array, truth: Uint8Array, codes: string[]): PixelScores {
  const side = codes.length + 1;
  const pairs = new Float64Array(side * side);
  for (let i = 0; i < truth.length; i++) pairs[truth[i]! * side + found[i]!]!++;
  const labels = Array.from({ length: side }, (_, value) => value - 1); // nodata has none
  const { pixels, accuracy, classes } = scoresOf(mergePairs(pairs, labels, labels, codes.length));
  const held = classes.flatMap(({ truthPx, recall, precision, iou }, index) =>
    truthPx === 0
      ? []
      : [{ code: codes[index]!, truthPixels: truthPx, recall: recall!, precision: precision ?? 0, iou: iou! }],
  );
  return { pixels, accuracy, meanIou: sum(held.map(({ iou }) => iou)) / held.length, classes: held };
}

export interface ChangeScores {
  truthPixels: number;
  foundPixels: number;
  /** Share of the ground that changed that was found. */
  recall: number;
  /** Share of the ground found as changed that had. */
  precision: number;
}

/** Where the class differs between two dates, found against true. Nodata on any side is left out. */
export function scoreChange(
  found: { before: Uint8Array; after: Uint8Array },
  truth: { before: Uint8Array; after: Uint8Array },
): ChangeScores {
  let truthPixels = 0;
  let foundPixels = 0;
  let both = 0;
  for (let i = 0; i < truth.before.length; i++) {
    if (!(truth.before[i]! && truth.after[i]! && found.before[i]! && found.after[i]!)) continue;
    const changed = truth.before[i] !== truth.after[i];
    const said = found.before[i] !== found.after[i];
    if (changed) truthPixels++;
    if (said) foundPixels++;
    if (changed && said) both++;
  }
  return { truthPixels, foundPixels, recall: both / truthPixels, precision: both / foundPixels };
}

/** For each region (1 … count): whether none of its pixels changed. Returns flags, index 0 unused. */
export function untouchedRegions(
  regions: Uint32Array,
  count: number,
  truth: { before: Uint8Array; after: Uint8Array },
): Uint8Array {
  const untouched = new Uint8Array(count + 1).fill(1);
  for (let i = 0; i < regions.length; i++) {
    if (truth.before[i] !== truth.after[i]) untouched[regions[i]!] = 0;
  }
  return untouched;
}
