/**
 * Mixed stands (CS2.1.1.3): woods where broadleaves (CS2.1.1.1) and conifers (CS2.1.1.2) both hold a good part. Pure.
 *
 * A model tells tree from tree; a stand is told from its neighbourhood. Ground is mixed where, of the wood within a square of
 * `windowM` round it, the lesser kind holds `leastShare` at least. Along a sharp edge between two pure stands that holds too, in a
 * band half as wide as the window: so what no disc of `windowM` across fits into is no mixed stand (an opening). No published rule
 * of OCS GE gives figures; the share is the usual one of forest maps (a stand is pure from three quarters of its cover on), the
 * window is a square of one minimal unit (2 500 m²). Both are assumptions of ours.
 */
import { squaredDistances } from '../../value-distance.ts';
import { type Framed, innerOf } from '../blocks/framed.ts';
import { type LandClass, landValueOf } from '../land-classes.ts';

/** `cellM`: side of the cells in which wood is counted, as finely as a mixed stand is told from a pure one. */
export const MIXED_STANDS = { windowM: 50, leastShare: 0.25, cellM: 1 };

export interface MixedStandParameters {
  classes: LandClass[];
  resolutionM: number;
}

const [BROADLEAF_CODE, CONIFER_CODE, MIXED_CODE] = ['CS2.1.1.1', 'CS2.1.1.2', 'CS2.1.1.3'];

/** Couvertures that may occur once stands are told: where both kinds do, mixed stands may. Sorted as the others are. */
export const withMixedStands = (codesCs: string[]): string[] =>
  codesCs.includes(BROADLEAF_CODE) && codesCs.includes(CONIFER_CODE)
    ? [...new Set([...codesCs, MIXED_CODE])].sort()
    : codesCs;

/** Values of stands, 0 for those the layer has not. Where the model itself says mixed, it counts half and half. */
interface StandValues {
  broadleaf: number;
  conifer: number;
  mixed: number;
}

function standValues(classes: LandClass[]): StandValues {
  const find = (codeCs: string) => landValueOf(classes, { codeCs, ossature: false });
  return { broadleaf: find(BROADLEAF_CODE), conifer: find(CONIFER_CODE), mixed: find(MIXED_CODE) };
}

/** Whether the layer can hold mixed stands at all. */
const canMix = ({ broadleaf, conifer, mixed }: StandValues) => broadleaf !== 0 && conifer !== 0 && mixed !== 0;

/** Cells in half a window, and pixels in a cell's side. */
function latticeOf(resolutionM: number) {
  const cellPx = Math.max(1, Math.round(MIXED_STANDS.cellM / resolutionM));
  return { cellPx, half: Math.max(1, Math.round(MIXED_STANDS.windowM / 2 / (cellPx * resolutionM))) };
}

/** Half a window to count in, two half windows to open. Cells are those of the raster's own lattice: one more to reach them. */
export function frameOfMixedStands({ classes, resolutionM }: MixedStandParameters): number {
  if (!canMix(standValues(classes))) return 0;
  const { cellPx, half } = latticeOf(resolutionM);
  return (3 * half + 2) * cellPx;
}

/** The block's values with mixed stands. The frame is `frameOfMixedStands` at least. */
export function mixedStands(framed: Framed, { classes, resolutionM }: MixedStandParameters): Uint8Array {
  const values = standValues(classes);
  if (!canMix(values) || !holdsBoth(framed.pixels, values)) return innerOf(framed).pixels;
  const { cellPx, half } = latticeOf(resolutionM);
  const cells = countWood(framed, values, cellPx);
  const isMixed = opened(mixedCells(cells, half), cells.columns, half);
  return withStands(framed, values, cells, isMixed);
}

function holdsBoth(pixels: Uint8Array, { broadleaf, conifer, mixed }: StandValues): boolean {
  const [hasBroadleaf, hasConifer] = [pixels.includes(broadleaf), pixels.includes(conifer)];
  return (hasBroadleaf && hasConifer) || ((hasBroadleaf || hasConifer) && pixels.includes(mixed));
}

/** Wood by cell, in half pixels. The lattice is the raster's: cell c has the pixels c × cellPx to (c + 1) × cellPx − 1. */
interface Cells {
  cellPx: number;
  /** The first cell's column and row in the raster's lattice. */
  firstColumn: number;
  firstRow: number;
  columns: number;
  broadleaf: Float64Array;
  conifer: Float64Array;
}

function countWood(
  { xPx, yPx, widthPx, heightPx, framePx, pixels }: Framed,
  values: StandValues,
  cellPx: number,
): Cells {
  const [stride, height] = [widthPx + 2 * framePx, heightPx + 2 * framePx];
  const [left, top] = [xPx - framePx, yPx - framePx];
  const [firstColumn, firstRow] = [Math.floor(left / cellPx), Math.floor(top / cellPx)];
  const columns = Math.floor((left + stride - 1) / cellPx) - firstColumn + 1;
  const rows = Math.floor((top + height - 1) / cellPx) - firstRow + 1;
  const [broadleaf, conifer] = [new Float64Array(columns * rows), new Float64Array(columns * rows)];
  const [broadleafHalves, coniferHalves] = [new Uint8Array(256), new Uint8Array(256)];
  [broadleafHalves[values.mixed], coniferHalves[values.mixed]] = [1, 1];
  [broadleafHalves[values.broadleaf], coniferHalves[values.conifer]] = [2, 2];
  const columnOf = Int32Array.from({ length: stride }, (_, x) => Math.floor((left + x) / cellPx) - firstColumn);
  for (let y = 0, i = 0; y < height; y++) {
    const row = (Math.floor((top + y) / cellPx) - firstRow) * columns;
    for (let x = 0; x < stride; x++, i++) {
      const value = pixels[i]!;
      const cell = row + columnOf[x]!;
      broadleaf[cell] = broadleaf[cell]! + broadleafHalves[value]!;
      conifer[cell] = conifer[cell]! + coniferHalves[value]!;
    }
  }
  return { cellPx, firstColumn, firstRow, columns, broadleaf, conifer };
}

/** 1 where the lesser kind has its share of the wood in the square of 2 × half + 1 cells round a cell. */
function mixedCells({ columns, broadleaf, conifer }: Cells, half: number): Uint8Array {
  const [broad, fine] = [boxSums(broadleaf, columns, half), boxSums(conifer, columns, half)];
  return Uint8Array.from({ length: broad.length }, (_, i) => {
    const lesser = Math.min(broad[i]!, fine[i]!);
    return lesser > 0 && lesser >= MIXED_STANDS.leastShare * (broad[i]! + fine[i]!) ? 1 : 0;
  });
}

/** Sums over squares of 2 × half + 1 cells, cut at the window's sides: along rows, then down columns. */
function boxSums(counts: Float64Array, columns: number, half: number): Float64Array {
  const rows = counts.length / columns;
  const along = new Float64Array(counts.length);
  for (let y = 0; y < rows; y++) slide(counts, along, y * columns, 1, columns, half);
  const sums = new Float64Array(counts.length);
  for (let x = 0; x < columns; x++) slide(along, sums, x, columns, rows, half);
  return sums;
}

/** Running sums of `count` numbers from `start`, `step` apart. */
function slide(from: Float64Array, to: Float64Array, start: number, step: number, count: number, half: number): void {
  let sum = 0;
  for (let n = 0; n < Math.min(half, count); n++) sum += from[start + n * step]!;
  for (let n = 0; n < count; n++) {
    if (n + half < count) sum += from[start + (n + half) * step]!;
    if (n - half > 0) sum -= from[start + (n - half - 1) * step]!;
    to[start + n * step] = sum;
  }
}

/** What a disc of radius `half` within the mask covers. */
function opened(mask: Uint8Array, columns: number, half: number): Uint8Array {
  const isOut = mask.map((value) => 1 - value);
  const toOut = squaredDistances(isOut, columns, half);
  const isCentre = Uint8Array.from(toOut, (square) => (square >= half * half ? 1 : 0));
  const toCentre = squaredDistances(isCentre, columns, half);
  return Uint8Array.from(toCentre, (square) => (square < half * half ? 1 : 0));
}

function withStands(
  { xPx, yPx, widthPx, heightPx, framePx, pixels }: Framed,
  values: StandValues,
  cells: Cells,
  isMixed: Uint8Array,
): Uint8Array {
  const { cellPx, firstColumn, firstRow, columns } = cells;
  const stride = widthPx + 2 * framePx;
  const result = new Uint8Array(widthPx * heightPx);
  const columnOf = Int32Array.from({ length: widthPx }, (_, x) => Math.floor((xPx + x) / cellPx) - firstColumn);
  for (let y = 0, i = 0; y < heightPx; y++) {
    const row = (Math.floor((yPx + y) / cellPx) - firstRow) * columns;
    for (let x = 0, at = (y + framePx) * stride + framePx; x < widthPx; x++, at++, i++) {
      const value = pixels[at]!;
      const isPure = value === values.broadleaf || value === values.conifer;
      result[i] = isPure && isMixed[row + columnOf[x]!] === 1 ? values.mixed : value;
    }
  }
  return result;
}
