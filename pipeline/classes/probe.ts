/** One run of the network before the first window: does it take the tile, and what do its scores look like? */
import { BadInput } from '../errors.ts';
import type { Model } from './load-model.ts';
import type { Activation } from './model-contract.ts';

/** Scores that sum to 1 so closely, at every pixel of a noise, are a softmax. */
const SUM_TOLERANCE = 1e-3;

/**
 * Runs the network on a noise. The activation is the one stated, else softmax or logits as the scores show.
 * Throws `BadInput` where the network fails on a tile of this side (not a multiple of its strides, most often).
 */
export async function probeNetwork(model: Model, sidePx: number): Promise<Activation> {
  const scores = await runOnNoise(model, sidePx);
  return model.activation ?? (sumToOne(scores, model.channels.classes) ? 'softmax' : 'logits');
}

async function runOnNoise(model: Model, sidePx: number): Promise<Float32Array> {
  const noise = new Float32Array(model.channels.bands * sidePx * sidePx);
  let state = 1;
  for (let i = 0; i < noise.length; i++) {
    state = (state * 48271) % 2147483647; // Park–Miller: the same noise everywhere
    noise[i] = (state / 2147483647) * 4 - 2;
  }
  try {
    return await model.run(noise, sidePx);
  } catch (error) {
    throw new BadInput(
      `${model.path}: does not run on tiles of ${sidePx} × ${sidePx} px; most networks want a multiple of 16 or 32 (${(error as Error).message})`,
    );
  }
}

function sumToOne(scores: Float32Array, channels: number): boolean {
  const size = scores.length / channels;
  for (let pixel = 0; pixel < size; pixel++) {
    let sum = 0;
    for (let at = pixel; at < scores.length; at += size) sum += scores[at]!;
    if (!(Math.abs(sum - 1) < SUM_TOLERANCE)) return false;
  }
  return true;
}
