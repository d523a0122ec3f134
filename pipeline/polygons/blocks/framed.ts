/** A block of a raster with pixels round it: what local operations look at, so that the cut into blocks cannot show. Pure. */
import type { PixelWindow } from '../../grid.ts';

/** A block with `framePx` pixels round it: (widthPx + 2 framePx) × (heightPx + 2 framePx) values, 0 outside the raster. */
export interface Framed<Pixels = Uint8Array> extends PixelWindow {
  framePx: number;
  pixels: Pixels;
}

/** The block without its frame, or with one that is narrower. */
export function innerOf(framed: Framed, framePx = 0): Framed {
  const { xPx, yPx, widthPx, heightPx } = framed;
  const taken = framed.framePx - framePx;
  if (taken === 0) return framed;
  const [stride, width, height] = [widthPx + 2 * framed.framePx, widthPx + 2 * framePx, heightPx + 2 * framePx];
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (y + taken) * stride + taken;
    pixels.set(framed.pixels.subarray(start, start + width), y * width);
  }
  return { xPx, yPx, widthPx, heightPx, framePx, pixels };
}

/** Cuts a framed block from a raster held in memory. */
export function framedFrom(raster: Uint8Array, widthPx: number, block: PixelWindow, framePx: number): Framed {
  const [width, height] = [block.widthPx + 2 * framePx, block.heightPx + 2 * framePx];
  const heightPx = raster.length / widthPx;
  const pixels = new Uint8Array(width * height);
  const [left, top] = [block.xPx - framePx, block.yPx - framePx];
  const [from, to] = [Math.max(0, left), Math.min(widthPx, left + width)];
  for (let y = Math.max(0, top); y < Math.min(heightPx, top + height); y++) {
    pixels.set(raster.subarray(y * widthPx + from, y * widthPx + to), (y - top) * width + from - left);
  }
  const { xPx, yPx } = block;
  return { xPx, yPx, widthPx: block.widthPx, heightPx: block.heightPx, framePx, pixels };
}
