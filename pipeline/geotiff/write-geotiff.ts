/**
 * GeoTIFF out: tiled, Deflate with predictor, directory before the data (the order of a Cloud Optimized GeoTIFF), BigTIFF
 * where the file may pass 4 GB. Written under a temporary name and renamed, so that a reader sees a whole file or none.
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cutInDalles, type Grid, type PixelWindow } from '../grid.ts';
import { encodeTile, type Pixels, SAMPLES, type SampleFormat, type TileShape } from './encode-tile.ts';
import { directorySize, encodeDirectory, encodeHeader, headerSize, type TiffTag } from './tiff-directory.ts';

export interface GeoTiffOptions {
  grid: Grid;
  bands: number;
  sampleFormat: SampleFormat;
  /** Written as GDAL_NODATA; also fills what a border tile has outside the grid. */
  nodata?: number;
  /** Side of a tile, a multiple of 16; 512 by default. */
  tileSidePx?: number;
  /** Deflate level, 6 by default. */
  level?: number;
  /** `auto` (default) takes BigTIFF when the pixels, uncompressed, would not fit a classic file. */
  big?: boolean | 'auto';
}

/** Pixels of a window inside the grid, chunky (band fastest): heightPx × widthPx × bands. */
export type ReadPixels = (window: PixelWindow) => Pixels | Promise<Pixels>;

/** A file being written, tile after tile. */
export interface GeoTiffWriter {
  shape: TileShape;
  /** Windows of the tiles in the order `append` takes them; those of the last row and column reach only to the grid's edge. */
  windows: PixelWindow[];
  /** Adds the next tile's bytes, as `encodeTile` gives them. */
  append(encoded: Uint8Array): Promise<void>;
  /** Ends the file and gives it its name; throws when tiles are missing. */
  close(): Promise<void>;
  /** Removes what was written; harmless after `close`. */
  abort(): Promise<void>;
}

/** Compressions under way at a time: as many as libuv has threads by default. */
const CONCURRENCY = 4;
const CLASSIC_LIMIT = 2 ** 32 - 2 ** 24;

/**
 * Writes `pixels` (the whole image, chunky, or a function that gives a window of it) as a GeoTIFF.
 * Windows are asked one at a time, row by row of tiles, so that a source may stream.
 */
export async function writeGeoTiff(path: string, options: GeoTiffOptions, pixels: Pixels | ReadPixels): Promise<void> {
  const read = typeof pixels === 'function' ? pixels : windowsOf(pixels, options);
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
export async function createGeoTiff(path: string, options: GeoTiffOptions): Promise<GeoTiffWriter> {
  const shape = tileShape(options);
  const windows = cutInDalles(options.grid, shape.tileSidePx);
  const tileBytes = shape.tileSidePx ** 2 * shape.bands * SAMPLES[shape.sampleFormat].bytes;
  const big = (options.big ?? 'auto') === 'auto' ? windows.length * tileBytes > CLASSIC_LIMIT : options.big === true;
  const empty = windows.map(() => 0);
  const dataStart = headerSize(big) + directorySize(tagsOf(options, shape, empty, empty), big);
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.part`;
  const file = await open(temporary, 'w');
  return writerOn(file, temporary, path, { options, shape, windows, big, dataStart });
}

interface Plan {
  options: GeoTiffOptions;
  shape: TileShape;
  windows: PixelWindow[];
  big: boolean;
  dataStart: number;
}

function writerOn(file: FileHandle, temporary: string, path: string, plan: Plan): GeoTiffWriter {
  const offsets: number[] = [];
  const counts: number[] = [];
  let end = plan.dataStart;
  let open = true;
  return {
    shape: plan.shape,
    windows: plan.windows,
    async append(encoded) {
      offsets.push(end);
      counts.push(encoded.length);
      await file.write(encoded, 0, encoded.length, end);
      end += encoded.length;
    },
    async close() {
      if (offsets.length !== plan.windows.length) {
        throw new Error(`${path}: ${offsets.length} tiles written, ${plan.windows.length} wanted`);
      }
      const tags = tagsOf(plan.options, plan.shape, offsets, counts);
      const head = Buffer.concat([encodeHeader(plan.big), encodeDirectory(tags, headerSize(plan.big), plan.big)]);
      await file.write(head, 0, head.length, 0);
      await file.sync();
      await file.close();
      open = false;
      await rename(temporary, path);
    },
    async abort() {
      if (open) await file.close();
      open = false;
      await rm(temporary, { force: true });
    },
  };
}

const tileShape = (options: GeoTiffOptions): TileShape => ({
  tileSidePx: options.tileSidePx ?? 512,
  bands: options.bands,
  sampleFormat: options.sampleFormat,
  level: options.level ?? 6,
});

/** Tags of TIFF 6.0 (§8, §15 tiles), GeoTIFF 1.1 (model, raster type, projected CRS, metre) and GDAL's nodata. */
function tagsOf(options: GeoTiffOptions, shape: TileShape, offsets: number[], counts: number[]): TiffTag[] {
  const { grid, bands, nodata } = options;
  const sample = SAMPLES[shape.sampleFormat];
  const rgb = bands >= 3 && shape.sampleFormat === 'uint8';
  const extra = bands - (rgb ? 3 : 1);
  const perBand = (value: number) => new Array<number>(bands).fill(value);
  const geoKeys = [1, 1, 0, 4, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, grid.srid, 3076, 0, 1, 9001];
  return [
    { tag: 256, kind: 'long', values: [grid.widthPx] },
    { tag: 257, kind: 'long', values: [grid.heightPx] },
    { tag: 258, kind: 'short', values: perBand(sample.bytes * 8) },
    { tag: 259, kind: 'short', values: [8] },
    { tag: 262, kind: 'short', values: [rgb ? 2 : 1] },
    { tag: 277, kind: 'short', values: [bands] },
    { tag: 284, kind: 'short', values: [1] },
    { tag: 317, kind: 'short', values: [sample.predictor] },
    { tag: 322, kind: 'short', values: [shape.tileSidePx] },
    { tag: 323, kind: 'short', values: [shape.tileSidePx] },
    { tag: 324, kind: 'offset', values: offsets },
    { tag: 325, kind: 'long', values: counts },
    ...(extra > 0 ? [{ tag: 338, kind: 'short', values: new Array<number>(extra).fill(0) } as const] : []),
    { tag: 339, kind: 'short', values: perBand(sample.tiffFormat) },
    { tag: 33550, kind: 'double', values: [grid.resolutionM, grid.resolutionM, 0] },
    { tag: 33922, kind: 'double', values: [0, 0, 0, grid.originX, grid.originY, 0] },
    { tag: 34735, kind: 'short', values: geoKeys },
    ...(nodata === undefined ? [] : [{ tag: 42113, kind: 'ascii', text: String(nodata) } as const]),
  ];
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
