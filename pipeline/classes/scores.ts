/**
 * The network's scores → class and confidence, or probabilities. Probabilities are worked out row by row, so that a row's best
 * scores stay in the processor's nearest cache while its planes pass by; only the part of the tile that counts is looked at.
 */
import type { PixelWindow } from '../grid.ts';
import { bestOf, CLOSE_CALL, NOT_FINITE } from './best-of.ts';
import type { Model } from './load-model.ts';
import type { Activation } from './model-contract.ts';

/** Scores of a tile: classes × sidePx × sidePx. */
export interface Scores {
  values: Float32Array;
  sidePx: number;
}

/** Which scores may be predicted, and what they are. */
export interface Scoring {
  /** Values of the class raster. */
  classes: number;
  /** Planes that may be predicted; of equal scores the first named wins. */
  allowed: Uint8Array;
  activation: Activation;
}

/** Row by row of the part looked at. */
export interface Classified {
  /** Index of the best class. */
  classes: Uint8Array;
  /** Its probability, 255 = 1. */
  confidence: Uint8Array;
  /** Pixels whose two best scores differ by less than `CLOSE`: another processor may decide otherwise. */
  closeAt: Uint32Array;
}

export const CLOSE = 1e-3;

/** exp(−d) for d from 0 by steps of 1/512, to where it is far below what 8 bits show. */
const STEPS = 512;
const LAST = 12 * STEPS;
const EXP = Float64Array.from({ length: LAST + 1 }, (_, i) => Math.exp(-i / STEPS));

/** One row of a part: by pixel, its best score and the probability of that. */
interface Row {
  best: Float64Array;
  share: Float64Array;
}

/** A single plane tells class 1 from the rest, from one half on: two planes of probabilities, as other networks have them. */
export function asPair({ values, sidePx }: Scores, activation: Activation): Scores {
  const size = sidePx * sidePx;
  const pair = new Float32Array(2 * size);
  for (let i = 0; i < size; i++) {
    const value = values[i]!;
    pair[size + i] = activation === 'logits' ? 1 / (1 + Math.exp(-value)) : value;
    pair[i] = 1 - pair[size + i]!;
  }
  return { values: pair, sidePx };
}

/** What may be predicted from a model's scores; those of a single plane are to be taken `asPair`. */
export function scoringOf({ classes, channels, activation }: Model): Scoring {
  if (channels.classes === 1) return { classes: 2, allowed: Uint8Array.of(1, 0), activation: 'sigmoid' };
  const allowed = classes.filter(({ codeCs }) => codeCs !== null).map(({ index }) => index);
  return { classes: classes.length, allowed: Uint8Array.from(allowed), activation };
}

/**
 * The best of the allowed classes in `part` of the tile, and the probability the network gives it: from logits, its softmax
 * among the allowed. Throws an Error where an allowed score is not a finite number.
 */
export function classifyPart(scores: Scores, part: PixelWindow, { allowed, activation }: Scoring): Classified {
  const { widthPx, heightPx } = part;
  const starts = planeStarts(scores, part, allowed);
  const where = { starts, rowLength: scores.sidePx, widthPx, heightPx };
  const { classes, confidence, flags } = bestOf(scores.values, where, allowed, activation === 'logits');
  const odd = flags.indexOf(NOT_FINITE);
  if (odd >= 0) refuse(scores.values, starts, Math.floor(odd / widthPx) * scores.sidePx + (odd % widthPx));
  const closeAt: number[] = [];
  for (let at = flags.indexOf(CLOSE_CALL); at >= 0; at = flags.indexOf(CLOSE_CALL, at + 1)) closeAt.push(at);
  return { classes: classes.slice(), confidence: confidence.slice(), closeAt: Uint32Array.from(closeAt) };
}

/** Says which of a pixel's scores is no finite number; `at` counts from where the part begins. */
function refuse(values: Float32Array, starts: Int32Array, at: number): never {
  const scores = Array.from(starts, (start) => values[start + at]!);
  throw new Error(`a score is ${scores.find((score) => !Number.isFinite(score))}`);
}

/**
 * Probabilities in `part` of the tile, pixel by pixel, one per class, `one` standing for 1; 0 for classes that may not be predicted.
 * Where they are weighted, they are rounded down: then the shares of tiles whose weights sum to 1 never sum to more than `one`.
 * Throws as `classifyPart`.
 */
export function sharesOfPart<Out extends Uint8Array | Uint16Array>(
  scores: Scores,
  part: PixelWindow,
  { classes, allowed, activation }: Scoring,
  out: Out,
  one: number,
  weights?: { columns: Float32Array; rows: Float32Array },
): Out {
  const { widthPx, heightPx } = part;
  const row: Row = { best: new Float64Array(widthPx), share: new Float64Array(widthPx) };
  const rounding = weights ? 0 : 0.5;
  const starts = planeStarts(scores, part, allowed);
  for (let y = 0; y < heightPx; y++, nextRow(starts, scores)) {
    scoreRow(scores.values, starts, activation, row);
    const ofRow = weights ? one * weights.rows[y]! : one;
    for (let x = 0, to = y * widthPx * classes; x < widthPx; x++, to += classes) {
      const scale = weights ? ofRow * weights.columns[x]! : ofRow;
      const best = row.best[x]!;
      for (let k = 0; k < allowed.length; k++) {
        const score = scores.values[starts[k]! + x]!;
        const share = activation === 'logits' ? row.share[x]! * exponential(best - score) : clamp(score);
        out[to + allowed[k]!] = scale * share + rounding;
      }
    }
  }
  return out;
}

/** Where the part begins in each of the planes that may be predicted. */
const planeStarts = ({ sidePx }: Scores, { xPx, yPx }: PixelWindow, allowed: Uint8Array) =>
  Int32Array.from(allowed, (plane) => (plane * sidePx + yPx) * sidePx + xPx);

function nextRow(starts: Int32Array, { sidePx }: Scores): void {
  for (let k = 0; k < starts.length; k++) starts[k]! += sidePx;
}

function scoreRow(values: Float32Array, starts: Int32Array, activation: Activation, row: Row) {
  const { best, share } = row;
  best.fill(Number.NEGATIVE_INFINITY);
  let odd = 0; // 0 times a finite number; ∞ and NaN leave NaN
  for (const start of starts) {
    for (let x = 0, at = start; x < best.length; x++, at++) {
      const score = values[at]!;
      if (score > best[x]!) best[x] = score;
      odd += score * 0;
    }
  }
  if (odd !== 0) for (let x = 0; x < best.length; x++) if (isOdd(values, starts, x)) refuse(values, starts, x);
  if (activation === 'logits') softmax(values, starts, row);
  else for (let x = 0; x < share.length; x++) share[x] = clamp(best[x]!);
}

const isOdd = (values: Float32Array, starts: Int32Array, at: number) =>
  starts.some((start) => !Number.isFinite(values[start + at]));

/** Share of the best in the sum of exponentials. */
function softmax(values: Float32Array, starts: Int32Array, { best, share }: Row): void {
  share.fill(0);
  for (const start of starts) {
    for (let x = 0; x < best.length; x++) share[x]! += exponential(best[x]! - values[start + x]!);
  }
  for (let x = 0; x < share.length; x++) share[x] = 1 / share[x]!;
}

const exponential = (below: number) => {
  const step = below * STEPS + 0.5;
  return step < LAST ? EXP[step | 0]! : 0;
};

const clamp = (probability: number) => Math.min(Math.max(probability, 0), 1);
