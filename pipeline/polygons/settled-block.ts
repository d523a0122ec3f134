/** A block after its regions have found their class. Pure. */
import type { PixelWindow } from '../grid.ts';
import { connectedRegions } from '../regions.ts';

export interface SettleJob {
  /** The layer the regions are of, and which of its blocks. */
  path: string;
  index: number;
  /** As `Settled` has it. */
  classOf: Uint8Array;
  valueCount: number;
}

/** The block's pixels with the class their region has been given. */
export function settledPixels(before: Uint8Array, { widthPx, heightPx }: PixelWindow, classOf: Uint8Array): Uint8Array {
  const { labels } = connectedRegions(before, widthPx, heightPx);
  return Uint8Array.from(labels, (label) => classOf[label]!);
}
