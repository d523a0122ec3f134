/** Which regions of a raster are, to the pixel, regions of a former one: told pixel by pixel. Pure. */
import type { Framed } from '../blocks/framed.ts';

/** Pixels round a block that are looked at. */
export const FRAME_OF_UNCHANGED_PX = 1;

/**
 * By pixel of the block: 1 where its region of `now` is no region of `then`. A region that has no such pixel is one of `then`:
 * all of it was of its class, so it lies within one region of that, which has no pixel beside it that it lacks. Both rasters
 * have a frame of `FRAME_OF_UNCHANGED_PX`; pixels that are 0 now are of no region.
 */
export function brokenPixels({ pixels: now, widthPx, heightPx }: Framed, { pixels: then }: Framed): Uint8Array {
  const stride = widthPx + 2;
  const broken = new Uint8Array(widthPx * heightPx);
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0, at = (y + 1) * stride + 1; x < widthPx; x++, i++, at++) {
      const value = now[at]!;
      if (value === 0) continue;
      if (
        then[at] !== value ||
        (then[at - stride] === value && now[at - stride] !== value) ||
        (then[at - 1] === value && now[at - 1] !== value) ||
        (then[at + 1] === value && now[at + 1] !== value) ||
        (then[at + stride] === value && now[at + stride] !== value)
      )
        broken[i] = 1;
    }
  }
  return broken;
}
