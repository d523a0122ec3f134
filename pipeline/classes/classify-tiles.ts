/** Tiles of a dalle through the network: read, run, put in place. */
import type { BandWindow, WindowSource } from '../artefacts.ts';
import type { DalleRasters } from './dalle-rasters.ts';
import type { Model } from './load-model.ts';
import type { NetworkPool } from './network-pool.ts';
import type { BatchTile } from './tile-batch.ts';
import { tileInput } from './tile-input.ts';
import { blendWeights, cut, inOutput, type Tile, type TileView, type Tiling, tilesAlong, viewTile } from './tiling.ts';

/** What all tiles of a run have in common. */
export interface TileRun {
  /** On one grid. */
  sources: WindowSource[];
  model: Model;
  tiling: Tiling;
  /** Tiles of one run of the network. */
  batch: number;
  /** Opened with the first tile that is to be run. */
  pool(): NetworkPool;
  /** Inputs the network has seen, to be filled again. */
  inputs: Float32Array[];
  /** Windows that were read and done with, likewise. */
  windows: BandWindow[];
}

/** Tiles at the edges of the grid are smaller: windows of a few sizes. */
const WINDOWS_KEPT = 12;

/** A tile as one source shows it. */
interface Shown {
  tile: Tile;
  view: TileView;
  read: BandWindow;
}

/** Reads some tiles from every source, runs the network where one of them knows something, and hands on what it says. */
export async function classifyTiles(run: TileRun, tiles: Tile[], rasters: DalleRasters): Promise<void> {
  const shown = await Promise.all(tiles.flatMap((tile) => run.sources.map((source) => show(run, tile, source))));
  const known = shown.filter(knowsPart);
  for (let start = 0; start < known.length; start += run.batch) {
    const batch = known.slice(start, start + run.batch);
    const input = fillInput(run, batch);
    const { answers } = await run.pool().run({ input, tiles: batch.map(({ tile }) => batchTile(run, tile)) });
    run.inputs.push(input);
    answers.forEach((answer, index) => {
      rasters.add(batch[index]!.tile, answer, batch[index]!.read);
    });
  }
  for (const tile of tiles) rasters.done(tile);
  run.windows.push(...shown.map(({ read }) => read));
  run.windows.splice(0, Math.max(0, run.windows.length - WINDOWS_KEPT));
}

async function show({ tiling, windows }: TileRun, tile: Tile, source: WindowSource): Promise<Shown> {
  const view = viewTile(tile, tiling, source.grid);
  const px = view.window.widthPx * view.window.heightPx;
  const fitting = windows.findIndex(({ valid }) => valid.length === px);
  const [used] = fitting < 0 ? [] : windows.splice(fitting, 1);
  return { tile, view, read: await source.read(view.window, used) };
}

/** Whether a source knows a pixel of what counts of a tile. */
function knowsPart({ tile: { part }, read: { window, valid } }: Shown): boolean {
  const seen = cut(part, window);
  for (let y = 0; y < seen.heightPx; y++) {
    const start = (seen.yPx + y - window.yPx) * window.widthPx + seen.xPx - window.xPx;
    if (valid.subarray(start, start + seen.widthPx).includes(1)) return true;
  }
  return false;
}

function fillInput({ model, tiling, inputs }: TileRun, batch: Shown[]): Float32Array {
  const size = model.bands.length * tiling.tilePx ** 2;
  const last = inputs.pop();
  const count = size * batch.length;
  const input = last?.length === count ? last : new Float32Array(new SharedArrayBuffer(4 * count));
  batch.forEach(({ read, view }, index) => {
    tileInput(read, view, model.scaling, input.subarray(index * size, (index + 1) * size));
  });
  return input;
}

function batchTile({ sources, model, tiling }: TileRun, tile: Tile): BatchTile {
  const { grid } = sources[0]!;
  const part = inOutput(tile, tiling, model.outputMarginPx);
  if (tiling.blendPx === 0) return { part, onGrid: tile.kept };
  const { xPx, yPx, widthPx, heightPx } = tile.part;
  const columns = blendWeights(tile.column, tilesAlong(grid.widthPx, tiling), xPx, widthPx, tiling);
  const rows = blendWeights(tile.row, tilesAlong(grid.heightPx, tiling), yPx, heightPx, tiling);
  return { part, onGrid: tile.kept, weights: { columns, rows } };
}
