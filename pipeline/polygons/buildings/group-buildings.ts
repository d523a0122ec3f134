/** Buildings close to each other are one object. Pure. */
import type { PixelWindow } from '../../grid.ts';
import { connectedRegions } from '../../regions.ts';
import { closed, frameOfClosing } from '../blocks/closing.ts';
import { type Framed, innerOf } from '../blocks/framed.ts';
import type { BuildingValues } from './building-values.ts';

/**
 * Buildings less than this apart are grouped. An assumption of ours: less than the narrowest road (5 m), so that no street
 * between two rows of houses is built over.
 */
export const GROUPING_GAP_M = 4;

/**
 * In gaps: how far round a square of the raster, as wide as that, buildings are followed to see whether two walls are one
 * building's. Squares are the raster's own, so that no cut into blocks shows.
 */
const REACH_GAPS = 5;

const reachOf = (gapM: number, resolutionM: number) => Math.ceil((REACH_GAPS * gapM) / resolutionM);

export const frameOfGrouping = (gapM: number, resolutionM: number) =>
  frameOfClosing(gapM / 2 / resolutionM) + 2 * reachOf(gapM, resolutionM);

/**
 * The block's values, ground that joins two buildings less than `gapM` apart filled; a single building's bays and inner corners
 * stay. The frame is `frameOfGrouping` at least.
 */
export function groupBuildings(
  framed: Framed,
  { building, isFixed }: BuildingValues,
  gapM: number,
  resolutionM: number,
): Uint8Array {
  const { widthPx, framePx, pixels } = framed;
  const block = innerOf(framed).pixels.slice();
  if (building === 0 || !pixels.includes(building)) return block;
  const width = widthPx + 2 * framePx;
  const buildings = pixels.map((value) => (value === building ? BUILT : 0));
  const filled = closed(buildings, width, gapM / 2 / resolutionM);
  const kinds = pixels.map((value, i) =>
    buildings[i] === BUILT ? BUILT : filled[i] === 1 && value !== 0 && isFixed[value] !== 1 ? ADDED : 0,
  );
  if (!kinds.includes(ADDED)) return block;
  const reachPx = reachOf(gapM, resolutionM);
  for (const square of squaresOf(framed, reachPx))
    fillJoints(block, { ...framed, pixels: kinds }, square, reachPx, building);
  return block;
}

const BUILT = 1;
/** Ground between buildings, or in the corners of one. */
const ADDED = 2;

/** The raster's squares of `sidePx` that the block has pixels of. */
function* squaresOf({ xPx, yPx, widthPx, heightPx }: PixelWindow, sidePx: number): Generator<PixelWindow> {
  const first = (at: number) => Math.floor(at / sidePx) * sidePx;
  for (let y = first(yPx); y < yPx + heightPx; y += sidePx)
    for (let x = first(xPx); x < xPx + widthPx; x += sidePx)
      yield { xPx: x, yPx: y, widthPx: sidePx, heightPx: sidePx };
}

/** Gives the block what joins two buildings in one square, by what lies within reach of that. */
function fillJoints(block: Uint8Array, kinds: Framed, square: PixelWindow, reachPx: number, building: number): void {
  const sidePx = square.widthPx + 2 * reachPx;
  const [xPx, yPx] = [square.xPx - reachPx, square.yPx - reachPx];
  const [left, top] = [xPx - kinds.xPx + kinds.framePx, yPx - kinds.yPx + kinds.framePx];
  const stride = kinds.widthPx + 2 * kinds.framePx;
  const around = new Uint8Array(sidePx * sidePx);
  for (let y = 0; y < sidePx; y++) {
    const from = (top + y) * stride + left;
    around.set(kinds.pixels.subarray(from, from + sidePx), y * sidePx);
  }
  const last = reachPx + square.widthPx;
  const rowsWithin = Array.from({ length: square.heightPx }, (_, y) => (reachPx + y) * sidePx);
  if (!rowsWithin.some((row) => around.subarray(row + reachPx, row + last).includes(ADDED))) return;
  const { labels, joins } = jointsOf(around, sidePx);
  for (let y = Math.max(reachPx, kinds.yPx - yPx); y < Math.min(last, kinds.yPx + kinds.heightPx - yPx); y++) {
    for (let x = Math.max(reachPx, kinds.xPx - xPx); x < Math.min(last, kinds.xPx + kinds.widthPx - xPx); x++) {
      if (joins[labels[y * sidePx + x]!] !== 1) continue;
      block[(y + yPx - kinds.yPx) * kinds.widthPx + x + xPx - kinds.xPx] = building;
    }
  }
}

/** Regions of a square of kinds, and by region: 1 where it is ground with two buildings beside it. */
function jointsOf(kinds: Uint8Array, sidePx: number): { labels: Int32Array; joins: Uint8Array } {
  const { labels, classOf, count } = connectedRegions(kinds, sidePx, sidePx);
  const beside = new Int32Array(count + 1);
  const joins = new Uint8Array(count + 1);
  const meet = (a: number, b: number) => {
    if (classOf[a] !== ADDED || classOf[b] !== BUILT) return;
    if (beside[a] === 0) beside[a] = b;
    else if (beside[a] !== b) joins[a] = 1;
  };
  for (let i = 0; i < labels.length; i++) {
    const right = (i + 1) % sidePx === 0 ? 0 : labels[i + 1]!;
    for (const other of [right, labels[i + sidePx] ?? 0]) {
      meet(labels[i]!, other);
      meet(other, labels[i]!);
    }
  }
  return { labels, joins };
}
