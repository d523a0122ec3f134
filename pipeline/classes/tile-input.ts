/** A window of the imagery → the network's input. */
import type { BandWindow } from '../artefacts.ts';
import { fillHoles } from './holes.ts';
import type { BandScaling } from './model-contract.ts';
import type { TileView } from './tiling.ts';

/**
 * Writes the tile that `view` shows into `into`: bands × tile × tile, scaled. Holes of the window are filled, in place,
 * from what is known around them; a window that knows nothing is 0, the mean where scaling is by z-score.
 */
export function tileInput(read: BandWindow, view: TileView, scaling: BandScaling[], into: Float32Array): void {
  if (!read.valid.includes(1)) {
    into.fill(0);
    return;
  }
  if (read.valid.includes(0)) fillHoles(read);
  const { columns, rows } = view;
  const { widthPx, heightPx } = read.window;
  // As many columns as pixels: none is a mirror's, and they follow each other.
  const mirroredRow = columns.length === widthPx ? undefined : new Float32Array(columns.length);
  let to = 0;
  for (let band = 0; band < scaling.length; band++) {
    for (let y = 0; y < rows.length; y++, to += columns.length) {
      const from = band * widthPx * heightPx + rows[y]! * widthPx;
      if (mirroredRow) {
        for (let x = 0; x < columns.length; x++) mirroredRow[x] = read.data[from + columns[x]!]!;
        scaleRow(mirroredRow, 0, scaling[band]!, into, to, columns.length);
      } else scaleRow(read.data, from, scaling[band]!, into, to, columns.length);
    }
  }
}

/** (clip(value) − subtract) / divide, as one multiplication and one addition. */
function scaleRow(
  values: Float32Array,
  from: number,
  { clipMin, clipMax, subtract, divide }: BandScaling,
  into: Float32Array,
  to: number,
  count: number,
): void {
  const factor = 1 / divide;
  const offset = -subtract / divide;
  if (clipMin === Number.NEGATIVE_INFINITY && clipMax === Number.POSITIVE_INFINITY) {
    for (let x = 0; x < count; x++) into[to + x] = values[from + x]! * factor + offset;
    return;
  }
  for (let x = 0; x < count; x++) {
    const value = values[from + x]!;
    const clipped = value < clipMin ? clipMin : value > clipMax ? clipMax : value;
    into[to + x] = clipped * factor + offset;
  }
}
