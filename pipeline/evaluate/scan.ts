/** Reads truth and prediction window by window and counts: memory does not grow with the extent. */
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import { cutInDalles, type Grid, type PixelWindow, withFrame } from '../grid.ts';
import type { BlockCounts } from './bootstrap.ts';
import { mergePairs } from './confusion.ts';
import type { Level } from './labels.ts';
import type { Prediction } from './prediction.ts';
import type { Sampler } from './sampler.ts';
import { newTally, offerWindow, type Tally, type TallyPlan, type TallyWindow, tallyWindow } from './tally.ts';
import { mayBeAnnotated, type Truth } from './truth.ts';

/** Most blocks that are told apart: past it their side doubles. */
const MOST_BLOCKS = 10_000;
/** Side of what is read at once. */
const WINDOW_PX = 1024;
/** Windows read ahead of the one that is counted. */
const AHEAD = 3;

export interface Block {
  window: PixelWindow;
  /** Annotated and predicted pixels whose classes count at the couverture level, and those right. */
  scoredPx: number;
  rightPx: number;
}

export interface Scan {
  tally: Tally;
  blockSidePx: number;
  blocks: Block[];
  /** Per block, at the couverture level. */
  blockCounts: BlockCounts;
}

export interface ScanOptions {
  /** Side of a block of ground, metres. */
  blockM: number;
  plan: TallyPlan;
  /** Gets every annotated and predicted pixel. */
  sampler?: Sampler;
}

/** Counts everything once. Throws `Stopped` on `ctx.signal`. */
export async function scan(
  prediction: Prediction,
  truth: Truth,
  options: ScanOptions,
  ctx: StageContext,
): Promise<Scan> {
  const { plan, sampler } = options;
  const blockSidePx = blockSide(prediction.grid, options.blockM);
  const windows = cutInDalles(prediction.grid, blockSidePx);
  const size = plan.cs.labels.length;
  const counts = new Float64Array(windows.length * size * 3);
  const blocks = windows.map((window): Block => ({ window, scoredPx: 0, rightPx: 0 }));
  const tally = newTally(plan);
  const units = inGroups(windows, prediction.grid, blockSidePx).filter(({ window }) =>
    mayBeAnnotated(truth, prediction.grid, window),
  );
  const step = ctx.report.step(
    'evaluate',
    units.reduce((total, { window }) => total + pixelsOf(window), 0),
    'px',
  );
  const read = ({ window }: Unit) => readWithHalo(prediction, truth, window, plan.reachPx + 1);
  for await (const [{ block, window }, pixels] of ahead(units, read)) {
    if (ctx.signal.aborted) throw new Stopped('stopped while scoring');
    const pairs = tallyWindow(pixels, plan, tally);
    addToBlock(pairs, plan, blocks[block]!, counts.subarray(block * size * 3, (block + 1) * size * 3));
    if (sampler) offerWindow(sampler, plan.cs, pixels, window);
    step.advance(pixelsOf(window));
  }
  step.end();
  return { tally, blockSidePx, blocks, blockCounts: { size, counts } };
}

/** Pixels of each predicted class, and their sample: for a map nobody has annotated yet. */
export async function scanMap(
  prediction: Prediction,
  cs: Pick<Level, 'foundOf' | 'truthOf'>,
  sampler: Sampler,
  ctx: StageContext,
): Promise<Float64Array> {
  const mapPx = new Float64Array(prediction.classes.length + 1);
  const units = cutInDalles(prediction.grid, WINDOW_PX).map((window, block) => ({ block, window }));
  const step = ctx.report.step('evaluate:sample', prediction.grid.widthPx * prediction.grid.heightPx, 'px');
  for await (const [{ window }, { classes }] of ahead(units, ({ window }) => prediction.read(window))) {
    if (ctx.signal.aborted) throw new Stopped('stopped while sampling');
    for (let i = 0; i < classes.length; i++) mapPx[Math.min(classes[i]!, prediction.classes.length)]!++;
    const { widthPx, heightPx } = window;
    offerWindow(sampler, cs, { classes, widthPx, heightPx, inner: { ...window, xPx: 0, yPx: 0 } }, window);
    step.advance(classes.length);
  }
  step.end();
  return mapPx.subarray(0, prediction.classes.length);
}

function blockSide(grid: Grid, blockM: number): number {
  let side = Math.max(Math.round(blockM / grid.resolutionM), 16);
  while (Math.ceil(grid.widthPx / side) * Math.ceil(grid.heightPx / side) > MOST_BLOCKS) side *= 2;
  return side;
}

interface Unit {
  block: number;
  window: PixelWindow;
}

/** Windows of at most WINDOW_PX, each of one block, in squares of neighbours, so that what they share is read once. */
function inGroups(blocks: PixelWindow[], grid: Grid, sidePx: number): Unit[] {
  const units = blocks.flatMap(({ xPx, yPx, widthPx, heightPx }, block) =>
    cutInDalles({ ...grid, widthPx, heightPx }, WINDOW_PX).map((part) => ({
      block,
      window: { ...part, xPx: xPx + part.xPx, yPx: yPx + part.yPx },
    })),
  );
  const groupPx = Math.max(sidePx, 4 * WINDOW_PX);
  const group = ({ window }: Unit) =>
    Math.floor(window.yPx / groupPx) * grid.widthPx + Math.floor(window.xPx / groupPx);
  return units
    .map((unit): [number, Unit] => [group(unit), unit])
    .toSorted((a, b) => a[0] - b[0])
    .map(([, unit]) => unit);
}

const pixelsOf = ({ widthPx, heightPx }: PixelWindow) => widthPx * heightPx;

async function readWithHalo(
  prediction: Prediction,
  truth: Truth,
  window: PixelWindow,
  haloPx: number,
): Promise<TallyWindow> {
  const outer = withFrame(window, haloPx, prediction.grid);
  const [predicted, known, probabilities] = await Promise.all([
    prediction.read(outer),
    truth.read(outer),
    prediction.hasProbabilities ? prediction.readProbabilities(outer) : undefined,
  ]);
  const inner = { ...window, xPx: window.xPx - outer.xPx, yPx: window.yPx - outer.yPx };
  const { widthPx, heightPx } = outer;
  return {
    ...predicted,
    truth: known,
    widthPx,
    heightPx,
    inner,
    ...(probabilities ? { probabilities } : {}),
  };
}

function addToBlock(pairs: Uint32Array, { cs }: TallyPlan, block: Block, counts: Float64Array): void {
  const { size, counts: confusion } = mergePairs(pairs, cs.truthOf, cs.foundOf, cs.labels.length);
  for (let truth = 0; truth < size; truth++) {
    for (let found = 0; found < size; found++) {
      const pixels = confusion[truth * size + found]!;
      counts[3 * truth]! += pixels;
      counts[3 * found + 1]! += pixels;
      block.scoredPx += pixels;
      if (truth !== found) continue;
      counts[3 * truth + 2]! += pixels;
      block.rightPx += pixels;
    }
  }
}

/** Each item with what `read` gives for it, in order; the next `AHEAD` are being read meanwhile. */
async function* ahead<Item, Result>(
  items: Item[],
  read: (item: Item) => Promise<Result>,
): AsyncGenerator<[Item, Result]> {
  const pending: Promise<Result>[] = [];
  for (const [index, item] of items.entries()) {
    for (let next = index + pending.length; next < Math.min(index + AHEAD, items.length); next++) {
      const reading = read(items[next]!);
      reading.catch(() => {}); // awaited in its turn, unless one before it fails
      pending.push(reading);
    }
    yield [item, await pending.shift()!];
  }
}
