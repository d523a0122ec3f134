/** A window of the imagery → the network's input. Pure. */
import type { BandWindow } from '../artefacts.ts';
import type { BandScaling } from './model-contract.ts';
import type { TileView } from './tiling.ts';

/** Writes the tile that `view` shows into `into`: bands × tile × tile, scaled; holes are 0, the mean where scaling is by z-score. */
export function tileInput(read: BandWindow, view: TileView, scaling: BandScaling[], into: Float32Array): void {
  const { columns, rows } = view;
  const { widthPx, heightPx } = read.window;
  const straight = columns.length === widthPx; // no column is a mirror's: they follow each other
  const holes = read.valid.includes(0);
  let to = 0;
  for (let band = 0; band < scaling.length; band++) {
    for (let y = 0; y < rows.length; y++, to += columns.length) {
      const row = rows[y]! * widthPx;
      const plane = read.data.subarray(band * widthPx * heightPx + row, band * widthPx * heightPx + row + widthPx);
      if (straight) scaleRow(plane, scaling[band]!, into, to);
      else scaleColumns(plane, columns, scaling[band]!, into, to);
      if (holes) emptyHoles(read.valid, row, columns, into, to);
    }
  }
}

function scaleRow(
  row: Float32Array,
  { clipMin, clipMax, subtract, divide }: BandScaling,
  into: Float32Array,
  to: number,
) {
  for (let x = 0; x < row.length; x++) {
    const value = row[x]!;
    const clipped = value < clipMin ? clipMin : value > clipMax ? clipMax : value;
    into[to + x] = (clipped - subtract) / divide;
  }
}

function scaleColumns(
  row: Float32Array,
  columns: Int32Array,
  { clipMin, clipMax, subtract, divide }: BandScaling,
  into: Float32Array,
  to: number,
): void {
  for (let x = 0; x < columns.length; x++) {
    const value = row[columns[x]!]!;
    const clipped = value < clipMin ? clipMin : value > clipMax ? clipMax : value;
    into[to + x] = (clipped - subtract) / divide;
  }
}

function emptyHoles(valid: Uint8Array, row: number, columns: Int32Array, into: Float32Array, to: number): void {
  for (let x = 0; x < columns.length; x++) if (valid[row + columns[x]!] === 0) into[to + x] = 0;
}
