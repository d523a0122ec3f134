/**
 * Vector tiles of one revision, made when it is published: a cell is read once and its whole subtree sliced from memory, some
 * milliseconds a tile where `ST_AsMVT` from the table takes up to seconds (and the embedded engine has none).
 */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import type { Step } from '../log.ts';
import { EXTENT } from './mvt.ts';
import {
  type BboxWgs84,
  childrenOf,
  countTilesOfExtent,
  type TileCoord,
  tileBounds3857,
  tilesOfExtent,
  zoomOfOneTile,
} from './tiles-grid.ts';
import { readCell, readExtent, recordZooms, startTiles, storeTiles, type TilesReport } from './tiles-queries.ts';
import { BUFFER, type StoredTile, sliceCell } from './tiles-slice.ts';

/** At 16, a tile unit is about 10 cm of French ground: below what the imagery tells. Viewers enlarge beyond it. */
export const ZOOM_MAX = 16;
/** What one tile may weigh, gzipped as it is sent. */
export const TILE_MAX_BYTES = 500_000;
/** Objects of a cell held in memory at once. A tile with more would weigh more than TILE_MAX_BYTES. */
export const CELL_MAX_OBJECTS = 30_000;
const STORE_BATCH = 200;

export interface TilesOptions {
  zoomMax?: number;
  tileMaxBytes?: number;
  cellMaxObjects?: number;
}

interface Job {
  database: Database;
  revisionId: number;
  table: string;
  zoomMax: number;
  tileMaxBytes: number;
  cellMaxObjects: number;
  signal: AbortSignal;
}

/**
 * Fills `production.tile` for the revision whose objects are in `table` (its partition, attached or not yet), and sets the
 * revision's zooms. From the zoom at which the whole extent fits one tile down to ZOOM_MAX; a low zoom with a tile above
 * TILE_MAX_BYTES is left out whole, and reported. Starting again after a kill is safe. Throws Stopped.
 */
export async function makeTiles(
  database: Database,
  revisionId: number,
  table: string,
  ctx: StageContext,
  options: TilesOptions = {},
): Promise<TilesReport> {
  const { zoomMax = ZOOM_MAX, tileMaxBytes = TILE_MAX_BYTES, cellMaxObjects = CELL_MAX_OBJECTS } = options;
  const job: Job = { database, revisionId, table, zoomMax, tileMaxBytes, cellMaxObjects, signal: ctx.signal };
  await startTiles(database, revisionId);
  const extent = await readExtent(database, table);
  if (extent === undefined) throw new Error(`revision ${revisionId} has no objects to make tiles of`);
  const zoomWanted = zoomOfOneTile(extent, zoomMax);
  const step = ctx.report.step('Tiles', countTiles(extent, zoomWanted, zoomMax), 'tiles');
  const zoomMin = await walkCells(job, tilesOfExtent(extent, zoomWanted), step);
  step.end();
  const report = await recordZooms(database, revisionId, { zoomWanted, zoomMin, zoomMax });
  if (report.zoomsLeftOut.length > 0) ctx.report.warn('Tiles:ZoomsLeftOut', { ...report });
  return report;
}

/** Reads cells from the top, leaving one with too many objects to its children. Returns the lowest zoom that is whole. */
async function walkCells(job: Job, cells: TileCoord[], step: Step): Promise<number> {
  const pending = [...cells].reverse();
  let zoomMin = cells[0]!.z;
  for (let cell = pending.pop(); cell !== undefined; cell = pending.pop()) {
    const maxObjects = cell.z < job.zoomMax ? job.cellMaxObjects : Number.POSITIVE_INFINITY;
    const features = await readCell(
      job.database,
      job.revisionId,
      job.table,
      tileBounds3857(cell, BUFFER / EXTENT),
      maxObjects,
    );
    if (features === 'too many') {
      zoomMin = Math.max(zoomMin, cell.z + 1);
      pending.push(...childrenOf(cell).reverse());
    } else {
      zoomMin = await storeCell(job, sliceCell(features, cell, job.zoomMax), zoomMin, step);
    }
  }
  return zoomMin;
}

/** Stores the tiles from `zoomMin` on. Returns the lowest zoom none of whose tiles, so far, is too heavy. */
async function storeCell(job: Job, tiles: Iterable<StoredTile>, zoomMin: number, step: Step): Promise<number> {
  let lowest = zoomMin;
  let batch: StoredTile[] = [];
  const store = async () => {
    if (job.signal.aborted) throw new Stopped('stopped while making tiles');
    await storeTiles(job.database, job.revisionId, batch);
    step.advance(batch.length);
    batch = [];
  };
  for (const tile of tiles) {
    if (tile.mvtGzip.length > job.tileMaxBytes && tile.z < job.zoomMax) lowest = Math.max(lowest, tile.z + 1);
    if (tile.z < lowest) continue;
    batch.push(tile);
    if (batch.length === STORE_BATCH) await store();
  }
  await store();
  return lowest;
}

function countTiles(extent: BboxWgs84, zoomMin: number, zoomMax: number): number {
  let count = 0;
  for (let z = zoomMin; z <= zoomMax; z++) count += countTilesOfExtent(extent, z);
  return count;
}
