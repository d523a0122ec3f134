/** Which tiles the network sees, and what of its answer counts. Pure. */
import { BadInput } from '../errors.ts';
import type { Grid, PixelWindow } from '../grid.ts';
import type { Model } from './load-model.ts';

/** `clip`: a pixel is taken from the one tile whose kept window holds it. `average`: from all tiles that see it, blended. */
export type Stitching = 'clip' | 'average';

/** Sides in pixels of the grid. */
export interface Tiling {
  tilePx: number;
  /** What is on each side of a tile's kept window. */
  marginPx: number;
  dallePx: number;
  /** What of the margin counts where tiles are blended: all the network answers for; 0 where they are clipped. */
  blendPx: number;
}

export type AskedTiling = Partial<Pick<Tiling, 'tilePx' | 'marginPx' | 'dallePx'>> & { stitching?: Stitching };

const TILE_PX = 512;
/** As imagery is delivered: a killed run loses minutes, and a département has some thousands of files. */
const DALLE_M = 1000;

/**
 * Tile, margin and dalle as asked, else as the model states, else 512, an eighth of the tile, 1 km. The margin is never less than
 * what the network's output lacks. A dalle is cut to a whole number of kept windows: so they lie on one lattice from the grid's
 * corner, and the classes do not depend on the dalles.
 * Throws `BadInput` for a tile that the network does not take and for a margin that leaves nothing.
 */
export function chooseTiling(model: Model, asked: AskedTiling, { resolutionM }: Grid): Tiling {
  const tilePx = asked.tilePx ?? model.fixedSidePx ?? model.tilePx ?? TILE_PX;
  if (model.fixedSidePx !== undefined && tilePx !== model.fixedSidePx) {
    throw new BadInput(`tile of ${tilePx} px, the network of ${model.id} takes ${model.fixedSidePx} only`);
  }
  if (!(Number.isInteger(tilePx) && tilePx > 0) || tilePx % model.sizeMultiplePx !== 0) {
    throw new BadInput(`tile of ${tilePx} px, a multiple of ${model.sizeMultiplePx} wanted by ${model.id}`);
  }
  const marginPx = chooseMargin(model, asked, tilePx);
  const keptPx = tilePx - 2 * marginPx;
  const dallePx = asked.dallePx ?? DALLE_M / resolutionM;
  if (!(dallePx > 0)) throw new BadInput(`dalle of ${dallePx} px, a positive size wanted`);
  return {
    tilePx,
    marginPx,
    dallePx: Math.max(1, Math.floor(dallePx / keptPx)) * keptPx,
    blendPx: asked.stitching === 'average' ? marginPx - model.outputMarginPx : 0,
  };
}

function chooseMargin({ id, marginPx: stated, outputMarginPx }: Model, asked: AskedTiling, tilePx: number): number {
  const found = asked.marginPx ?? (asked.tilePx === undefined ? stated : undefined);
  const marginPx = found ?? Math.max(outputMarginPx, Math.floor(tilePx / 8));
  if (!Number.isInteger(marginPx) || marginPx < 0 || 2 * marginPx >= tilePx) {
    throw new BadInput(`margin of ${marginPx} px, from 0 to less than half the tile (${tilePx} px) wanted`);
  }
  if (marginPx < outputMarginPx) {
    throw new BadInput(
      `margin of ${marginPx} px, at least ${outputMarginPx} wanted: ${id} answers ${tilePx - 2 * outputMarginPx} px of a tile of ${tilePx}`,
    );
  }
  return marginPx;
}

/** A tile of the lattice. */
export interface Tile {
  column: number;
  row: number;
  /** What no other tile keeps; within the grid. */
  kept: PixelWindow;
  /** What of it counts in the dalle; within the grid. */
  part: PixelWindow;
}

export const keptPxOf = ({ tilePx, marginPx }: Tiling) => tilePx - 2 * marginPx;

/** Tiles of one axis of the lattice. */
export const tilesAlong = (lengthPx: number, tiling: Tiling) => Math.ceil(lengthPx / keptPxOf(tiling));

/** Tiles that count in a dalle, row by row; where they are blended, its neighbours' nearest too. */
export function tilesOf(dalle: PixelWindow, tiling: Tiling, grid: Grid): Tile[] {
  const keptPx = keptPxOf(tiling);
  const columns = along(dalle.xPx, dalle.widthPx, grid.widthPx, tiling);
  const rows = along(dalle.yPx, dalle.heightPx, grid.heightPx, tiling);
  return rows.flatMap((row) =>
    columns.map((column) => {
      const square = { xPx: column * keptPx, yPx: row * keptPx, widthPx: keptPx, heightPx: keptPx };
      const whole = { xPx: 0, yPx: 0, widthPx: grid.widthPx, heightPx: grid.heightPx };
      return { column, row, kept: cut(square, whole), part: cut(grown(square, tiling.blendPx), dalle) };
    }),
  );
}

/** Numbers of the tiles whose part meets [start, start + length). */
function along(start: number, length: number, gridLength: number, tiling: Tiling): number[] {
  const keptPx = keptPxOf(tiling);
  const first = Math.max(0, Math.floor((start - tiling.blendPx) / keptPx));
  const end = Math.min(tilesAlong(gridLength, tiling), Math.ceil((start + length + tiling.blendPx) / keptPx));
  return Array.from({ length: end - first }, (_, i) => first + i);
}

const grown = ({ xPx, yPx, widthPx, heightPx }: PixelWindow, byPx: number): PixelWindow => ({
  xPx: xPx - byPx,
  yPx: yPx - byPx,
  widthPx: widthPx + 2 * byPx,
  heightPx: heightPx + 2 * byPx,
});

/** What two windows that meet have in common. */
export function cut(a: PixelWindow, b: PixelWindow): PixelWindow {
  const xPx = Math.max(a.xPx, b.xPx);
  const yPx = Math.max(a.yPx, b.yPx);
  const widthPx = Math.min(a.xPx + a.widthPx, b.xPx + b.widthPx) - xPx;
  const heightPx = Math.min(a.yPx + a.heightPx, b.yPx + b.heightPx) - yPx;
  return { xPx, yPx, widthPx: Math.max(widthPx, 0), heightPx: Math.max(heightPx, 0) };
}

/** A tile's part in pixels of the network's output, which is centred in the tile. */
export function inOutput({ column, row, part }: Tile, tiling: Tiling, outputMarginPx: number): PixelWindow {
  const corner = tiling.marginPx - outputMarginPx;
  const keptPx = keptPxOf(tiling);
  return { ...part, xPx: part.xPx - column * keptPx + corner, yPx: part.yPx - row * keptPx + corner };
}

/**
 * Weights of the pixels [start, start + length) of the grid in tile `index` of `count` along an axis. They rise in a straight
 * line from the edge of what the tile blends to where its neighbour no more reaches, and those of all tiles sum to 1.
 */
export function blendWeights(
  index: number,
  count: number,
  start: number,
  length: number,
  tiling: Tiling,
): Float32Array {
  const keptPx = keptPxOf(tiling);
  const { blendPx } = tiling;
  const reachPx = keptPx + 2 * blendPx;
  const raw = (tile: number, px: number) => {
    const inPart = px - (tile * keptPx - blendPx);
    const toEdge = Math.min(inPart, reachPx - 1 - inPart) + 0.5;
    return tile < 0 || tile >= count || toEdge < 0 ? 0 : Math.min(1, toEdge / (2 * blendPx));
  };
  const around = Math.ceil(reachPx / keptPx);
  return Float32Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let tile = index - around; tile <= index + around; tile++) sum += raw(tile, start + i);
    return raw(index, start + i) / sum;
  });
}

/** Columns (or rows) of the grid that a tile shows: past an edge, the image mirrored on it, the edge pixel not repeated. */
export function mirrored(start: number, count: number, length: number): Int32Array {
  const period = Math.max(1, 2 * (length - 1));
  const shown = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const at = (((start + i) % period) + period) % period;
    shown[i] = at < length ? at : period - at;
  }
  return shown;
}

/** What to read for a tile, and where each of its columns and rows is in it. */
export interface TileView {
  window: PixelWindow;
  columns: Int32Array;
  rows: Int32Array;
}

/** What a tile shows. The window read is never larger than the tile, and never outside the grid. */
export function viewTile({ column, row }: Pick<Tile, 'column' | 'row'>, tiling: Tiling, grid: Grid): TileView {
  const keptPx = keptPxOf(tiling);
  const across = viewAxis(column * keptPx - tiling.marginPx, tiling.tilePx, grid.widthPx);
  const down = viewAxis(row * keptPx - tiling.marginPx, tiling.tilePx, grid.heightPx);
  return {
    window: { xPx: across.first, yPx: down.first, widthPx: across.count, heightPx: down.count },
    columns: across.at,
    rows: down.at,
  };
}

/** The pixels of an axis that a tile shows, and where in them each of its own is. */
function viewAxis(start: number, count: number, length: number): { first: number; count: number; at: Int32Array } {
  const at = mirrored(start, count, length);
  let [first, last] = [length, 0];
  for (let i = 0; i < count; i++) {
    first = Math.min(first, at[i]!);
    last = Math.max(last, at[i]!);
  }
  for (let i = 0; i < count; i++) at[i]! -= first;
  return { first, count: last - first + 1, at };
}

/** The smallest window that holds all a list of tiles shows. */
export function viewOfAll(tiles: Tile[], tiling: Tiling, grid: Grid): PixelWindow {
  const [first, last] = [tiles[0]!, tiles.at(-1)!];
  const corners = [first.row, last.row].flatMap((row) =>
    [first.column, last.column].map((column) => ({ column, row })),
  );
  const windows = corners.map((corner) => viewTile(corner, tiling, grid).window);
  const left = Math.min(...windows.map(({ xPx }) => xPx));
  const top = Math.min(...windows.map(({ yPx }) => yPx));
  return {
    xPx: left,
    yPx: top,
    widthPx: Math.max(...windows.map(({ xPx, widthPx }) => xPx + widthPx)) - left,
    heightPx: Math.max(...windows.map(({ yPx, heightPx }) => yPx + heightPx)) - top,
  };
}
