/** A block after its regions have found their class. Pure. */
import type { PixelWindow } from '../../grid.ts';
import { connectedRegions } from '../../regions.ts';

export interface SettleJob {
  /** The layer the regions are of, and one of its blocks. */
  path: string;
  block: PixelWindow;
  /** As `Settled` has it. */
  classOf: Uint8Array;
  /** Of classes that are counted: how many values there are, 0 included. */
  valueCount?: number;
  /** By value: what it is written as. */
  writtenAs?: Uint8Array | undefined;
}

/** The block's pixels with the class their region has been given. */
export function settledPixels(
  before: Uint8Array,
  { widthPx, heightPx }: PixelWindow,
  { classOf, writtenAs }: SettleJob,
): Uint8Array {
  const { labels } = connectedRegions(before, widthPx, heightPx);
  const values = writtenAs === undefined ? classOf : classOf.map((value) => writtenAs[value]!);
  const pixels = new Uint8Array(labels.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = values[labels[i]!]!;
  return pixels;
}
