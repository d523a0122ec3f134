/**
 * Labels that spread into the open pixels round them, the nearest label first, on foot: through open pixels only. Pure.
 *
 * Steps to the side count 5, across a corner 7 (chamfer distances: at most 6 % off the straight line). Of equally near labels the
 * smaller one wins; so a pixel's label depends on what lies within the limit round it, and on nothing else.
 */

import { IntList } from '../arcs/int-list.ts';

export interface Spread {
  /** By pixel: its label, 0 where it has none. Changed in place. */
  labels: Uint8Array;
  /** Pixels in a row. */
  stride: number;
  /** By label: how far it spreads, in pixels. */
  limitsPx: ArrayLike<number>;
  /** By pixel: the only label that may enter it, 0 for none; absent: any may. */
  only?: Uint8Array;
  /** As long as `labels`, all zeros, and zeros again afterwards: so that several spreads share one. */
  scratch: Int32Array;
}

const ASIDE = 5;
const ACROSS = 7;
/** More than any step: pixels wait in so many lists, by distance modulo their number. */
const LISTS = 8;
const FAR = 2 ** 30;

/** Spreads labels into the pixels of `open`, none of which has one yet nor lies on the window's own border. */
export function spread(task: Spread, open: Int32Array): void {
  const front = new Front(task, open);
  for (const at of open) front.begin(at);
  front.run();
  for (const at of open) task.scratch[at] = 0;
}

class Front {
  private readonly labels: Uint8Array;
  private readonly only: Uint8Array | undefined;
  private readonly limits: Int32Array;
  /** The four to the side first. */
  private readonly steps: Int32Array;
  /** Of open pixels; 0: none of them. */
  private readonly distances: Int32Array;
  private readonly waiting: IntList[] = Array.from({ length: LISTS }, () => new IntList());

  constructor({ labels, stride, limitsPx, only, scratch }: Spread, open: Int32Array) {
    this.labels = labels;
    this.only = only;
    this.limits = Int32Array.from({ length: 256 }, (_, label) => Math.floor((limitsPx[label] ?? 0) * ASIDE));
    this.steps = Int32Array.of(-stride, -1, 1, stride, -stride - 1, -stride + 1, stride - 1, stride + 1);
    this.distances = scratch;
    for (const at of open) this.distances[at] = FAR;
  }

  /** What the labels beside an open pixel offer it. */
  begin(at: number): void {
    const { labels, distances, steps } = this;
    for (let n = 0; n < 8; n++) {
      const from = at + steps[n]!;
      if (labels[from] === 0 || distances[from] !== 0 || (n >= 4 && this.isBarred(at, n))) continue;
      this.offer(at, labels[from]!, n < 4 ? ASIDE : ACROSS);
    }
  }

  run(): void {
    const { labels, distances, steps, waiting } = this;
    for (let distance = ASIDE, empty = 0; empty < LISTS; distance++) {
      const list = waiting[distance % LISTS]!;
      const reached = list.view();
      empty = reached.length === 0 ? empty + 1 : 0;
      for (const from of reached) {
        if (distances[from] !== distance) continue; // reached sooner since it was listed
        for (let n = 0; n < 4; n++) this.offer(from + steps[n]!, labels[from]!, distance + ASIDE);
        for (let n = 4; n < 8; n++) {
          if (!this.isBarred(from, n)) this.offer(from + steps[n]!, labels[from]!, distance + ACROSS);
        }
      }
      list.length = 0;
    }
  }

  /** Whether step `n`, across a corner, squeezes through between two pixels that no label has or may have. */
  private isBarred(at: number, n: number): boolean {
    const [one, other] = [at + this.steps[n < 6 ? 0 : 3]!, at + this.steps[n % 2 === 0 ? 1 : 2]!];
    const { labels, distances } = this;
    return labels[one] === 0 && distances[one] === 0 && labels[other] === 0 && distances[other] === 0;
  }

  private offer(at: number, label: number, distance: number): void {
    const known = this.distances[at]!;
    if (distance > known || (distance === known && label >= this.labels[at]!)) return;
    if (distance > this.limits[label]! || (this.only !== undefined && this.only[at] !== label)) return;
    this.labels[at] = label;
    if (distance === known) return;
    this.distances[at] = distance;
    this.waiting[distance % LISTS]!.push(at);
  }
}
