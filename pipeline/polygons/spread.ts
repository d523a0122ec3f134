/**
 * Labels that spread into the open pixels round them, the nearest label first, on foot: through open pixels only. Pure.
 *
 * Steps to the side count 5, across a corner 7 (chamfer distances: at most 6 % off the straight line). Of equally near labels the
 * smaller one wins; so a pixel's label depends on what lies within the limit round it, and on nothing else.
 */

export interface Spread {
  /** By pixel: its label, 0 where it has none. Changed in place. */
  labels: Uint8Array;
  /** Pixels in a row. */
  stride: number;
  /** How far each label spreads, in pixels. */
  limitPx(label: number): number;
  /** Whether a label may spread into a pixel that has none. */
  enters(index: number, label: number): boolean;
}

const ASIDE = 5;
const ACROSS = 7;
/** More than any step: pixels wait in so many lists, by distance modulo their number. */
const LISTS = 8;
const FAR = 2 ** 30;

/** Spreads labels into the pixels of `open`, none of which has one yet nor lies on the window's own border. */
export function spread({ labels, stride, limitPx, enters }: Spread, open: Int32Array): void {
  const steps = [-stride, -1, 1, stride, -stride - 1, -stride + 1, stride - 1, stride + 1];
  const limits = Int32Array.from({ length: 256 }, (_, label) => Math.floor(limitPx(label) * ASIDE));
  const distances = new Int32Array(labels.length); // 0: no open pixel
  const waiting: number[][] = Array.from({ length: LISTS }, () => []);
  let count = 0;
  const offer = (at: number, label: number, distance: number) => {
    const known = distances[at]!;
    if (distance > known || (distance === known && label >= labels[at]!)) return;
    if (distance > limits[label]! || !enters(at, label)) return;
    labels[at] = label;
    if (distance === known) return;
    distances[at] = distance;
    waiting[distance % LISTS]!.push(at);
    count++;
  };
  for (const at of open) distances[at] = FAR;
  for (const at of open) {
    for (let n = 0; n < steps.length; n++) {
      const from = at + steps[n]!;
      if (distances[from] === 0 && labels[from] !== 0) offer(at, labels[from]!, n < 4 ? ASIDE : ACROSS);
    }
  }
  for (let distance = ASIDE; count > 0; distance++) {
    const list = waiting[distance % LISTS]!;
    count -= list.length;
    for (const from of list.splice(0)) {
      if (distances[from] !== distance) continue; // reached sooner since it was listed
      for (let n = 0; n < steps.length; n++)
        offer(from + steps[n]!, labels[from]!, distance + (n < 4 ? ASIDE : ACROSS));
    }
  }
}
