/** Annotated ground cut into blocks, each of which goes whole to training, validation or test. Pure. */
import { grownBox } from '../boxes.ts';
import type { BboxLocal, Grid, PixelWindow } from '../grid.ts';
import { rootOf, unite } from '../regions.ts';
import { BoxIndex } from './box-index.ts';

/** Ground that is never shared out. `annotated`: the boxes in it outside of which nothing is known. */
export interface Block {
  bbox: BboxLocal;
  annotated: BboxLocal[];
}

/** Edges closer than a millimetre are one. */
const SAME_M = 1e-3;
const SAME_PX = 1e-2;

/** Blocks of boxes that hold together: from each to the next it is less than `gapM`. In the order of their first boxes. */
export function clusterBoxes(boxes: BboxLocal[], gapM: number): Block[] {
  const items = boxes.map((bbox, at) => ({ bbox, at }));
  const index = new BoxIndex(items);
  const parents = Int32Array.from(boxes, (_, at) => at);
  for (const { bbox, at } of items) {
    for (const near of index.meeting(grownBox(bbox, gapM - SAME_M))) {
      unite(parents, at, near.at);
    }
  }
  const blocks = new Map<number, BboxLocal[]>();
  for (const { bbox, at } of items) {
    const root = rootOf(parents, at);
    const block = blocks.get(root);
    if (block) block.push(bbox);
    else blocks.set(root, [bbox]);
  }
  return [...blocks.values()].map((annotated) => ({ bbox: union(annotated), annotated }));
}

/** Square blocks of `sideM` that boxes reach into, at multiples of `sideM` on the ground whatever is annotated. By row, from the top left. */
export function squareBlocks(boxes: BboxLocal[], sideM: number): Block[] {
  const blocks = new Map<string, Block>();
  for (const box of boxes) {
    const first = (edge: number) => Math.floor((edge + SAME_M) / sideM);
    const last = (edge: number) => Math.ceil((edge - SAME_M) / sideM) - 1;
    for (let y = first(box[1]); y <= last(box[3]); y++) {
      for (let x = first(box[0]); x <= last(box[2]); x++) {
        const key = `${x} ${y}`;
        const bbox: BboxLocal = [x * sideM, y * sideM, (x + 1) * sideM, (y + 1) * sideM];
        const block = blocks.get(key) ?? { bbox, annotated: [] };
        block.annotated.push(box);
        blocks.set(key, block);
      }
    }
  }
  return [...blocks.values()].sort((a, b) => b.bbox[3] - a.bbox[3] || a.bbox[0] - b.bbox[0]);
}

function union(boxes: BboxLocal[]): BboxLocal {
  const all: BboxLocal = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [minX, minY, maxX, maxY] of boxes) {
    all[0] = Math.min(all[0], minX);
    all[1] = Math.min(all[1], minY);
    all[2] = Math.max(all[2], maxX);
    all[3] = Math.max(all[3], maxY);
  }
  return all;
}

/**
 * Patches of `sidePx` every `stepPx` from the block's top left, those that meet annotated ground; the last of a row or column
 * is shifted back to end at the block's edge, so none leaves its block (unless the block is smaller than a patch).
 */
export function placePatches({ bbox, annotated }: Block, grid: Grid, sidePx: number, stepPx: number): PixelWindow[] {
  const [left, right] = wholePixels(bbox[0] - grid.originX, bbox[2] - grid.originX, grid.resolutionM);
  const [top, bottom] = wholePixels(grid.originY - bbox[3], grid.originY - bbox[1], grid.resolutionM);
  const [columns, rows] = [starts(left, right, sidePx, stepPx), starts(top, bottom, sidePx, stepPx)];
  const placed = new Map<number, PixelWindow>();
  for (const box of annotated) {
    const [fromX, toX] = [box[0] - grid.originX, box[2] - grid.originX].map((m) => m / grid.resolutionM);
    const [fromY, toY] = [grid.originY - box[3], grid.originY - box[1]].map((m) => m / grid.resolutionM);
    for (const row of meeting(rows, fromY!, toY!, sidePx, stepPx)) {
      for (const column of meeting(columns, fromX!, toX!, sidePx, stepPx)) {
        const window = { xPx: columns[column]!, yPx: rows[row]!, widthPx: sidePx, heightPx: sidePx };
        placed.set(row * columns.length + column, window);
      }
    }
  }
  return [...placed].sort(([a], [b]) => a - b).map(([, window]) => window);
}

/** First pixel, and the end, of those wholly between two edges. */
function wholePixels(fromM: number, toM: number, resolutionM: number): [number, number] {
  return [Math.ceil((fromM - SAME_M) / resolutionM), Math.floor((toM + SAME_M) / resolutionM)];
}

function starts(from: number, end: number, sidePx: number, stepPx: number): number[] {
  const found: number[] = [];
  for (let at = from; at + sidePx <= end; at += stepPx) found.push(at);
  const last = Math.max(from, end - sidePx);
  if (found.at(-1) !== last) found.push(last);
  return found;
}

/** Indexes of the starts whose patches meet (from, to). All but the last are `stepPx` apart. */
function meeting(all: number[], from: number, to: number, sidePx: number, stepPx: number): number[] {
  const found: number[] = [];
  const first = Math.max(0, Math.floor((from - sidePx - all[0]!) / stepPx) - 1);
  for (let i = Math.min(first, all.length - 1); i < all.length && all[i]! < to - SAME_PX; i++) {
    if (all[i]! + sidePx > from + SAME_PX) found.push(i);
  }
  return found;
}
