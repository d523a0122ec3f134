/** Confidence intervals when neighbouring pixels are right or wrong together: whole blocks of ground are drawn again. Pure. */
import { classScores } from './confusion.ts';
import { randomFrom } from './random.ts';

/** Bounds of a 95 % confidence interval; null where too few blocks tell. */
export type Interval = [low: number, high: number] | null;

/** What blocks of ground count, `size` labels each: [truth, found, right] of every label, block after block. */
export interface BlockCounts {
  size: number;
  counts: Float64Array | Uint32Array;
}

export interface BlockIntervals {
  /** Blocks that hold a scored pixel. */
  blocks: number;
  accuracy: Interval;
  /** Standard error of the accuracy. */
  accuracyError: number | null;
  meanIou: Interval;
  classes: { precision: Interval; recall: Interval; f1: Interval; iou: Interval }[];
}

const REPLICATES = 1000;
/** A class is given an interval when it occurs in so many of the replicates. */
const ENOUGH = 0.9;

/**
 * Percentile intervals of the block bootstrap: as many blocks as there are, drawn with replacement, 1 000 times over. With
 * fewer than two blocks there is none; with fewer than about twenty it is too narrow, which the caller should say.
 */
export function blockIntervals(blocks: BlockCounts, seed: number, replicates = REPLICATES): BlockIntervals {
  const { size } = blocks;
  const filled = filledRows(blocks);
  if (filled.length < 2) {
    const none = { precision: null, recall: null, f1: null, iou: null };
    return {
      blocks: filled.length,
      accuracy: null,
      accuracyError: null,
      meanIou: null,
      classes: Array(size).fill(none),
    };
  }
  const random = randomFrom(seed);
  const accuracy: number[] = [];
  const meanIou: number[] = [];
  const classes = Array.from({ length: size }, () => ({ precision: [], recall: [], f1: [], iou: [] }) as Draws);
  const total = new Float64Array(size * 3);
  for (let replicate = 0; replicate < replicates; replicate++) {
    total.fill(0);
    for (let i = 0; i < filled.length; i++) {
      const row = filled[Math.floor(random() * filled.length)]!;
      for (let k = 0; k < total.length; k++) total[k]! += row[k]!;
    }
    addReplicate(total, accuracy, meanIou, classes);
  }
  const interval = (values: number[]) => percentiles(values, replicates);
  return {
    blocks: filled.length,
    accuracy: interval(accuracy),
    accuracyError: deviation(accuracy),
    meanIou: interval(meanIou),
    classes: classes.map(({ precision, recall, f1, iou }) => ({
      precision: interval(precision),
      recall: interval(recall),
      f1: interval(f1),
      iou: interval(iou),
    })),
  };
}

type Draws = Record<'precision' | 'recall' | 'f1' | 'iou', number[]>;

function filledRows({ size, counts }: BlockCounts) {
  const rows: (Float64Array | Uint32Array)[] = [];
  for (let start = 0; start < counts.length; start += size * 3) {
    const row = counts.subarray(start, start + size * 3);
    if (row.some((count) => count > 0)) rows.push(row);
  }
  return rows;
}

function addReplicate(total: Float64Array, accuracy: number[], meanIou: number[], classes: Draws[]): void {
  let [pixels, rightPixels, iouSum, held] = [0, 0, 0, 0];
  for (const [index, draws] of classes.entries()) {
    const [truth, found, right] = [total[3 * index]!, total[3 * index + 1]!, total[3 * index + 2]!];
    const scores = classScores(truth, found, right);
    for (const key of ['precision', 'recall', 'f1', 'iou'] as const) {
      const value = scores[key];
      if (value !== null) draws[key].push(value);
    }
    pixels += truth;
    rightPixels += right;
    if (scores.iou === null) continue;
    iouSum += scores.iou;
    held++;
  }
  accuracy.push(rightPixels / pixels);
  meanIou.push(iouSum / held);
}

function percentiles(values: number[], replicates: number): Interval {
  if (values.length < replicates * ENOUGH) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
  };
  return [at(0.025), at(0.975)];
}

function deviation(values: number[]): number {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1));
}
