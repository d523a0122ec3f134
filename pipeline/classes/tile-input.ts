/** A window of the imagery → the network's input. */
import type { BandWindow } from '../artefacts.ts';
import { hasByte } from '../byte-search.ts';
import { fillHoles } from './holes.ts';
import type { BandScaling } from './model-contract.ts';
import type { TileView } from './tiling.ts';

/**
 * Writes the tile that `view` shows into `into`: bands × tile × tile, scaled. Holes of the window are filled, in place,
 * from what is known around them; a window that knows nothing is 0, the mean where scaling is by z-score.
 */
export function tileInput(read: BandWindow, view: TileView, scaling: BandScaling[], into: Float32Array): void {
  if (!hasByte(read.valid, 1)) {
    into.fill(0);
    return;
  }
  if (hasByte(read.valid, 0)) fillHoles(read);
  const { columns, rows } = view;
  const { widthPx, heightPx } = read.window;
  const size = widthPx * heightPx;
  // As many columns and rows as pixels: none is a mirror's, and they follow each other.
  if (columns.length === widthPx && rows.length === heightPx) {
    scaling.forEach((band, index) => {
      scale(read.data, index * size, band, into, index * size, size);
    });
    return;
  }
  const [first, end] = shownAsTheyAre(columns);
  let to = 0;
  for (let band = 0; band < scaling.length; band++) {
    for (let y = 0; y < rows.length; y++, to += columns.length) {
      const from = band * size + rows[y]! * widthPx;
      scale(read.data, from + columns[first]!, scaling[band]!, into, to + first, end - first);
      for (let x = 0; x < first; x++) scale(read.data, from + columns[x]!, scaling[band]!, into, to + x, 1);
      for (let x = end; x < columns.length; x++) scale(read.data, from + columns[x]!, scaling[band]!, into, to + x, 1);
    }
  }
}

/** Columns [first, end) of a tile that show pixels in their order; those around are a mirror's. */
function shownAsTheyAre(columns: Int32Array): [number, number] {
  const first = columns.indexOf(0);
  let end = first + 1;
  while (end < columns.length && columns[end]! === columns[end - 1]! + 1) end++;
  return [first, end];
}

/** (clip(value) − subtract) / divide, as one multiplication and one addition. */
function scale(
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
