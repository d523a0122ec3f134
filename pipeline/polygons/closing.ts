/** Closing by a disc: what lies between things less than its diameter apart becomes part of them. Pure. */
import { squaredDistances } from './distance.ts';

/** Pixels a closing by `radiusPx` needs to see round what it tells. */
export const frameOfClosing = (radiusPx: number) => 2 * Math.ceil(radiusPx);

/**
 * By pixel: 1 where no disc of `radiusPx` round a pixel beside the mask holds it. Exact at least `frameOfClosing` pixels from
 * the sides of the window; nothing of the mask is lost, and closing twice changes nothing more.
 */
export function closed(mask: Uint8Array, widthPx: number, heightPx: number, radiusPx: number): Uint8Array {
  const maxPx = Math.ceil(radiusPx);
  const isFar = squaredDistances(mask, widthPx, heightPx, maxPx);
  const outside = Uint8Array.from(isFar, (square) => (square > radiusPx * radiusPx ? 1 : 0));
  const toOutside = squaredDistances(outside, widthPx, heightPx, maxPx);
  return Uint8Array.from(toOutside, (square) => (square > radiusPx * radiusPx ? 1 : 0));
}
