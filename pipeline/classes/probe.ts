/** Runs of the network on a noise before the first window: does it take the tile, and what does its answer look like? */
import { BadInput } from '../errors.ts';
import type { Model } from './load-model.ts';
import type { Activation } from './model-contract.ts';
import type { Head, Network, NetworkShape } from './network.ts';

/** Scores that sum to 1 so closely, at every pixel of a noise, are a softmax. */
const SUM_TOLERANCE = 1e-3;
/** How far from 0, 1 and a sum of 1 stated probabilities may be: networks of 8 bits round each score. */
const STATED_TOLERANCE = 0.05;
/** Strides of the networks there are; most halve four or five times. */
const MULTIPLES = [2, 4, 8, 16, 32, 64, 128];
const SMALL_PX = 64;
const TILE_PX = 512;

/**
 * Pixels the output lacks on each side of the tile, as the tensors' shapes say; undefined where only a run shows it.
 * Throws `BadInput` for an output larger than the input or off centre.
 */
export function declaredMargin(path: string, { fixedSidePx, sideNames }: NetworkShape, head: Head): number | undefined {
  if (fixedSidePx !== undefined && head.outputSidePx !== undefined) {
    return marginOf(path, head, fixedSidePx, head.outputSidePx);
  }
  return sideNames.length > 0 && sideNames.join() === head.sideNames.join() ? 0 : undefined;
}

/** What only a run shows. */
export interface Measured {
  activation: Activation;
  outputMarginPx: number;
}

/**
 * One run: the output's margin, where the shapes do not say it, and the activation, where it is not known: scores that sum to 1 at
 * every pixel are a softmax's, others from 0 to 1 a sigmoid's, the rest logits. Throws `BadInput` as `declaredMargin`, for an
 * activation the scores contradict, and where no run succeeds and something is to be found out.
 */
export async function measureNetwork(
  path: string,
  network: Network,
  head: Head,
  known: { activation: Activation | undefined; tilePx: number | undefined; sizeMultiplePx: number },
): Promise<Measured> {
  const { activation, tilePx, sizeMultiplePx } = known;
  const { fixedSidePx } = network.shape;
  const declared = declaredMargin(path, network.shape, head);
  const small = Math.ceil(SMALL_PX / sizeMultiplePx) * sizeMultiplePx;
  const sides = fixedSidePx === undefined ? [small, tilePx ?? TILE_PX] : [fixedSidePx];
  const ran = await firstThatRuns(network, head, sides);
  if (ran instanceof Error) {
    // The run's own tile may be of another side, that fits the network: `probeNetwork` names those.
    if (activation && declared !== undefined) return { activation, outputMarginPx: declared };
    throw new BadInput(`${path}: does not run on tiles of ${sides.join(' or ')} px (${ran.message})`);
  }
  const { sidePx, scores, outputSidePx } = ran;
  if (activation) refuseContradicted(path, activation, scores, head.classes);
  return {
    activation: activation ?? activationOf(scores, head.classes),
    outputMarginPx: declared ?? marginOf(path, head, sidePx, outputSidePx),
  };
}

/** The last side's failure where none runs. */
async function firstThatRuns(network: Network, head: Head, sides: number[]) {
  let failure = new Error('no side to try');
  for (const sidePx of sides) {
    try {
      const { scores, sidePx: outputSidePx } = await network.run(noise(network.shape, sidePx), sidePx, 1, head);
      return { sidePx, scores, outputSidePx };
    } catch (error) {
      failure = error as Error;
    }
  }
  return failure;
}

/** Pixels the output lacks on each side of the tile; it is centred in it. */
function marginOf(path: string, head: Head, sidePx: number, outputSidePx: number): number {
  const margin = (sidePx - outputSidePx) / 2;
  if (Number.isInteger(margin) && margin >= 0) return margin;
  throw new BadInput(
    `${path}: output ${head.name} has ${outputSidePx} × ${outputSidePx} px for a tile of ${sidePx} × ${sidePx}; wanted as large (model_type Segmentor; a larger one is Superresolution), or smaller by an even number`,
  );
}

/**
 * Runs the network on a noise of the very tile of the run. Returns the activation.
 * Throws `BadInput` where it fails on a tile of this side, naming sides near it that work: multiples of its strides.
 */
export async function probeNetwork(model: Model, sidePx: number): Promise<Activation> {
  try {
    await model.run(noise(model.shape, sidePx), sidePx);
  } catch (error) {
    const reason = (error as Error).message;
    throw new BadInput(
      `${model.path}: does not run on tiles of ${sidePx} × ${sidePx} px; ${await sidesThatWork(model, sidePx)} (${reason})`,
    );
  }
  return model.activation;
}

/** The smallest multiple of which an odd multiple runs is the network's stride; the sides named have been tried. */
async function sidesThatWork(model: Model, sidePx: number): Promise<string> {
  for (const multiple of MULTIPLES) {
    const odd = 2 * Math.floor(Math.min(sidePx, TILE_PX) / multiple / 2) + 1;
    if (!(await runs(model, odd * multiple))) continue;
    const below = Math.floor(sidePx / multiple) * multiple;
    const near = [below, below + multiple].filter((side) => side > 0 && side !== sidePx);
    const tried = await Promise.all(near.map(async (side) => ((await runs(model, side)) ? [side] : [])));
    if (tried.flat().length > 0) return `it takes multiples of ${multiple}: ${tried.flat().join(' or ')} wanted`;
  }
  return 'no multiple of 2 to 128 near it works either';
}

const runs = (model: Model, sidePx: number) =>
  model.run(noise(model.shape, sidePx), sidePx).then(
    () => true,
    () => false,
  );

/** Whole numbers of a byte, or about what a scaling makes of them. */
function noise({ bands, inputType }: Pick<NetworkShape, 'bands' | 'inputType'>, sidePx: number): Float32Array {
  const values = new Float32Array(bands * sidePx * sidePx);
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (state * 48271) % 2147483647; // Park–Miller: the same noise everywhere
    const part = state / 2147483647;
    values[i] = inputType === 'uint8' ? Math.floor(256 * part) : part * 4 - 2;
  }
  return values;
}

function activationOf(scores: Float32Array, channels: number): Activation {
  if (isSoftmax(scores, channels, SUM_TOLERANCE)) return 'softmax';
  return fromZeroToOne(scores, 0) ? 'sigmoid' : 'logits';
}

/** A wrong activation gives confidences that look right and are not; one channel's class as well. */
function refuseContradicted(path: string, activation: Activation, scores: Float32Array, channels: number): void {
  const fits = {
    logits: () => !isSoftmax(scores, channels, SUM_TOLERANCE),
    softmax: () => isSoftmax(scores, channels, STATED_TOLERANCE),
    sigmoid: () => fromZeroToOne(scores, STATED_TOLERANCE),
  };
  // No number is no witness: a network may take roots of values no image has.
  if (scores.some(Number.isNaN) || fits[activation]()) return;
  const found = activationOf(scores, channels);
  const seen = {
    logits: () => `go from ${rounded(least(scores))} to ${rounded(-least(scores.map((score) => -score)))}`,
    softmax: () => 'are from 0 to 1 and sum to 1 at every pixel',
    sigmoid: () => 'are from 0 to 1 and do not sum to 1',
  };
  throw new BadInput(
    `${path}: activation ${activation} taken, but its scores on a noise ${seen[found]()}; wanted ${found}: --activation ${found}, or ocsge:activation or activation in the model's files`,
  );
}

const least = (scores: Float32Array) => scores.reduce((one, other) => Math.min(one, other));
const rounded = (score: number) => Number(score.toPrecision(3));

const fromZeroToOne = (scores: Float32Array, tolerance: number) =>
  scores.every((score) => score >= -tolerance && score <= 1 + tolerance);

/** One channel that is 1 everywhere is no softmax. */
const isSoftmax = (scores: Float32Array, channels: number, tolerance: number) =>
  channels > 1 && fromZeroToOne(scores, tolerance) && sumToOne(scores, channels, tolerance);

function sumToOne(scores: Float32Array, channels: number, tolerance: number): boolean {
  const size = scores.length / channels;
  for (let pixel = 0; pixel < size; pixel++) {
    let sum = 0;
    for (let at = pixel; at < scores.length; at += size) sum += scores[at]!;
    if (!(Math.abs(sum - 1) < tolerance)) return false;
  }
  return true;
}
