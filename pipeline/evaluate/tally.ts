/** What is counted of every window: all the scores are made of these counts, and they are sums, so no order matters. Pure. */
import { boundaryDistance } from './boundaries.ts';
import type { Level, ScoredClass } from './labels.ts';
import { NONE, type PredictedWindow } from './prediction.ts';
import type { Sampler } from './sampler.ts';

export interface TallyPlan {
  truth: ScoredClass[];
  found: ScoredClass[];
  /** The level that boundaries, blocks and calibration are counted at. */
  cs: Level;
  /** The model's own classes, where the truth has them too. */
  byClass: Level | undefined;
  /** Farthest distance to a boundary that is told apart. */
  reachPx: number;
}

export interface Tally {
  /** [distance to the truth's boundaries, 0 … reachPx + 1][truth][found]: pixels. */
  pairs: Float64Array;
  /** Pixels of each predicted class, annotated or not. */
  mapPx: Float64Array;
  /** Annotated pixels without prediction. */
  unpredictedPx: number;
  /** [level][confidence][wrong, right]. */
  confidence: Record<'cs' | 'class', Float64Array>;
  /** Boundary pixels of one side by distance to the other's. */
  boundary: { truth: Float64Array; found: Float64Array };
  /** Sum over pixels of the squared errors of the probabilities, and the pixels. */
  brier: Record<'cs' | 'class', { sum: number; pixels: number }>;
}

export const newTally = ({ truth, found, reachPx }: TallyPlan): Tally => ({
  pairs: new Float64Array((reachPx + 2) * truth.length * found.length),
  mapPx: new Float64Array(found.length),
  unpredictedPx: 0,
  confidence: { cs: new Float64Array(512), class: new Float64Array(512) },
  boundary: { truth: new Float64Array(reachPx + 2), found: new Float64Array(reachPx + 2) },
  brier: { cs: { sum: 0, pixels: 0 }, class: { sum: 0, pixels: 0 } },
});

/** A window with what surrounds it, so that boundaries just outside count. `inner`: the window in it. */
export interface TallyWindow extends PredictedWindow {
  /** 1 + index of a class; 0 unknown. */
  truth: Uint8Array;
  widthPx: number;
  heightPx: number;
  inner: { xPx: number; yPx: number; widthPx: number; heightPx: number };
  probabilities?: Uint8Array[];
}

/** Adds a window to `tally`; returns its own pairs [truth][found] for the block of ground it is of. */
export function tallyWindow(window: TallyWindow, plan: TallyPlan, tally: Tally): Uint32Array {
  const { widthPx, heightPx, inner } = window;
  const cap = plan.reachPx + 1;
  const truthCs = recoded(window.truth, [-1, ...plan.cs.truthOf]);
  const foundCs = recoded(window.classes, plan.cs.foundOf);
  const toTruth = boundaryDistance(truthCs, widthPx, heightPx, cap);
  const toFound = boundaryDistance(foundCs, widthPx, heightPx, cap);
  const own = new Uint32Array(plan.truth.length * plan.found.length);
  const columns = plan.found.length;
  const rights = { cs: rightTable(plan.cs, plan), class: rightTable(plan.byClass, plan) };
  for (let y = inner.yPx; y < inner.yPx + inner.heightPx; y++) {
    for (let i = y * widthPx + inner.xPx, end = i + inner.widthPx; i < end; i++) {
      const found = window.classes[i]!;
      const truth = window.truth[i]!;
      if (found === NONE) {
        if (truth !== 0) tally.unpredictedPx++;
        continue;
      }
      tally.mapPx[found]!++;
      if (truth === 0) continue;
      const pair = (truth - 1) * columns + found;
      own[pair]!++;
      tally.pairs[toTruth[i]! * own.length + pair]!++;
      if (window.confidence) addConfidence(tally, rights, pair, window.confidence[i]!);
      if (toTruth[i] === 1 && truthCs[i] !== 0) tally.boundary.truth[toFound[i]!]!++;
      if (toFound[i] === 1 && foundCs[i] !== 0 && truthCs[i] !== 0) tally.boundary.found[toTruth[i]!]!++;
    }
  }
  if (window.probabilities) addBrier(window, window.probabilities, plan, tally);
  return own;
}

/** By pixel value (NONE included): 1 + label; 0 where left out. */
function recoded(values: Uint8Array, labels: number[]): Uint8Array {
  const table = new Uint8Array(256);
  labels.forEach((label, value) => {
    table[value] = label + 1;
  });
  const out = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = table[values[i]!]!;
  return out;
}

const LEFT_OUT = 2;

/** By pair: 1 right, 0 wrong, `LEFT_OUT`. */
function rightTable(level: Level | undefined, { truth, found }: TallyPlan): Uint8Array | undefined {
  if (!level) return undefined;
  const table = new Uint8Array(truth.length * found.length);
  for (let t = 0; t < truth.length; t++) {
    for (let f = 0; f < found.length; f++) {
      const [row, column] = [level.truthOf[t]!, level.foundOf[f]!];
      table[t * found.length + f] = row < 0 || column < 0 ? LEFT_OUT : Number(row === column);
    }
  }
  return table;
}

function addConfidence(
  { confidence }: Tally,
  rights: Record<'cs' | 'class', Uint8Array | undefined>,
  pair: number,
  value: number,
): void {
  const cs = rights.cs![pair]!;
  if (cs !== LEFT_OUT) confidence.cs[2 * value + cs]!++;
  const byClass = rights.class?.[pair] ?? LEFT_OUT;
  if (byClass !== LEFT_OUT) confidence.class[2 * value + byClass]!++;
}

/** Brier score: the squared distance between the probabilities of the labels and the truth's 0 and 1, summed over labels. */
function addBrier(window: TallyWindow, planes: Uint8Array[], plan: TallyPlan, tally: Tally): void {
  for (const [id, level] of [
    ['cs', plan.cs],
    ['class', plan.byClass],
  ] as const) {
    if (!level) continue;
    const sums = new Float64Array(level.labels.length);
    const { inner, widthPx } = window;
    for (let y = inner.yPx; y < inner.yPx + inner.heightPx; y++) {
      for (let i = y * widthPx + inner.xPx, end = i + inner.widthPx; i < end; i++) {
        const label = window.truth[i] === 0 || window.classes[i] === NONE ? -1 : level.truthOf[window.truth[i]! - 1]!;
        if (label < 0) continue;
        sums.fill(0);
        sums[label] = -255;
        for (let k = 0; k < planes.length; k++) if (level.foundOf[k]! >= 0) sums[level.foundOf[k]!]! += planes[k]![i]!;
        for (let k = 0; k < sums.length; k++) tally.brier[id].sum += (sums[k]! / 255) ** 2;
        tally.brier[id].pixels++;
      }
    }
  }
}

/**
 * Offers the predicted pixels of a window to the sampler, by label of the couverture. With a truth, those alone whose truth
 * has a label too.
 */
export function offerWindow(
  sampler: Sampler,
  cs: Pick<Level, 'foundOf' | 'truthOf'>,
  window: Omit<TallyWindow, 'truth'> & { truth?: Uint8Array },
  origin: { xPx: number; yPx: number },
): void {
  const { inner, widthPx, truth } = window;
  for (let y = 0; y < inner.heightPx; y++) {
    const row = (inner.yPx + y) * widthPx + inner.xPx;
    for (let x = 0; x < inner.widthPx; x++) {
      const found = window.classes[row + x]!;
      if (found === NONE || (truth && (truth[row + x] === 0 || cs.truthOf[truth[row + x]! - 1]! < 0))) continue;
      const stratum = cs.foundOf[found]!;
      if (stratum >= 0) sampler.offer(stratum, origin.xPx + x, origin.yPx + y);
    }
  }
}
