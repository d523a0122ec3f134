/** Confusion matrices and what is read from them. Pure. */

/** Pixels by true class (row) and found class (column), size × size, row by row. */
export interface Confusion {
  size: number;
  counts: Float64Array;
}

/** Shares of one class; null where it would be 0 / 0. */
export interface ClassScores {
  truthPx: number;
  foundPx: number;
  rightPx: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  iou: number | null;
}

export interface Scores {
  pixels: number;
  /** Share of pixels right. */
  accuracy: number;
  /** Mean over the classes that the truth or the prediction holds. */
  meanIou: number;
  /** Mean over the classes that the truth holds: one found where there is none of it does not count as 0. */
  meanIouTruth: number;
  /** The same as FLAIR's metrics.py computes it: over all classes kept, one that occurs nowhere counting 0. */
  meanIouFlair: number;
  meanF1: number;
  /** Mean recall over the classes that the truth holds: every class weighs the same. */
  balancedAccuracy: number;
  /** Cohen's kappa; null where chance alone would be right everywhere. */
  kappa: number | null;
  classes: ClassScores[];
}

/**
 * Scores of a confusion matrix. Throws an Error when it is empty: there is nothing to say of no pixel.
 */
export function scoresOf({ size, counts }: Confusion): Scores {
  const truthPx = new Float64Array(size);
  const foundPx = new Float64Array(size);
  for (let truth = 0; truth < size; truth++) {
    for (let found = 0; found < size; found++) {
      truthPx[truth]! += counts[truth * size + found]!;
      foundPx[found]! += counts[truth * size + found]!;
    }
  }
  const pixels = sum(truthPx);
  if (pixels === 0) throw new Error('no pixel to score');
  const classes = Array.from({ length: size }, (_, index) =>
    classScores(truthPx[index]!, foundPx[index]!, counts[index * size + index]!),
  );
  const accuracy = sum(classes.map(({ rightPx }) => rightPx)) / pixels;
  const chance = sum(classes.map((row) => row.truthPx * row.foundPx)) / pixels ** 2;
  return {
    pixels,
    accuracy,
    meanIou: meanOf(classes, 'iou'),
    meanIouTruth: meanOf(
      classes.filter((row) => row.truthPx > 0),
      'iou',
    ),
    meanIouFlair: sum(classes.map(({ iou }) => iou ?? 0)) / size,
    meanF1: meanOf(classes, 'f1'),
    balancedAccuracy: meanOf(classes, 'recall'),
    kappa: chance === 1 ? null : (accuracy - chance) / (1 - chance),
    classes,
  };
}

/** Shares of a class that the truth has on `truthPx` pixels and the prediction on `foundPx`, `rightPx` of them together. */
export const classScores = (truthPx: number, foundPx: number, rightPx: number): ClassScores => ({
  truthPx,
  foundPx,
  rightPx,
  precision: share(rightPx, foundPx),
  recall: share(rightPx, truthPx),
  f1: share(2 * rightPx, truthPx + foundPx),
  iou: share(rightPx, truthPx + foundPx - rightPx),
});

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

function meanOf(classes: ClassScores[], key: 'iou' | 'f1' | 'recall'): number {
  const known = classes.flatMap((row) => (row[key] === null ? [] : [row[key]]));
  return sum(known) / known.length;
}

/**
 * A confusion matrix of `size` labels from counts of pairs (truth × found, row by row). `truthOf` and `foundOf` give each
 * class its label; −1 leaves its row or column out, as FLAIR deletes those of ignored classes from the full matrix.
 */
export function mergePairs(
  pairs: ArrayLike<number>,
  truthOf: ArrayLike<number>,
  foundOf: ArrayLike<number>,
  size: number,
): Confusion {
  const counts = new Float64Array(size * size);
  for (let truth = 0; truth < truthOf.length; truth++) {
    for (let found = 0; found < foundOf.length; found++) {
      const [row, column] = [truthOf[truth]!, foundOf[found]!];
      if (row >= 0 && column >= 0) counts[row * size + column]! += pairs[truth * foundOf.length + found]!;
    }
  }
  return { size, counts };
}

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
