/**
 * Cloud Optimized GeoTIFF, as GDAL lays it out: all directories first, then the tiles, those of the smallest overview first and the
 * image's last. Rows come in from the top and the overviews grow with them, so that two rows of tiles are in memory at most.
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asDiskFault, writeAll } from '../disk.ts';
import type { Grid } from '../grid.ts';
import type { Pixels, TileShape } from './encode-tile.ts';
import { halveRows, levelSizes, type Resampling } from './overviews.ts';
import { collectRows, tilesOf } from './rows-to-tiles.ts';
import { directorySize, encodeDirectory, encodeHeader, headerSize } from './tiff-directory.ts';
import { groundTags, type ImageSize, imageTags, type Legend, type TilePlace } from './tiff-tags.ts';
import { openSpool } from './tile-spool.ts';

export interface CogPlan {
  grid: Grid;
  shape: TileShape;
  legend: Legend;
  overviews: Resampling;
  big: boolean;
}

/** A file being written from the top. After an error of `addRows` or `close` nothing of it is left. */
export interface CogWriter {
  /** Takes any number of whole rows, chunky and as wide as the grid. The array may be used again once this resolves. */
  addRows(rows: Pixels): Promise<void>;
  /** Ends the file and gives it its name; throws when rows are missing. */
  close(): Promise<void>;
  /** Removes what was written; harmless after `close`. */
  abort(): Promise<void>;
}

/** What tells GDAL's reader that it need not look for tiles and their sizes all over the file (documented with its COG driver). */
const STRUCTURE = [
  'LAYOUT=IFDS_BEFORE_DATA',
  'BLOCK_ORDER=ROW_MAJOR',
  'BLOCK_LEADER=SIZE_AS_UINT4',
  'BLOCK_TRAILER=LAST_4_BYTES_REPEATED',
  'KNOWN_INCOMPATIBLE_EDITION=NO',
  ' ', // room to turn the NO into a YES
].join('\n');
const STRUCTURE_BYTES = String(STRUCTURE.length).padStart(6, '0');
const GHOST = `GDAL_STRUCTURAL_METADATA_SIZE=${STRUCTURE_BYTES} bytes\n${STRUCTURE}`;
/** A directory starts at an even offset (TIFF 6.0 §2). */
const GHOST_BYTES = GHOST.length + (GHOST.length % 2);
const LEADER_BYTES = 4;
const TRAILER_BYTES = 4;

/** Starts a COG; it has its name only once it is whole. Throws `DiskFault` as `addRows` and `close` do. */
export async function startCog(path: string, plan: CogPlan): Promise<CogWriter> {
  const temporary = `${path}.${process.pid}.part`;
  const sizes = levelSizes(plan.grid, plan.shape.tileSidePx);
  const levels = sizes.map((size) => ({ size, rows: collectRows(size, plan.shape) }));
  const spool = await createSpool(path, plan.shape);
  let wantedBytes: number | undefined;

  const add = async (level: number, rows: Pixels): Promise<void> => {
    const { size, rows: collected } = levels[level]!;
    for (const strip of collected.add(rows)) {
      for (const tile of tilesOf(strip, size.widthPx, plan.shape)) await spool.add(level, tile);
      if (level + 1 === levels.length) continue;
      await add(level + 1, halveRows(strip, size.widthPx, plan.shape, plan.overviews, plan.legend.nodata));
    }
  };
  const abort = async () => {
    await spool.remove();
    await rm(temporary, { force: true });
  };
  const orAbort = async (work: Promise<void>) => {
    try {
      await work;
    } catch (error) {
      await abort();
      throw asDiskFault(error, path, wantedBytes);
    }
  };
  const finish = async () => {
    const missing = levels[0]!.rows.missing();
    if (missing > 0) throw new Error(`${path}: ${missing} samples are missing to fill the grid`);
    const layout = layOut(plan, sizes, await spool.end());
    wantedBytes = layout.bytes;
    await writeLayout(temporary, layout, spool.file);
    await rename(temporary, path);
    await spool.remove();
  };
  return { addRows: (rows) => orAbort(add(0, rows)), close: () => orAbort(finish()), abort };
}

async function createSpool(path: string, shape: TileShape) {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await openSpool(`${path}.${process.pid}.tiles.part`, shape);
  } catch (error) {
    throw asDiskFault(error, path);
  }
}

/** What a file consists of: its head, then tiles, each with its place in the spool. */
interface Layout {
  head: Buffer;
  tiles: TilePlace[];
  bytes: number;
}

function layOut({ grid, shape, legend, big }: CogPlan, sizes: ImageSize[], spooled: TilePlace[][]): Layout {
  const tagsOf = (level: number, places: TilePlace[]) => [
    ...imageTags(sizes[level]!, shape, places, legend, level > 0),
    ...(level === 0 ? groundTags(grid, legend) : []),
  ];
  const starts = [headerSize(big) + GHOST_BYTES];
  for (const [level, tiles] of spooled.entries()) {
    starts.push(starts[level]! + directorySize(tagsOf(level, tiles), big));
  }
  let end = starts.at(-1)!;
  const places: TilePlace[][] = [];
  for (let level = spooled.length - 1; level >= 0; level--) {
    places[level] = spooled[level]!.map(({ length }) => {
      const offset = end + LEADER_BYTES;
      end = offset + length + TRAILER_BYTES;
      return { offset, length };
    });
  }
  const directories = places.map((tiles, level) => {
    const next = level + 1 < places.length ? starts[level + 1] : 0;
    return encodeDirectory(tagsOf(level, tiles), starts[level]!, big, next);
  });
  const ghost = Buffer.from(GHOST.padEnd(GHOST_BYTES));
  const head = Buffer.concat([encodeHeader(big, starts[0]), ghost, ...directories]);
  return { head, tiles: spooled.toReversed().flat(), bytes: end };
}

/** Every tile stands between its size and its last bytes once more, as `STRUCTURE` says. */
async function writeLayout(path: string, { head, tiles }: Layout, spool: FileHandle): Promise<void> {
  const file = await open(path, 'w');
  try {
    await writeAll(file, head, 0);
    let at = head.length;
    for (const { offset, length } of tiles) {
      const block = Buffer.allocUnsafe(LEADER_BYTES + length + TRAILER_BYTES);
      block.writeUInt32LE(length);
      await spool.read(block, LEADER_BYTES, length, offset);
      block.copyWithin(LEADER_BYTES + length, length, LEADER_BYTES + length);
      await writeAll(file, block, at);
      at += block.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
