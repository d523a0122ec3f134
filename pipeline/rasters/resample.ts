/**
 * One grid's pixels out of another's. Pure.
 *
 * The rule: where the grids coincide to 1/100 of a pixel, pixels are copied as they are. Elsewhere the source is the bilinear
 * surface through its pixel centres: a finer target takes its value at the target's centre, a coarser one its mean over the
 * target's pixel, so that no source pixel is skipped. Both put a slope exactly where it is on the ground. Unknown pixels weigh
 * nothing; the result is known where the source pixel under the target's centre is.
 */
import type { Grid } from '../grid.ts';

/** For each target pixel of one axis, the source pixels that count: `first[i] … first[i] + width − 1`, and their weights. */
export interface Taps {
  width: number;
  first: Int32Array;
  /** count × width; the weights of a pixel sum to 1. */
  weights: Float32Array;
  /** Source pixel under the target's centre. */
  nearest: Int32Array;
}

/** Grids closer than this share of a pixel coincide: a hundredth of 20 cm is less than any orientation of images tells. */
const SAME_PX = 0.01;

/** Taps of target pixels [start, start + count) of an axis on a source axis; both axes are given in metres along it. */
export function axisTaps(
  target: { originM: number; resolutionM: number },
  source: { originM: number; resolutionM: number; lengthPx: number },
  start: number,
  count: number,
): Taps {
  const ratio = target.resolutionM / source.resolutionM;
  const shift = (target.originM - source.originM) / source.resolutionM;
  const aligned = Math.abs(ratio - 1) * source.lengthPx < SAME_PX && Math.abs(shift - Math.round(shift)) < SAME_PX;
  // Two pixels weigh for a finer target; those under a coarser one and one more on each side.
  const radius = ratio > 1 ? ratio / 2 + 0.5 : 0.5;
  const width = aligned ? 1 : ratio > 1 ? Math.ceil(ratio) + 2 : 2;
  const taps: Taps = {
    width,
    first: new Int32Array(count),
    weights: new Float32Array(count * width),
    nearest: new Int32Array(count),
  };
  for (let i = 0; i < count; i++) {
    const centre = aligned ? Math.round(shift) + start + i + 0.5 : roundMicro(shift + (start + i + 0.5) * ratio);
    taps.nearest[i] = pixelUnder(centre, source.lengthPx, SAME_PX * ratio);
    taps.first[i] = aligned ? Math.floor(centre) : Math.floor(centre - radius);
    for (let k = 0; k < width; k++) {
      taps.weights[i * width + k] = aligned ? 1 : weightAt(taps.first[i]! + k + 0.5 - centre, ratio);
    }
  }
  return taps;
}

/** A centre on the source's edge is inside, as it is where grids are cut. */
function pixelUnder(centre: number, lengthPx: number, edgePx: number): number {
  if (centre < 0 && centre >= -edgePx) return 0;
  if (centre >= lengthPx && centre <= lengthPx + edgePx) return lengthPx - 1;
  return Math.floor(centre);
}

/** Rounded to a millionth of a pixel: equal ratios give equal taps, whatever the last bits of the coordinates. */
const roundMicro = (px: number) => Math.round(px * 1e6) / 1e6;

/** Weight of a source pixel whose centre is `distance` source pixels from the target's: a triangle, or its mean over `ratio`. */
function weightAt(distance: number, ratio: number): number {
  if (ratio <= 1) return Math.max(0, 1 - Math.abs(distance));
  return (triangleArea(distance + ratio / 2) - triangleArea(distance - ratio / 2)) / ratio;
}

/** Area of the unit triangle (height 1, from −1 to 1) left of `t`. */
function triangleArea(t: number): number {
  if (t <= -1) return 0;
  if (t >= 1) return 1;
  return t < 0 ? (1 + t) ** 2 / 2 : 1 - (1 - t) ** 2 / 2;
}

/** The source pixels [from, to) that taps need. */
export function tapsRange({ first, width }: Taps): [number, number] {
  return [first[0]!, first[first.length - 1]! + width];
}

/** True where both axes copy: nothing to weigh. */
export const isCopy = (columns: Taps, rows: Taps) => columns.width === 1 && rows.width === 1;

/**
 * Weighs one band: `values` and `known` (undefined: all are) cover the source window of `tapsRange` of both axes, row by row;
 * `out` is rows × columns of the target and is left at 0 where nothing is known. Columns first, then rows.
 */
export function weigh(
  values: Float32Array,
  known: Uint8Array | undefined,
  columns: Taps,
  rows: Taps,
  out: Float32Array,
): Float32Array {
  const sums = weighColumns(values, known, columns, tapsRange(rows));
  if (!sums.weights && rows.width === 2) {
    weighTwoRows(sums.values, rows, columns.first.length, out);
    return out;
  }
  const [top] = tapsRange(rows);
  const count = columns.first.length;
  const [sum, total] = [new Float64Array(count), new Float64Array(count)];
  for (let y = 0; y < rows.first.length; y++) {
    sum.fill(0);
    total.fill(0);
    for (let j = 0; j < rows.width; j++) {
      const weight = rows.weights[y * rows.width + j]!;
      if (weight === 0) continue;
      const row = (rows.first[y]! + j - top) * count;
      addRow(sum, sums.values, row, weight);
      if (sums.weights) addRow(total, sums.weights, row, weight);
    }
    const at = y * count;
    if (!sums.weights) out.set(sum, at);
    else for (let x = 0; x < count; x++) out[at + x] = total[x]! > 0 ? sum[x]! / total[x]! : 0;
  }
  return out;
}

/** The usual case of a finer target: everything is known, and two rows weigh. */
function weighTwoRows(sums: Float64Array, rows: Taps, count: number, out: Float32Array): void {
  const [top] = tapsRange(rows);
  for (let y = 0; y < rows.first.length; y++) {
    const upper = (rows.first[y]! - top) * count;
    const [first, second] = [rows.weights[2 * y]!, rows.weights[2 * y + 1]!];
    const at = y * count;
    for (let x = 0; x < count; x++) out[at + x] = sums[upper + x]! * first + sums[upper + count + x]! * second;
  }
}

function addRow(sum: Float64Array, values: Float64Array, start: number, weight: number): void {
  for (let x = 0; x < sum.length; x++) sum[x]! += values[start + x]! * weight;
}

/** Taken again by the next call: nothing waits between weighing columns and weighing rows. */
let columnSums = new Float64Array(0);

/** Each source row at the target's columns: weighed values, and where there are holes the weights that counted. */
function weighColumns(
  values: Float32Array,
  known: Uint8Array | undefined,
  columns: Taps,
  [top, bottom]: [number, number],
): { values: Float64Array; weights: Float64Array | undefined } {
  const { first, width, weights } = columns;
  const [left, right] = tapsRange(columns);
  const count = first.length;
  if (columnSums.length < (bottom - top) * count) columnSums = new Float64Array((bottom - top) * count);
  const out = columnSums;
  const counted = known && new Float64Array((bottom - top) * count);
  if (!known && width === 2) {
    weighTwoColumns(values, columns, [left, right], bottom - top, out);
    return { values: out, weights: undefined };
  }
  for (let row = 0, to = 0; row < bottom - top; row++) {
    const start = row * (right - left) - left;
    for (let x = 0; x < count; x++, to++) {
      const at = start + first[x]!;
      let sum = 0;
      let total = 0;
      for (let i = 0; i < width; i++) {
        const weight = weights[x * width + i]!;
        if (weight === 0 || (known && known[at + i] === 0)) continue;
        sum += weight * values[at + i]!;
        total += weight;
      }
      out[to] = sum;
      if (counted) counted[to] = total;
    }
  }
  return { values: out, weights: counted };
}

/** The usual case of a finer target, as `weighTwoRows`. */
function weighTwoColumns(
  values: Float32Array,
  { first, weights }: Taps,
  [left, right]: [number, number],
  rows: number,
  out: Float64Array,
): void {
  const count = first.length;
  for (let row = 0, to = 0; row < rows; row++) {
    const start = row * (right - left) - left;
    for (let x = 0; x < count; x++, to++) {
      const at = start + first[x]!;
      out[to] = weights[2 * x]! * values[at]! + weights[2 * x + 1]! * values[at + 1]!;
    }
  }
}

/** The target's mask: known where the source pixel under its centre is. */
export function nearestKnown(known: Uint8Array, columns: Taps, rows: Taps): Uint8Array {
  const [left, right] = tapsRange(columns);
  const [top] = tapsRange(rows);
  const count = columns.first.length;
  const out = new Uint8Array(count * rows.first.length);
  for (let y = 0; y < rows.first.length; y++) {
    const row = (rows.nearest[y]! - top) * (right - left) - left;
    for (let x = 0; x < count; x++) out[y * count + x] = known[row + columns.nearest[x]!]!;
  }
  return out;
}

/** The x axis of a grid, and its y axis counted downwards. */
export const columnsAxis = (grid: Grid) => ({
  originM: grid.originX,
  resolutionM: grid.resolutionM,
  lengthPx: grid.widthPx,
});
export const rowsAxis = (grid: Grid) => ({
  originM: -grid.originY,
  resolutionM: grid.resolutionM,
  lengthPx: grid.heightPx,
});
