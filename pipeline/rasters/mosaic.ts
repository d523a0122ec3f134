/** The files of one role seen as one raster: dalles side by side on one grid, holes where none has a value. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput } from '../errors.ts';
import type { RasterCache } from '../geotiff/raster-cache.ts';
import { openRaster, type RasterFile } from '../geotiff/read-raster.ts';
import { type Grid, gridBbox, type PixelWindow } from '../grid.ts';
import type { Role } from './bands.ts';

export interface Mosaic {
  role: Role;
  /** The smallest grid that holds every dalle. */
  grid: Grid;
  dalles: Dalle[];
}

interface Dalle {
  file: RasterFile;
  /** The dalle in pixels of the mosaic. */
  window: PixelWindow;
}

/** Bands of a window: planes heightPx × widthPx in the order asked, and 1 where the image has a value. */
export interface MosaicWindow {
  planes: Float32Array[];
  known: Uint8Array;
}

/** No ground or roof lies beyond; fill values that files do not declare do (±9999, −32768, 3.4e38 are all met). */
const HIGHEST_M = 9000;

/** Phase and resolution of dalles may differ by this share of a pixel. */
const SAME_PX = 0.01;

/**
 * Opens every file of a role; folders stand for their *.tif and *.tiff. Throws `BadInput` naming the file that is foreign or
 * truncated, has another CRS than `srid`, fewer bands than `bands`, or pixels that do not continue the first file's.
 */
export async function openMosaic(
  role: Role,
  paths: string[],
  bands: number,
  srid: number,
  cache: RasterCache,
): Promise<Mosaic> {
  const files: RasterFile[] = [];
  for (const path of await expandFolders(role, paths)) files.push(await openRaster(path, cache));
  for (const file of files) {
    if (file.grid.srid !== srid) throw new BadInput(`${file.path}: ${file.crsText} found, EPSG:${srid} wanted`);
    if (file.bands < bands)
      throw new BadInput(`${file.path} (${role}): ${file.bands} band(s) found, at least ${bands} wanted`);
  }
  const grid = unionGrid(files.map((file) => file.grid));
  return { role, grid, dalles: files.map((file) => ({ file, window: placeDalle(file, grid, files[0]!) })) };
}

/** Files as given, and those of folders by name, so that the order (the first known value wins) is always the same. */
async function expandFolders(role: Role, paths: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const kind = await stat(path).catch(() => undefined);
    if (!kind) throw new BadInput(`${path} (${role}): no such file or folder`);
    if (!kind.isDirectory()) {
      found.push(path);
      continue;
    }
    const names = (await readdir(path)).filter((name) => /\.tiff?$/i.test(name)).sort();
    if (names.length === 0) throw new BadInput(`${path} (${role}): no *.tif in this folder`);
    found.push(...names.map((name) => join(path, name)));
  }
  return found;
}

function unionGrid(grids: Grid[]): Grid {
  const first = grids[0]!;
  const boxes = grids.map(gridBbox);
  const originX = Math.min(...boxes.map(([minX]) => minX));
  const originY = Math.max(...boxes.map(([, , , maxY]) => maxY));
  const maxX = Math.max(...boxes.map(([, , x]) => x));
  const minY = Math.min(...boxes.map(([, y]) => y));
  return {
    ...first,
    originX,
    originY,
    widthPx: Math.round((maxX - originX) / first.resolutionM),
    heightPx: Math.round((originY - minY) / first.resolutionM),
  };
}

function placeDalle(file: RasterFile, mosaic: Grid, reference: RasterFile): PixelWindow {
  const { grid } = file;
  const x = (grid.originX - mosaic.originX) / mosaic.resolutionM;
  const y = (mosaic.originY - grid.originY) / mosaic.resolutionM;
  const window = { xPx: Math.round(x), yPx: Math.round(y), widthPx: grid.widthPx, heightPx: grid.heightPx };
  const drift = Math.abs(grid.resolutionM / mosaic.resolutionM - 1) * Math.max(grid.widthPx, grid.heightPx);
  if (drift > SAME_PX) {
    throw new BadInput(
      `${file.path}: pixels of ${grid.resolutionM} m, ${mosaic.resolutionM} m in ${reference.path}; one resolution per role wanted`,
    );
  }
  if (Math.abs(x - window.xPx) > SAME_PX || Math.abs(y - window.yPx) > SAME_PX) {
    throw new BadInput(
      `${file.path}: its pixels do not continue those of ${reference.path} (shifted by a part of a pixel)`,
    );
  }
  return window;
}

/** Reads bands of a window of the mosaic's grid; what is outside of every dalle is unknown. */
export async function readMosaic(mosaic: Mosaic, window: PixelWindow, bands: number[]): Promise<MosaicWindow> {
  const size = window.widthPx * window.heightPx;
  const parts = mosaic.dalles.flatMap((dalle) => {
    const part = intersect(dalle.window, window);
    return part ? [{ dalle, part }] : [];
  });
  const [only] = parts;
  if (only && parts.length === 1 && only.part.widthPx * only.part.heightPx === size) {
    return readDalle(mosaic.role, only.dalle, only.part, bands);
  }
  const result = { planes: bands.map(() => new Float32Array(size)), known: new Uint8Array(size) };
  for (const { dalle, part } of parts) merge(result, window, await readDalle(mosaic.role, dalle, part, bands), part);
  return result;
}

/**
 * A part of one dalle. Its nodata counts only where all its bands have it: 255 is declared in RGB where it is a legal value.
 * NaN and heights that are none are unknown in any case.
 */
async function readDalle(
  role: Role,
  { file, window }: Dalle,
  part: PixelWindow,
  bands: number[],
): Promise<MosaicWindow> {
  const inFile = { ...part, xPx: part.xPx - window.xPx, yPx: part.yPx - window.yPx };
  const size = part.widthPx * part.heightPx;
  const needed = file.nodata === undefined ? bands : Array.from({ length: file.bands }, (_, band) => band);
  const read = await Promise.all(needed.map((band) => file.read(inFile, band, new Float32Array(size))));
  const known = new Uint8Array(size).fill(file.nodata === undefined ? 1 : 0);
  const nodata = Math.fround(file.nodata ?? Number.NaN);
  if (file.nodata !== undefined) {
    for (const plane of read) {
      for (let i = 0; i < size; i++) if (plane[i] !== nodata) known[i] = 1;
    }
  }
  const planes = bands.map((band) => read[needed.indexOf(band)]!);
  const limit = role === 'mns' || role === 'mnt' ? HIGHEST_M : Number.POSITIVE_INFINITY;
  for (const plane of planes) {
    for (let i = 0; i < size; i++) if (!(Math.abs(plane[i]!) < limit)) known[i] = 0;
  }
  return { planes, known };
}

/** Puts what a part knows where nothing was known. */
function merge(into: MosaicWindow, window: PixelWindow, from: MosaicWindow, part: PixelWindow): void {
  for (let y = 0; y < part.heightPx; y++) {
    const to = (part.yPx - window.yPx + y) * window.widthPx + part.xPx - window.xPx;
    for (let x = 0; x < part.widthPx; x++) {
      const at = y * part.widthPx + x;
      if (!from.known[at] || into.known[to + x]) continue;
      into.known[to + x] = 1;
      for (let band = 0; band < into.planes.length; band++) into.planes[band]![to + x] = from.planes[band]![at]!;
    }
  }
}

/** What two windows of one grid have in common; undefined where that is nothing. */
export function intersect(a: PixelWindow, b: PixelWindow): PixelWindow | undefined {
  const xPx = Math.max(a.xPx, b.xPx);
  const yPx = Math.max(a.yPx, b.yPx);
  const widthPx = Math.min(a.xPx + a.widthPx, b.xPx + b.widthPx) - xPx;
  const heightPx = Math.min(a.yPx + a.heightPx, b.yPx + b.heightPx) - yPx;
  return widthPx > 0 && heightPx > 0 ? { xPx, yPx, widthPx, heightPx } : undefined;
}
