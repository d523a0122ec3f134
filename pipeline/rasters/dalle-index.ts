/** Which dalles a window touches, without looking at the others. Pure. */
import type { PixelWindow } from '../grid.ts';

/** Cells of the index along one side at most: a département's dalles are some hundred by some hundred. */
const MAX_CELLS = 512;

/** `find` gives the indexes of the rectangles that a window may touch, ascending. */
export interface DalleIndex {
  find(window: PixelWindow): number[];
}

/** Lists rectangles of a raster of `widthPx` × `heightPx` by the cells of a lattice as wide as the largest of them. */
export function indexDalles(dalles: PixelWindow[], widthPx: number, heightPx: number): DalleIndex {
  let cellPx = Math.max(widthPx, heightPx) / MAX_CELLS;
  for (const dalle of dalles) cellPx = Math.max(cellPx, dalle.widthPx, dalle.heightPx);
  const columns = Math.max(1, Math.ceil(widthPx / cellPx));
  const rows = Math.max(1, Math.ceil(heightPx / cellPx));
  const cells: number[][] = Array.from({ length: columns * rows }, () => []);
  const cellsOf = ({ xPx, yPx, widthPx: width, heightPx: height }: PixelWindow): number[] => {
    const found: number[] = [];
    const lastRow = Math.min(Math.floor((yPx + height - 1) / cellPx), rows - 1);
    const lastColumn = Math.min(Math.floor((xPx + width - 1) / cellPx), columns - 1);
    for (let row = Math.max(Math.floor(yPx / cellPx), 0); row <= lastRow; row++) {
      for (let column = Math.max(Math.floor(xPx / cellPx), 0); column <= lastColumn; column++) {
        found.push(row * columns + column);
      }
    }
    return found;
  };
  dalles.forEach((dalle, index) => {
    for (const cell of cellsOf(dalle)) cells[cell]!.push(index);
  });
  return {
    find: (window) => [...new Set(cellsOf(window).flatMap((cell) => cells[cell]!))].sort((a, b) => a - b),
  };
}
