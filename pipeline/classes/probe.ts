/** Runs of the network on a noise before the first window: does it take the tile, and what does its answer look like? */
import { BadInput } from '../errors.ts';
import type { Model } from './load-model.ts';
import type { Activation } from './model-contract.ts';
import type { Head, Network, NetworkShape } from './network.ts';

/** Scores that sum to 1 so closely, at every pixel of a noise, are a softmax. */
const SUM_TOLERANCE = 1e-3;
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

/**
 * What only a run shows, where neither the contract nor the shapes say it: the activation (softmax or logits, as the scores
 * sum) and the output's margin. Throws `BadInput` as `declaredMargin`, and where no run succeeds.
 */
export async function measureNetwork(
  path: string,
  network: Network,
  head: Head,
  known: { activation: Activation | undefined; tilePx: number | undefined; sizeMultiplePx: number },
): Promise<{ activation: Activation; outputMarginPx: number }> {
  const { activation, tilePx, sizeMultiplePx } = known;
  const { fixedSidePx } = network.shape;
  const declared = declaredMargin(path, network.shape, head);
  if (activation && declared !== undefined) return { activation, outputMarginPx: declared };
  const small = Math.ceil(SMALL_PX / sizeMultiplePx) * sizeMultiplePx;
  const sides = fixedSidePx === undefined ? [small, tilePx ?? TILE_PX] : [fixedSidePx];
  const { sidePx, scores, outputSidePx } = await firstThatRuns(path, network, head, sides);
  const shown = sumToOne(scores, head.classes) ? 'softmax' : 'logits';
  return { activation: activation ?? shown, outputMarginPx: marginOf(path, head, sidePx, outputSidePx) };
}

async function firstThatRuns(path: string, network: Network, head: Head, sides: number[]) {
  let failure: Error | undefined;
  for (const sidePx of sides) {
    try {
      const { scores, sidePx: outputSidePx } = await network.run(noise(network.shape.bands, sidePx), sidePx, 1, head);
      return { sidePx, scores, outputSidePx };
    } catch (error) {
      failure = error as Error;
    }
  }
  throw new BadInput(`${path}: does not run on tiles of ${sides.join(' or ')} px (${failure?.message})`);
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
    await model.run(noise(model.channels.bands, sidePx), sidePx);
  } catch (error) {
    const reason = (error as Error).message;
    throw new BadInput(
      `${model.path}: does not run on tiles of ${sidePx} × ${sidePx} px; ${await sidesThatWork(model, sidePx)} (${reason})`,
    );
  }
  return model.activation;
}

/** The smallest multiple whose odd multiple near `sidePx` runs is the network's stride. */
async function sidesThatWork(model: Model, sidePx: number): Promise<string> {
  for (const multiple of MULTIPLES) {
    const side = multiple * Math.max(1, 2 * Math.floor(Math.min(sidePx, 2 * TILE_PX) / multiple / 2) - 1);
    if (!(await runs(model, side))) continue;
    const below = Math.floor(sidePx / multiple) * multiple;
    const near = [below, below + multiple].filter((one) => one > 0 && one !== sidePx);
    return `multiples of ${multiple} wanted (${near.join(', ')} …)`;
  }
  return 'no multiple of 2 to 128 was found that works';
}

const runs = (model: Model, sidePx: number) =>
  model.run(noise(model.channels.bands, sidePx), sidePx).then(
    () => true,
    () => false,
  );

function noise(bands: number, sidePx: number): Float32Array {
  const values = new Float32Array(bands * sidePx * sidePx);
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (state * 48271) % 2147483647; // Park–Miller: the same noise everywhere
    values[i] = (state / 2147483647) * 4 - 2;
  }
  return values;
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
