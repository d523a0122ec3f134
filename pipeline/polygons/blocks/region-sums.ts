/** A block's regions with what is summed over their pixels, and where they touch its sides. Pure. */
import type { PixelWindow } from '../../grid.ts';
import { connectedRegions } from '../../regions.ts';

export interface RegionSums {
  /** By region of `connectedRegions(block)`, from 1: value, pixels and the sum over its pixels. */
  values: Uint16Array;
  pixels: Int32Array;
  sums: Float64Array;
  /** Regions of the pixels along each side, 0 for none. */
  sides: Record<'top' | 'bottom' | 'left' | 'right', Uint32Array>;
}

/** What regions are made of, and by pixel what is summed over them. */
export interface Measured {
  values: Uint8Array;
  weights: Uint8Array;
}

export function regionSums({ values, weights }: Measured, widthPx: number, heightPx: number): RegionSums {
  const { labels, classOf, pixels, count } = connectedRegions(values, widthPx, heightPx);
  const sums = new Float64Array(count + 1);
  for (let i = 0; i < labels.length; i++) sums[labels[i]!]! += weights[i]!;
  const row = (y: number) => Uint32Array.from(labels.subarray(y * widthPx, (y + 1) * widthPx));
  const column = (x: number) => Uint32Array.from({ length: heightPx }, (_, y) => labels[y * widthPx + x]!);
  const sides = { top: row(0), bottom: row(heightPx - 1), left: column(0), right: column(widthPx - 1) };
  return { values: classOf, pixels, sums, sides };
}

/** By pixel of a block: what was decided of its region. */
export function judgedPixels(
  values: Uint8Array,
  { widthPx, heightPx }: Pick<PixelWindow, 'widthPx' | 'heightPx'>,
  verdicts: Uint8Array,
): Uint8Array {
  const { labels } = connectedRegions(values, widthPx, heightPx);
  const judged = new Uint8Array(labels.length);
  for (let i = 0; i < judged.length; i++) judged[i] = verdicts[labels[i]!]!;
  return judged;
}
