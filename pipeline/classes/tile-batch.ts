/** What goes to a network's thread and what comes back: tiles in, what their scores mean out. */
import { BadInput } from '../errors.ts';
import type { PixelWindow } from '../grid.ts';
import { roomForScores } from './best-of.ts';
import type { Model, ModelSource } from './load-model.ts';
import { probeNetwork } from './probe.ts';
import { asPair, type Classified, classifyPart, type Scores, type Scoring, sharesOfPart } from './scores.ts';

/** What is wanted of a tile: its classes, those and their probabilities, or shares to be summed with those of other tiles. */
export type Wanted = 'classes' | 'probabilities' | 'shares';

/** What a network's thread is started with. */
export interface NetworkSettings {
  model: ModelSource;
  tilePx: number;
  wanted: Wanted;
  /** What stands for a probability of 1 in shares. */
  shareOfOne: number;
}

/** A tile of a batch. */
export interface BatchTile {
  /** What is looked at, in pixels of the network's output. */
  part: PixelWindow;
  /** The same on the grid: where a fault is told to be. */
  onGrid: PixelWindow;
  /** Weight of each column and row of the part; 1 where absent. */
  weights?: { columns: Float32Array; rows: Float32Array };
}

/** Tiles for one run of the network. */
export interface TileBatch {
  /** tiles × bands × tilePx × tilePx, scaled. On shared memory: the thread takes a copy, and it may be filled again after the answer. */
  input: Float32Array;
  tiles: BatchTile[];
}

/** What the scores of a tile's part say; which of it there is follows from what is wanted. */
export interface TileAnswer extends Partial<Classified> {
  /** Pixel by pixel, a byte per class, 255 = 1. */
  probabilities?: Uint8Array;
  /** Pixel by pixel, a weighted probability per class, `shareOfOne` = 1. */
  shares?: Uint16Array;
}

export interface BatchAnswer {
  answers: TileAnswer[];
  /** Time in the network. */
  networkMs: number;
}

/** Runs the network on a batch and scores its tiles. Throws `BadInput` for a tile the network does not take and for scores that are no numbers. */
export async function answerBatch(
  model: Model,
  scoring: Scoring,
  settings: NetworkSettings,
  { input, tiles }: TileBatch,
): Promise<BatchAnswer> {
  const start = performance.now();
  const output = await runOrExplain(model, settings.tilePx, input, tiles.length);
  const networkMs = performance.now() - start;
  const sidePx = settings.tilePx - 2 * model.outputMarginPx;
  const size = output.length / tiles.length;
  const answers = tiles.map((tile, index) => {
    const single = { values: output.subarray(index * size, (index + 1) * size), sidePx };
    const scores = model.channels.classes === 1 ? asPair(single, model.activation) : single;
    try {
      return answerTile(scores, scoring, settings, tile);
    } catch (error) {
      const { xPx, yPx, widthPx, heightPx } = tile.onGrid;
      const at = `${xPx},${yPx} (${widthPx} × ${heightPx} px)`;
      throw new BadInput(`${model.path}: in the window at ${at} ${(error as Error).message}, finite numbers wanted`);
    }
  });
  return { answers, networkMs };
}

async function runOrExplain(model: Model, tilePx: number, input: Float32Array, batch: number): Promise<Float32Array> {
  try {
    // Scores of one plane are taken `asPair`: those are another array.
    return await model.run(input, tilePx, batch, model.channels.classes === 1 ? undefined : roomForScores);
  } catch (error) {
    await probeNetwork(model, tilePx); // says which sides work, where the side is at fault
    throw error;
  }
}

function answerTile(scores: Scores, scoring: Scoring, settings: NetworkSettings, tile: BatchTile): TileAnswer {
  const { part, weights } = tile;
  const size = part.widthPx * part.heightPx * scoring.classes;
  if (settings.wanted === 'shares') {
    return { shares: sharesOfPart(scores, part, scoring, new Uint16Array(size), settings.shareOfOne, weights) };
  }
  const classified = classifyPart(scores, part, scoring);
  if (settings.wanted === 'classes') return classified;
  return { ...classified, probabilities: sharesOfPart(scores, part, scoring, new Uint8Array(size), 255) };
}
