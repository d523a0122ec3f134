/**
 * The noise of single pixels: each takes the class that its 3 × 3 neighbourhood stands for most, by confidence or by the
 * probabilities of all classes where the run kept them. Pure; looks one pixel far.
 */
import type { Framed } from '../blocks/framed.ts';

export const MAJORITY_FRAME_PX = 1;

/**
 * Class of each pixel of the block after a vote of the nine round it, each with its confidence (255 = 1; absent: all alike).
 * Of equal classes the pixel's own stays, else the smaller value. Nodata has no vote and gets none.
 */
export function majority(classes: Framed, confidence?: Framed): Uint8Array {
  const votes = new Int32Array(256);
  const { pixels } = classes;
  const shift = confidence === undefined ? undefined : indexShift(classes, confidence);
  return eachMixed(classes, (around, own) => {
    for (const at of around) {
      const value = pixels[at]!;
      // a pixel with no confidence at all is still a pixel: one vote
      votes[value]! += shift === undefined ? 1 : Math.max(1, confidence!.pixels[shift(at)]!);
    }
    let best = own;
    for (const at of around) {
      const value = pixels[at]!;
      if (value === 0 || votes[value]! < votes[best]!) continue;
      if (votes[value]! > votes[best]! || (best !== own && value < best)) best = value;
    }
    for (const at of around) votes[pixels[at]!] = 0;
    return best;
  });
}

/**
 * The same by probabilities: `planes[v − 1]` holds, for the pixels of `classes` frame included, the probability of value v
 * (255 = 1). The class with the greatest sum over the nine wins, also one that none of them has for its own.
 */
export function majorityByProbability(classes: Framed, planes: Uint8Array[]): Uint8Array {
  const { pixels } = classes;
  return eachMixed(classes, (around, own) => {
    let [best, most] = [own, 0];
    for (let value = 0; value <= planes.length; value++) {
      const candidate = value === 0 ? own : value; // its own class first: it stays when another only draws
      const plane = planes[candidate - 1]!;
      let sum = 0;
      for (const at of around) if (pixels[at] !== 0) sum += plane[at]!;
      if (sum > most) [best, most] = [candidate, sum];
    }
    return best;
  });
}

/** Asks `choose` for each known pixel whose nine are not of one class; the others keep theirs. */
function eachMixed(
  { widthPx, heightPx, framePx, pixels }: Framed,
  choose: (around: Int32Array, own: number) => number,
): Uint8Array {
  const stride = widthPx + 2 * framePx;
  const result = new Uint8Array(widthPx * heightPx);
  const column = new Uint16Array(widthPx + 2);
  const around = new Int32Array(9);
  for (let y = 0; y < heightPx; y++) {
    const start = (y + framePx) * stride + framePx;
    for (let x = 0, i = start - 1; x < column.length; x++, i++) {
      const value = pixels[i]!;
      column[x] = pixels[i - stride] === value && pixels[i + stride] === value ? value : MIXED;
    }
    for (let x = 0, i = start; x < widthPx; x++, i++) {
      const own = pixels[i]!;
      const one = column[x + 1]!;
      if (own === 0 || (one !== MIXED && column[x] === one && column[x + 2] === one)) {
        result[y * widthPx + x] = own;
        continue;
      }
      for (let n = 0, at = i - stride - 1; n < 9; n += 3, at += stride) {
        around[n] = at;
        around[n + 1] = at + 1;
        around[n + 2] = at + 2;
      }
      result[y * widthPx + x] = choose(around, own);
    }
  }
  return result;
}

const MIXED = 256;

/** Turns an index of one frame into that of another frame round the same block. */
function indexShift(from: Framed, to: Framed): (index: number) => number {
  const [fromStride, toStride] = [from.widthPx + 2 * from.framePx, to.widthPx + 2 * to.framePx];
  if (fromStride === toStride) return (index) => index;
  const moved = to.framePx - from.framePx;
  return (index) => {
    const x = index % fromStride;
    return ((index - x) / fromStride + moved) * toStride + x + moved;
  };
}
