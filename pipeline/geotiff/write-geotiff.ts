/**
 * GeoTIFF out: tiled, Deflate, directory before the data, BigTIFF where the file may pass 4 GB; with overviews, a Cloud Optimized
 * GeoTIFF. Written under a temporary name (.part) and renamed, so that a reader sees a whole file or none.
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asDiskFault, writeAll } from '../disk.ts';
import { cutInDalles, type Grid, type PixelWindow } from '../grid.ts';
import { encodeTile, type Pixels, SAMPLES, type SampleFormat, type TileShape } from './encode-tile.ts';
import type { Resampling } from './overviews.ts';
import { directorySize, encodeDirectory, encodeHeader, headerSize } from './tiff-directory.ts';
import { groundTags, imageTags, type Legend, type TilePlace } from './tiff-tags.ts';
import { type CogWriter, startCog } from './write-cog.ts';

export interface GeoTiffOptions extends Legend {
  grid: Grid;
  bands: number;
  sampleFormat: SampleFormat;
  /** Written as GDAL_NODATA; also fills what a border tile has outside the grid, where there are no overviews. */
  nodata?: number;
  /** Side of a tile, a multiple of 16; 512 by default. */
  tileSidePx?: number;
  /** Deflate level, 6 by default; with overviews, the faster search for runs is the default (see `TileShape.runs`). */
  level?: number;
  /** `auto` (default) takes BigTIFF when the pixels, uncompressed, would not fit a classic file. */
  big?: boolean | 'auto';
  /** Makes a Cloud Optimized GeoTIFF: `nearest` for codes, `average` for measures. */
  overviews?: Resampling;
}

/** Pixels of a window inside the grid, chunky (band fastest): heightPx × widthPx × bands. */
export type ReadPixels = (window: PixelWindow) => Pixels | Promise<Pixels>;

/** A file without overviews being written, tile after tile. */
export interface GeoTiffWriter {
  shape: TileShape;
  /** Windows of the tiles in the order `append` takes them; those of the last row and column reach only to the grid's edge. */
  windows: PixelWindow[];
  /** Adds the next tile's bytes, as `encodeTile` gives them. Throws `DiskFault`. */
  append(encoded: Uint8Array): Promise<void>;
  /** Ends the file and gives it its name; throws when tiles are missing, and `DiskFault`. */
  close(): Promise<void>;
  /** Removes what was written; harmless after `close`. */
  abort(): Promise<void>;
}

/** Compressions under way at a time: as many as libuv has threads by default. */
const CONCURRENCY = 4;
const CLASSIC_LIMIT = 2 ** 32 - 2 ** 24;

/**
 * Writes `pixels` (the whole image, chunky, or a function that gives a window of it) as a GeoTIFF. Windows are asked one at a
 * time, row by row of tiles, so that a source may stream; with overviews a window is as wide as the grid. Throws `DiskFault`.
 */
export async function writeGeoTiff(path: string, options: GeoTiffOptions, pixels: Pixels | ReadPixels): Promise<void> {
  const read = typeof pixels === 'function' ? pixels : windowsOf(pixels, options);
  await (options.overviews ? writeRows(path, options, read) : writeTiles(path, options, read));
}

/** Starts a Cloud Optimized GeoTIFF whose rows come as they are made. */
export function createCog(path: string, options: GeoTiffOptions & { overviews: Resampling }): Promise<CogWriter> {
  const { grid, overviews } = options;
  const shape = tileShape(options);
  // All overviews together are a third of the image at most, and a tile more per level and row.
  return startCog(path, { grid, shape, overviews, legend: options, big: isBig(options, shape, 1.5) });
}

async function writeRows(path: string, options: GeoTiffOptions, read: ReadPixels): Promise<void> {
  const { grid, overviews = 'nearest', tileSidePx = 512 } = options;
  const writer = await createCog(path, { ...options, overviews });
  try {
    for (let yPx = 0; yPx < grid.heightPx; yPx += tileSidePx) {
      const heightPx = Math.min(tileSidePx, grid.heightPx - yPx);
      await writer.addRows(await read({ xPx: 0, yPx, widthPx: grid.widthPx, heightPx }));
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function writeTiles(path: string, options: GeoTiffOptions, read: ReadPixels): Promise<void> {
  const writer = await createGeoTiff(path, options);
  try {
    const pending: Promise<Buffer>[] = [];
    for (const window of writer.windows) {
      const tile = padTile(await read(window), window, writer.shape, options.nodata ?? 0);
      const encoded = encodeTile(writer.shape, tile);
      encoded.catch(() => {}); // awaited below, perhaps only after another one failed
      pending.push(encoded);
      if (pending.length >= CONCURRENCY) await writer.append(await pending.shift()!);
    }
    for (const encoded of pending) await writer.append(await encoded);
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Starts a GeoTIFF whose tiles come encoded, in order: for callers that compress in threads of their own. */
export async function createGeoTiff(path: string, options: Omit<GeoTiffOptions, 'overviews'>): Promise<GeoTiffWriter> {
  const shape = tileShape(options);
  const windows = cutInDalles(options.grid, shape.tileSidePx);
  const big = isBig(options, shape, 1);
  const empty = windows.map(() => ({ offset: 0, length: 0 }));
  const dataStart = headerSize(big) + directorySize(tagsOf(options, shape, empty), big);
  const temporary = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    return writerOn(await open(temporary, 'w'), temporary, path, { options, shape, windows, big, dataStart });
  } catch (error) {
    throw asDiskFault(error, path);
  }
}

interface Plan {
  options: GeoTiffOptions;
  shape: TileShape;
  windows: PixelWindow[];
  big: boolean;
  dataStart: number;
}

function writerOn(file: FileHandle, temporary: string, path: string, plan: Plan): GeoTiffWriter {
  const { shape, windows, big } = plan;
  const places: TilePlace[] = [];
  let end = plan.dataStart;
  const orDiskFault = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      throw asDiskFault(error, path);
    });
  const finish = async () => {
    if (places.length !== windows.length) {
      throw new Error(`${path}: ${places.length} tiles written, ${windows.length} wanted`);
    }
    const directory = encodeDirectory(tagsOf(plan.options, shape, places), headerSize(big), big);
    await writeAll(file, Buffer.concat([encodeHeader(big), directory]), 0);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  };
  return {
    shape,
    windows,
    append(encoded) {
      const place = { offset: end, length: encoded.length };
      places.push(place);
      end += encoded.length;
      return orDiskFault(writeAll(file, encoded, place.offset));
    },
    close: () => orDiskFault(finish()),
    async abort() {
      await file.close();
      await rm(temporary, { force: true });
    },
  };
}

const tagsOf = (options: GeoTiffOptions, shape: TileShape, places: TilePlace[]) => [
  ...imageTags(options.grid, shape, places, options),
  ...groundTags(options.grid, options),
];

const tileShape = ({ tileSidePx = 512, bands, sampleFormat, level, overviews }: GeoTiffOptions): TileShape => ({
  tileSidePx,
  bands,
  sampleFormat,
  level: level ?? 6,
  predictor: overviews !== 'nearest',
  runs: overviews !== undefined && level === undefined,
});

/** Whether offsets of 32 bits might not do; `share` is what the file holds beside the image, as a factor. */
function isBig({ big = 'auto', grid }: GeoTiffOptions, { tileSidePx, bands, sampleFormat }: TileShape, share: number) {
  if (big !== 'auto') return big;
  const tiles = Math.ceil(grid.widthPx / tileSidePx) * Math.ceil(grid.heightPx / tileSidePx);
  return tiles * tileSidePx ** 2 * bands * SAMPLES[sampleFormat].bytes * share > CLASSIC_LIMIT;
}

/** Windows cut from an image held in memory. */
function windowsOf(pixels: Pixels, options: GeoTiffOptions): ReadPixels {
  const { grid, bands, sampleFormat } = options;
  const wanted = grid.widthPx * grid.heightPx * bands;
  if (pixels.length !== wanted) throw new Error(`${pixels.length} samples given, ${wanted} wanted by the grid`);
  return (window) => {
    const rowSamples = window.widthPx * bands;
    const out = new SAMPLES[sampleFormat].Pixels(rowSamples * window.heightPx);
    for (let row = 0; row < window.heightPx; row++) {
      const start = ((window.yPx + row) * grid.widthPx + window.xPx) * bands;
      out.set(pixels.subarray(start, start + rowSamples), row * rowSamples);
    }
    return out;
  };
}

/** A border tile is filled up to its full side, as TIFF wants it. */
function padTile(pixels: Pixels, window: PixelWindow, shape: TileShape, fill: number): Pixels {
  const { tileSidePx, bands, sampleFormat } = shape;
  const rowSamples = window.widthPx * bands;
  if (pixels.length !== rowSamples * window.heightPx) {
    throw new Error(`${pixels.length} samples given, ${rowSamples * window.heightPx} wanted by the window`);
  }
  if (window.widthPx === tileSidePx && window.heightPx === tileSidePx) return pixels;
  const tile = new SAMPLES[sampleFormat].Pixels(tileSidePx * tileSidePx * bands).fill(fill);
  for (let row = 0; row < window.heightPx; row++) {
    tile.set(pixels.subarray(row * rowSamples, (row + 1) * rowSamples), row * tileSidePx * bands);
  }
  return tile;
}
