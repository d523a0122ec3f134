/** The raster of regions where they were cut at a limit: nothing outside, and each part its number. */
import type { Position } from 'geojson';
import { bboxOf } from '../../boxes.ts';
import type { Extent } from '../../extent.ts';
import { type ExtentMask, extentMask } from '../../extent-mask.ts';
import { type BboxLocal, type Grid, groundX, groundY, type PixelWindow } from '../../grid.ts';

/** Parts of one region, by number: of the first they were given, and one more each. */
export interface SplitRegion {
  firstNumber: number;
  parts: Position[][][];
}

/**
 * Changes windows of a raster on `grid` in place. A pixel is outside by its centre; inside, a pixel of a region in several parts
 * goes to the part that holds its centre (a straightened border passes some by: they stay with the first part).
 */
export function limitRaster(limit: Extent, grid: Grid, splits: SplitRegion[]) {
  const within = extentMask(limit);
  const byNumber = new Map(splits.map((split) => [split.firstNumber, masksOf(split)]));
  return (window: PixelWindow, numbers: Uint32Array): Uint32Array => {
    const inside = within(grid, window);
    const there = new Set<PartMask[]>();
    for (let i = 0; i < numbers.length; i++) {
      if (inside[i] === 0) numbers[i] = 0;
      const parts = byNumber.get(numbers[i]!);
      if (parts !== undefined) there.add(parts);
    }
    for (const parts of there) renumber(parts, grid, window, numbers);
    return numbers;
  };
}

interface PartMask {
  firstNumber: number;
  number: number;
  box: BboxLocal;
  mask: ExtentMask;
}

const masksOf = ({ firstNumber, parts }: SplitRegion): PartMask[] =>
  parts.slice(1).map((coordinates, i) => {
    const polygon = { type: 'Polygon' as const, coordinates };
    return { firstNumber, number: firstNumber + i + 1, box: bboxOf(coordinates), mask: extentMask(polygon) };
  });

function renumber(parts: PartMask[], grid: Grid, window: PixelWindow, numbers: Uint32Array): void {
  const { xPx, yPx, widthPx, heightPx } = window;
  const [west, east] = [groundX(grid, xPx), groundX(grid, xPx + widthPx)];
  const [north, south] = [groundY(grid, yPx), groundY(grid, yPx + heightPx)];
  for (const { firstNumber, number, box, mask } of parts) {
    if (box[0] > east || box[2] < west || box[1] > north || box[3] < south) continue;
    const inPart = mask(grid, window);
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] === firstNumber && inPart[i] === 1) numbers[i] = number;
    }
  }
}
