/** Closing by a disc: what lies between things less than its diameter apart becomes part of them. Pure. */
import { squaredDistances } from '../../value-distance.ts';

/** Pixels a closing by `radiusPx` needs to see round what it tells. */
export const frameOfClosing = (radiusPx: number) => 2 * Math.ceil(radiusPx);

/**
 * By pixel: 1 where no disc of `radiusPx` round a pixel beside the mask holds it. Exact at least `frameOfClosing` pixels from
 * the sides of the window; nothing of the mask is lost, and closing twice changes nothing more.
 */
export function closed(mask: Uint8Array, widthPx: number, radiusPx: number): Uint8Array {
  const outside = further(mask, widthPx, radiusPx);
  return further(outside, widthPx, radiusPx);
}

/** 1 for the pixels further than `radiusPx` from the mask. */
function further(mask: Uint8Array, widthPx: number, radiusPx: number): Uint8Array {
  const squares = squaredDistances(mask, widthPx, Math.ceil(radiusPx));
  const result = new Uint8Array(mask.length);
  for (let i = 0; i < result.length; i++) if (squares[i]! > radiusPx * radiusPx) result[i] = 1;
  return result;
}
