/** The local operations of the chain, by name: what a thread can be asked for. */
import type { PixelWindow } from '../grid.ts';
import type { Framed } from './framed.ts';

export interface LocalJob {
  /** Of `LOCAL_OPERATIONS`. */
  name: string;
  /** Layers it reads, by name: their paths. */
  reads: Record<string, string>;
  block: PixelWindow;
  parameters: unknown;
  /** Values of the layer `classes`, 0 included. */
  valueCount: number;
}

export interface LocalResult {
  /** Pixels of the block, by layer. */
  outputs: Record<string, Uint8Array>;
  /** `tally[before × valueCount + after]`, where the classes were read and written. */
  tally: Float64Array | undefined;
}

export interface LocalOperation {
  /** Pixels round a block that it looks at. */
  frameOf(parameters: never): number;
  run(inputs: Record<string, Framed>, parameters: never): Record<string, Uint8Array>;
}

export const LOCAL_OPERATIONS: Record<string, LocalOperation> = {};
