/**
 * The network's scores → class and confidence. Pure. Works row by row, so that a row's best scores stay in the processor's
 * nearest cache while its planes pass by; only the part of the tile that counts is looked at.
 */
import type { PixelWindow } from '../grid.ts';
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

/** `CLOSE` in steps, from the half that rounds. */
const CLOSE_STEPS = CLOSE * STEPS + 0.5;

/** One row of a part: what is best in it. */
interface Row {
  best: Float64Array;
  class: Uint8Array;
  /** Probability of the best. */
  share: Float64Array;
  /** Classes whose score is the best or less than `CLOSE` below it. */
  near: Uint8Array;
}

const makeRow = (widthPx: number): Row => ({
  best: new Float64Array(widthPx),
  class: new Uint8Array(widthPx),
  share: new Float64Array(widthPx),
  near: new Uint8Array(widthPx),
});

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
  const classes = new Uint8Array(widthPx * heightPx);
  const confidence = new Uint8Array(widthPx * heightPx);
  const closeAt: number[] = [];
  const row = makeRow(widthPx);
  const starts = planeStarts(scores, part, allowed);
  for (let y = 0; y < heightPx; y++, nextRow(starts, scores)) {
    scoreRow(scores.values, starts, allowed, activation, row);
    classes.set(row.class, y * widthPx);
    for (let x = 0, to = y * widthPx; x < widthPx; x++, to++) {
      confidence[to] = (255 * row.share[x]! + 0.5) | 0;
      if (row.near[x]! > 1) closeAt.push(to);
    }
  }
  return { classes, confidence, closeAt: Uint32Array.from(closeAt) };
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
  const row = makeRow(widthPx);
  const rounding = weights ? 0 : 0.5;
  const starts = planeStarts(scores, part, allowed);
  for (let y = 0; y < heightPx; y++, nextRow(starts, scores)) {
    scoreRow(scores.values, starts, allowed, activation, row);
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

function scoreRow(values: Float32Array, starts: Int32Array, allowed: Uint8Array, activation: Activation, row: Row) {
  takeBest(values, starts, allowed, row);
  const finite = activation === 'logits' ? softmax(values, starts, row) : probability(values, starts, row);
  if (finite) return;
  for (let x = 0; x < row.best.length; x++) {
    const wrong = [...starts].map((start) => values[start + x]!).find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new Error(`a score is ${wrong}`);
  }
}

/** Four planes at a time, the last one again where fewer are left: a row's best is loaded and stored once for four. */
function takeBest(values: Float32Array, starts: Int32Array, allowed: Uint8Array, row: Row): void {
  const { best, class: found } = row;
  const last = starts.length - 1;
  best.fill(Number.NEGATIVE_INFINITY);
  for (let k = 0; k <= last; k += 4) {
    const [l, m, n] = [Math.min(k + 1, last), Math.min(k + 2, last), Math.min(k + 3, last)];
    const [a, b, c, d] = [starts[k]!, starts[l]!, starts[m]!, starts[n]!];
    for (let x = 0; x < best.length; x++) {
      const p = values[a + x]!;
      const q = values[b + x]!;
      const r = values[c + x]!;
      const s = values[d + x]!;
      let top = best[x]!;
      if (!(p > top || q > top || r > top || s > top)) continue;
      let at = k;
      if (p > top) top = p;
      if (q > top) {
        top = q;
        at = l;
      }
      if (r > top) {
        top = r;
        at = m;
      }
      if (s > top) {
        top = s;
        at = n;
      }
      best[x] = top;
      found[x] = allowed[at]!;
    }
  }
}

/** Share of the best in the sum of exponentials, four planes at a time. Returns whether all scores are finite numbers. */
function softmax(values: Float32Array, starts: Int32Array, { best, share, near }: Row): boolean {
  share.fill(0);
  near.fill(0);
  let odd = 0; // 0 times a finite number; ∞ and NaN leave NaN
  let k = 0;
  for (; k + 3 < starts.length; k += 4) {
    const [a, b, c, d] = [starts[k]!, starts[k + 1]!, starts[k + 2]!, starts[k + 3]!];
    for (let x = 0; x < best.length; x++) {
      const top = best[x]!;
      const p = (top - values[a + x]!) * STEPS + 0.5;
      const q = (top - values[b + x]!) * STEPS + 0.5;
      const r = (top - values[c + x]!) * STEPS + 0.5;
      const s = (top - values[d + x]!) * STEPS + 0.5;
      let sum = share[x]!;
      if (p < LAST) sum += EXP[p | 0]!;
      if (q < LAST) sum += EXP[q | 0]!;
      if (r < LAST) sum += EXP[r | 0]!;
      if (s < LAST) sum += EXP[s | 0]!;
      share[x] = sum;
      if (p < CLOSE_STEPS) near[x]!++;
      if (q < CLOSE_STEPS) near[x]!++;
      if (r < CLOSE_STEPS) near[x]!++;
      if (s < CLOSE_STEPS) near[x]!++;
      odd += (p + q + r + s) * 0;
    }
  }
  for (; k < starts.length; k++) {
    const start = starts[k]!;
    for (let x = 0; x < best.length; x++) {
      const step = (best[x]! - values[start + x]!) * STEPS + 0.5;
      if (step < LAST) share[x]! += EXP[step | 0]!;
      if (step < CLOSE_STEPS) near[x]!++;
      odd += step * 0;
    }
  }
  for (let x = 0; x < share.length; x++) share[x] = 1 / share[x]!;
  return odd === 0;
}

const exponential = (below: number) => {
  const step = below * STEPS + 0.5;
  return step < LAST ? EXP[step | 0]! : 0;
};

/** The best score is its probability. Returns whether all scores are finite numbers. */
function probability(values: Float32Array, starts: Int32Array, { best, share, near }: Row): boolean {
  let sum = 0;
  near.fill(0);
  for (let k = 0; k < starts.length; k++) {
    for (let x = 0, at = starts[k]!; x < best.length; x++, at++) {
      sum += values[at]! - values[at]!;
      if (best[x]! - values[at]! < CLOSE) near[x]!++;
    }
  }
  for (let x = 0; x < share.length; x++) share[x] = clamp(best[x]!);
  return sum === 0;
}

const clamp = (probability: number) => Math.min(Math.max(probability, 0), 1);
