/** How wide regions are, from the raster of their numbers, block by block. */
import { Stopped } from './errors.ts';
import type { RasterFile } from './geotiff/read-raster.ts';
import { cutInDalles, type Grid, withFrame } from './grid.ts';
import { squaredValueDistances } from './value-distance.ts';

const BLOCK_PX = 1024;

/**
 * By region, from 1: 1 where a disc of `widthM` finds room in it, measured to a pixel as the polygons' own widths are. `regions` is
 * a raster of region numbers on `grid`, 0 where there is none; ground that is none narrows nothing. Throws `Stopped`.
 */
export async function regionsAsWideAs(
  widthM: number,
  { regions, grid, count }: { regions: RasterFile; grid: Grid; count: number },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const isWide = new Uint8Array(count + 1);
  const radiusPx = widthM / 2 / grid.resolutionM;
  const reachPx = Math.ceil(radiusPx);
  for (const block of cutInDalles(grid, BLOCK_PX)) {
    if (signal.aborted) throw new Stopped('stopped while measuring the regions');
    const frame = withFrame(block, reachPx, grid);
    const numbers = await regions.read(frame, 0, new Uint32Array(frame.widthPx * frame.heightPx));
    const squares = squaredValueDistances(numbers, frame.widthPx, reachPx);
    for (let y = block.yPx; y < block.yPx + block.heightPx; y++) {
      let i = (y - frame.yPx) * frame.widthPx + block.xPx - frame.xPx;
      for (const end = i + block.widthPx; i < end; i++) {
        if (squares[i]! >= radiusPx * radiusPx) isWide[numbers[i]!] = 1;
      }
    }
  }
  return isWide;
}
