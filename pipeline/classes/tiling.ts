/** Which windows the network sees, and what of its answer is kept. Pure. */
import type { BandWindow } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import { cutInDalles, type Grid, type PixelWindow } from '../grid.ts';
import type { Model } from './load-model.ts';
import type { BandScaling } from './model-contract.ts';

export interface Tiling {
  tilePx: number;
  marginPx: number;
  dallePx: number;
}

const TILE_PX = 512;
/** Small enough that a killed run loses minutes, large enough for the files to stay few. */
const DALLE_PX = 2048;

/**
 * Tile, margin and dalle as asked, else as the model states, else 512, an eighth of the tile, 2048. A dalle is cut to a whole
 * number of kept windows: so they lie on one lattice from the grid's corner, and the classes do not depend on the dalles.
 * Throws `BadInput` for a tile that the network does not take and for a margin that leaves nothing.
 */
export function chooseTiling(model: Model, asked: Partial<Tiling>): Tiling {
  const tilePx = asked.tilePx ?? model.fixedSidePx ?? model.tilePx ?? TILE_PX;
  if (model.fixedSidePx !== undefined && tilePx !== model.fixedSidePx) {
    throw new BadInput(`tile of ${tilePx} px, the network of ${model.id} takes ${model.fixedSidePx} only`);
  }
  if (!(Number.isInteger(tilePx) && tilePx > 0) || tilePx % model.sizeMultiplePx !== 0) {
    throw new BadInput(`tile of ${tilePx} px, a multiple of ${model.sizeMultiplePx} wanted by ${model.id}`);
  }
  const marginPx =
    asked.marginPx ?? (asked.tilePx === undefined ? model.marginPx : undefined) ?? Math.floor(tilePx / 8);
  if (!Number.isInteger(marginPx) || marginPx < 0 || 2 * marginPx >= tilePx) {
    throw new BadInput(`margin of ${marginPx} px, from 0 to less than half the tile (${tilePx} px) wanted`);
  }
  const keptPx = tilePx - 2 * marginPx;
  const dallePx = asked.dallePx ?? DALLE_PX;
  if (!(dallePx > 0)) throw new BadInput(`dalle of ${dallePx} px, a positive size wanted`);
  return { tilePx, marginPx, dallePx: Math.max(1, Math.floor(dallePx / keptPx)) * keptPx };
}

/** Windows of a dalle, each kept whole from one tile. */
export function keptWindows(dalle: PixelWindow, { tilePx, marginPx }: Tiling): PixelWindow[] {
  const local = { srid: 0, originX: 0, originY: 0, resolutionM: 1, widthPx: dalle.widthPx, heightPx: dalle.heightPx };
  return cutInDalles(local, tilePx - 2 * marginPx).map((window) => ({
    ...window,
    xPx: window.xPx + dalle.xPx,
    yPx: window.yPx + dalle.yPx,
  }));
}

/** Columns (or rows) of the grid that a tile shows: past an edge, the image mirrored on it, the edge pixel not repeated. */
export function mirrored(start: number, count: number, length: number): Int32Array {
  const period = Math.max(1, 2 * (length - 1));
  return Int32Array.from({ length: count }, (_, i) => {
    const at = (((start + i) % period) + period) % period;
    return at < length ? at : period - at;
  });
}

/** What to read for a tile, and where each of its columns and rows is in it. */
export interface TileView {
  window: PixelWindow;
  columns: Int32Array;
  rows: Int32Array;
}

/** The tile around a kept window. The window read is never larger than the tile, and never outside the grid. */
export function viewTile(kept: PixelWindow, { tilePx, marginPx }: Tiling, grid: Grid): TileView {
  const columns = mirrored(kept.xPx - marginPx, tilePx, grid.widthPx);
  const rows = mirrored(kept.yPx - marginPx, tilePx, grid.heightPx);
  const [left, top] = [columns.reduce((a, b) => Math.min(a, b)), rows.reduce((a, b) => Math.min(a, b))];
  const [right, bottom] = [columns.reduce((a, b) => Math.max(a, b)), rows.reduce((a, b) => Math.max(a, b))];
  return {
    window: { xPx: left, yPx: top, widthPx: right - left + 1, heightPx: bottom - top + 1 },
    columns: columns.map((column) => column - left),
    rows: rows.map((row) => row - top),
  };
}

/** The network's input: bands × tile × tile, scaled; holes are 0, which is the mean where scaling is by z-score. */
export function tileInput(read: BandWindow, { columns, rows }: TileView, scaling: BandScaling[]): Float32Array {
  const { widthPx, heightPx } = read.window;
  const input = new Float32Array(scaling.length * rows.length * columns.length);
  let to = 0;
  scaling.forEach(({ clipMin, clipMax, subtract, divide }, band) => {
    for (let y = 0; y < rows.length; y++) {
      const row = rows[y]! * widthPx;
      for (let x = 0; x < columns.length; x++, to++) {
        const at = row + columns[x]!;
        if (read.valid[at] === 0) continue;
        const value = read.data[band * widthPx * heightPx + at]!;
        input[to] = (Math.min(Math.max(value, clipMin), clipMax) - subtract) / divide;
      }
    }
  });
  return input;
}
