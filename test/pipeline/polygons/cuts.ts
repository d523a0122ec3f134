/** Local operations: what one gives for a whole raster, and cut in blocks. */
import type { PixelWindow } from '../../../pipeline/grid.ts';
import { type Framed, framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';

export interface Raster {
  pixels: Uint8Array;
  widthPx: number;
}

/** Runs a local operation over blocks of `blockPx` (odd sizes at the right and below) and puts the results together. */
export function inBlocks(
  rasters: Raster[],
  blockPx: number,
  framePx: number,
  operation: (framed: Framed[]) => Uint8Array,
): Uint8Array {
  const { pixels, widthPx } = rasters[0]!;
  const heightPx = pixels.length / widthPx;
  const result = new Uint8Array(pixels.length);
  for (let yPx = 0; yPx < heightPx; yPx += blockPx) {
    for (let xPx = 0; xPx < widthPx; xPx += blockPx) {
      const block: PixelWindow = {
        xPx,
        yPx,
        widthPx: Math.min(blockPx, widthPx - xPx),
        heightPx: Math.min(blockPx, heightPx - yPx),
      };
      const part = operation(rasters.map((raster) => framedFrom(raster.pixels, widthPx, block, framePx)));
      for (let y = 0; y < block.heightPx; y++) {
        const row = part.subarray(y * block.widthPx, (y + 1) * block.widthPx);
        result.set(row, (yPx + y) * widthPx + xPx);
      }
    }
  }
  return result;
}

/** The same as one block. */
export const atOnce = (rasters: Raster[], framePx: number, operation: (framed: Framed[]) => Uint8Array): Uint8Array =>
  inBlocks(rasters, Math.max(rasters[0]!.widthPx, rasters[0]!.pixels.length), framePx, operation);
