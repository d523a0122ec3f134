/** Which block goes to training, validation or test. Pure. */
import { grownBox } from '../boxes.ts';
import type { BboxLocal } from '../grid.ts';
import { BoxIndex } from './box-index.ts';

export const SPLITS = ['train', 'valid', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** Attempts from differing orders; the best is kept. On a dozen real blocks 12 found the best of all splits for each seed tried. */
const ATTEMPTS = 24;
/** Exchanging two blocks is tried up to so many blocks: beyond, moving single ones balances as well. */
const EXCHANGE_MOST = 200;
/** What a split without a class costs, in squared shares: more than any imbalance of one class. */
const MISSING = 4;
const SAME_M = 1e-3;

/**
 * Assigns blocks so that each split has its share of the pixels of every class, as near as may be, and every class where that
 * can be. `pixels`: by block, pixels of each class; `shares`: of train, valid and test, summing to 1, 0 for none.
 *
 * Greedy: blocks in a random order, each to where the cost falls most; then single blocks are moved and pairs exchanged as long as that
 * helps. Cost: squares of (share of the class's pixels in the split − wanted share), summed over classes and splits; the same
 * of all pixels, weighing as much as the classes together; and MISSING for each class that a split lacks. From ATTEMPTS orders
 * drawn from `seed`; equal seeds give equal splits.
 */
export function splitBlocks(pixels: number[][], shares: Record<Split, number>, seed: number): Split[] {
  const wanted = SPLITS.flatMap((split, index) => (shares[split] > 0 ? [{ split, index, share: shares[split] }] : []));
  const columns = withTotal(pixels);
  const random = mulberry32(seed);
  let best: { cost: number; choice: number[] } | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const tried = oneAttempt(
      columns,
      wanted.map(({ share }) => share),
      random,
    );
    if (!best || tried.cost < best.cost - 1e-12) best = tried;
  }
  return best!.choice.map((at) => wanted[at]!.split);
}

/** Shares of each class's pixels that blocks hold, and last of all pixels; classes nobody drew are left out. */
function withTotal(pixels: number[][]): number[][] {
  const classes = pixels[0]?.length ?? 0;
  const totals = Array.from({ length: classes }, (_, c) => pixels.reduce((sum, block) => sum + block[c]!, 0));
  const sum = totals.reduce((a, b) => a + b, 0);
  return pixels.map((block) => [
    ...block.flatMap((count, c) => (totals[c]! > 0 ? [count / totals[c]!] : [])),
    block.reduce((a, b) => a + b, 0) / sum,
  ]);
}

function oneAttempt(blocks: number[][], shares: number[], random: () => number): { cost: number; choice: number[] } {
  const width = blocks[0]?.length ?? 0;
  const held = shares.map(() => new Float64Array(width));
  const choice = blocks.map(() => -1);
  const cost = () => totalCost(held, shares);
  const put = (block: number, split: number) => {
    const before = choice[block]!;
    for (let c = 0; c < width; c++) {
      if (before >= 0) held[before]![c]! -= blocks[block]![c]!;
      held[split]![c]! += blocks[block]![c]!;
    }
    choice[block] = split;
  };
  const order = [...blocks.keys()].map((block) => ({ block, rank: random() })).sort((a, b) => b.rank - a.rank);
  for (const { block } of order) {
    const costs = shares.map((_, split) => {
      put(block, split);
      return cost();
    });
    put(block, costs.indexOf(Math.min(...costs)));
  }
  improve(blocks.length, shares.length, choice, put, cost);
  return { cost: cost(), choice };
}

/** Moves and exchanges that lower the cost, until none does. */
function improve(
  blocks: number,
  splits: number,
  choice: number[],
  put: (block: number, split: number) => void,
  cost: () => number,
): void {
  let current = cost();
  const keep = (undo: () => void) => {
    const now = cost();
    if (now < current - 1e-12) {
      current = now;
      return true;
    }
    undo();
    return false;
  };
  for (let better = true; better; ) {
    better = false;
    for (let a = 0; a < blocks; a++) {
      for (let split = 0; split < splits; split++) {
        const before = choice[a]!;
        if (split === before) continue;
        put(a, split);
        better = keep(() => put(a, before)) || better;
      }
      for (let b = a + 1; blocks <= EXCHANGE_MOST && b < blocks; b++) {
        const [atA, atB] = [choice[a]!, choice[b]!];
        if (atA === atB) continue;
        const exchange = (x: number, y: number) => {
          put(a, x);
          put(b, y);
        };
        exchange(atB, atA);
        better = keep(() => exchange(atA, atB)) || better;
      }
    }
  }
}

function totalCost(held: Float64Array[], shares: number[]): number {
  let cost = 0;
  for (const [split, share] of shares.entries()) {
    const shareHeld = held[split]!;
    const classes = shareHeld.length - 1;
    for (let c = 0; c < classes; c++) {
      cost += (shareHeld[c]! - share) ** 2 + (shareHeld[c]! < 1e-9 ? MISSING : 0);
    }
    cost += classes * (shareHeld[classes]! - share) ** 2;
  }
  return cost;
}

/** Small generator by Tommy Ettinger: 32 bits of state, equal for equal seeds everywhere. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Patches that may stay so that those of differing splits are at least `bufferM` apart: test keeps all of its own, validation
 * gives way to test, training to both.
 */
export function keepApart<Patch extends { bbox: BboxLocal; split: Split }>(patches: Patch[], bufferM: number): Patch[] {
  const kept = new Set(patches.filter(({ split }) => split === 'test'));
  for (const split of ['valid', 'train'] as const) {
    const others = new BoxIndex([...kept]);
    const own = patches.filter((patch) => patch.split === split);
    for (const patch of own.filter(({ bbox }) => others.meeting(grownBox(bbox, bufferM - SAME_M)).length === 0))
      kept.add(patch);
  }
  return patches.filter((patch) => kept.has(patch));
}
