/** The network's answer → class and confidence. Pure; loops run plane by plane, over the kept pixels only. */
import type { PixelWindow } from '../grid.ts';
import type { Activation } from './model-contract.ts';

/** Class of each pixel (index of a ModelClass) and its probability, 255 = 1; heightPx × widthPx. */
export interface Classified {
  classes: Uint8Array;
  confidence: Uint8Array;
}

/** exp(−d) for d from 0 by steps of 1/512: far below what 8 bits of confidence show. */
const STEPS_PER_UNIT = 512;
const LARGEST = 12;
const EXP = Float32Array.from({ length: LARGEST * STEPS_PER_UNIT + 1 }, (_, i) => Math.exp(-i / STEPS_PER_UNIT));

/**
 * Takes the best of the `allowed` channels. `output` is channels × sidePx × sidePx, `kept` the window of the tile that is
 * looked at. Confidence is the probability the network gives the best; from logits, its softmax among the allowed. Throws an Error where a value is not a finite number.
 */
export function classifyTile(
  output: Float32Array,
  sidePx: number,
  kept: PixelWindow,
  allowed: number[],
  activation: Activation,
): Classified {
  const size = kept.widthPx * kept.heightPx;
  const best = new Float32Array(size).fill(Number.NEGATIVE_INFINITY);
  const classes = new Uint8Array(size);
  for (const channel of allowed) takeBetter(output, channel * sidePx * sidePx, sidePx, kept, channel, best, classes);
  for (const value of best) if (!Number.isFinite(value)) throw new Error(`a score is ${value}`);
  if (activation !== 'logits') return { classes, confidence: Uint8Array.from(best, toByte) };
  const sum = new Float32Array(size);
  for (const channel of allowed) addExponentials(output, channel * sidePx * sidePx, sidePx, kept, best, sum);
  return { classes, confidence: Uint8Array.from(sum, (total) => toByte(1 / total)) };
}

/** One channel tells class 1 from class 0 at one half. */
export function classifySingle(
  output: Float32Array,
  sidePx: number,
  kept: PixelWindow,
  activation: Activation,
): Classified {
  const pair = new Float32Array(2 * sidePx * sidePx);
  for (let i = 0; i < sidePx * sidePx; i++) {
    const value = output[i]!;
    const probability = activation === 'logits' ? 1 / (1 + Math.exp(-value)) : value;
    pair[i] = 1 - probability;
    pair[sidePx * sidePx + i] = probability;
  }
  return classifyTile(pair, sidePx, kept, [1, 0], 'sigmoid');
}

const toByte = (probability: number) => Math.round(255 * Math.min(Math.max(probability, 0), 1));

function takeBetter(
  output: Float32Array,
  plane: number,
  sidePx: number,
  kept: PixelWindow,
  channel: number,
  best: Float32Array,
  classes: Uint8Array,
): void {
  let to = 0;
  for (let y = 0; y < kept.heightPx; y++) {
    let from = plane + (kept.yPx + y) * sidePx + kept.xPx;
    for (let x = 0; x < kept.widthPx; x++, from++, to++) {
      const value = output[from]!;
      if (value > best[to]!) {
        best[to] = value;
        classes[to] = channel;
      } else if (Number.isNaN(value)) {
        best[to] = value; // and stays: nothing is greater
      }
    }
  }
}

function addExponentials(
  output: Float32Array,
  plane: number,
  sidePx: number,
  kept: PixelWindow,
  best: Float32Array,
  sum: Float32Array,
): void {
  let to = 0;
  for (let y = 0; y < kept.heightPx; y++) {
    let from = plane + (kept.yPx + y) * sidePx + kept.xPx;
    for (let x = 0; x < kept.widthPx; x++, from++, to++) {
      const below = best[to]! - output[from]!;
      if (below < LARGEST) sum[to]! += EXP[(below * STEPS_PER_UNIT + 0.5) | 0]!;
    }
  }
}
