/** Annotations kept as rasters: one value a pixel, dalles anywhere, holes between them. */
import { hashFile, type InputFile } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import { RasterCache } from '../geotiff/raster-cache.ts';
import { openRaster, type RasterFile } from '../geotiff/read-raster.ts';
import { type BboxLocal, type Grid, gridBbox, type PixelWindow } from '../grid.ts';
import type { Annotations } from './annotations.ts';
import { BoxIndex } from './box-index.ts';
import type { MaskClass } from './class-table.ts';

/**
 * Opens masks (GeoTIFF, one band, values of `table`). The first file that knows a pixel wins. Throws `BadInput` naming the file
 * of another CRS, of several bands, or, when it is read, of a value the table does not have.
 */
export async function openMasks(paths: string[], table: MaskClass[]): Promise<Annotations> {
  const cache = new RasterCache();
  try {
    const dalles: RasterFile[] = [];
    for (const path of paths) dalles.push(checked(await openRaster(path, cache), dalles[0]));
    const classes = table.filter((row): row is MaskClass & { codeCs: string } => row.codeCs !== null);
    const classValue = valuesOf(table, classes);
    const inputs: InputFile[] = [];
    for (const path of paths) inputs.push(await hashFile(path));
    const boxes = dalles.map(({ grid }) => gridBbox(grid));
    const index = new BoxIndex(dalles.map((file, at) => ({ file, bbox: boxes[at]! })));
    return {
      srid: dalles[0]!.grid.srid,
      classes,
      annotated: boxes,
      ownGrid: unionGrid(dalles[0]!.grid, boxes),
      inputs,
      read: async (grid, window) => {
        const out = new Uint8Array(window.widthPx * window.heightPx);
        for (const { file } of index.meeting(windowBbox(grid, window))) {
          await readDalle(file, classValue, grid, window, out);
        }
        return out;
      },
      close: () => cache.close(),
    };
  } catch (error) {
    await cache.close();
    throw error;
  }
}

function checked(file: RasterFile, first: RasterFile | undefined): RasterFile {
  if (file.grid.srid === 0) throw new BadInput(`${file.path}: ${file.crsText}, a CRS with its EPSG code wanted`);
  if (file.bands !== 1) throw new BadInput(`${file.path}: ${file.bands} bands, a mask of one band wanted`);
  if (first && first.grid.srid !== file.grid.srid) {
    throw new BadInput(`${file.path}: ${file.crsText}, EPSG:${first.grid.srid} in ${first.path}; one CRS wanted`);
  }
  return file;
}

/** Value in a file → 1 + index in `classes`; 0 for classes of no couverture. */
const valuesOf = (table: MaskClass[], classes: MaskClass[]) =>
  new Map(table.map((row) => [row.value, classes.indexOf(row) + 1]));

function unionGrid(first: Grid, boxes: BboxLocal[]): Grid {
  const [originX, originY] = [Math.min(...boxes.map(([x]) => x)), Math.max(...boxes.map(([, , , y]) => y))];
  const [maxX, minY] = [Math.max(...boxes.map(([, , x]) => x)), Math.min(...boxes.map(([, y]) => y))];
  const widthPx = Math.round((maxX - originX) / first.resolutionM);
  return { ...first, originX, originY, widthPx, heightPx: Math.round((originY - minY) / first.resolutionM) };
}

/** Ground of a window of a grid. */
export const windowBbox = ({ originX, originY, resolutionM }: Grid, window: PixelWindow): BboxLocal => [
  originX + window.xPx * resolutionM,
  originY - (window.yPx + window.heightPx) * resolutionM,
  originX + (window.xPx + window.widthPx) * resolutionM,
  originY - window.yPx * resolutionM,
];

/** Puts what a dalle says where `out` knows nothing yet: the pixel of the dalle under each centre of the window. */
async function readDalle(
  file: RasterFile,
  classValue: Map<number, number>,
  grid: Grid,
  window: PixelWindow,
  out: Uint8Array,
): Promise<void> {
  const columns = pixelsUnder(grid.originX - file.grid.originX, grid, file.grid, window.xPx, window.widthPx);
  const rows = pixelsUnder(file.grid.originY - grid.originY, grid, file.grid, window.yPx, window.heightPx);
  const [xs, ys] = [within(columns, file.grid.widthPx), within(rows, file.grid.heightPx)];
  if (!xs || !ys) return;
  const part = { xPx: xs.first, yPx: ys.first, widthPx: xs.last - xs.first + 1, heightPx: ys.last - ys.first + 1 };
  const values = await file.read(part, 0, new Float64Array(part.widthPx * part.heightPx));
  const nodata = file.nodata ?? Number.NaN;
  for (let y = 0; y < window.heightPx; y++) {
    const row = rows[y]! - ys.first;
    if (row < 0 || row >= part.heightPx) continue;
    for (let x = 0; x < window.widthPx; x++) {
      const column = columns[x]! - xs.first;
      const at = y * window.widthPx + x;
      if (column < 0 || column >= part.widthPx || out[at] !== 0) continue;
      const found = values[row * part.widthPx + column]!;
      if (found === nodata || Number.isNaN(found)) continue;
      const value = classValue.get(found);
      if (value === undefined) {
        throw new BadInput(`${file.path}: value ${found} found, one of ${[...classValue.keys()].join(', ')} wanted`);
      }
      out[at] = value;
    }
  }
}

/** Along one axis, the pixel of `own` under the centre of each of `count` pixels of `grid` from `start` (may lie outside). */
function pixelsUnder(shiftM: number, grid: Grid, own: Grid, start: number, count: number): Int32Array {
  const under = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const px = (shiftM + (start + i + 0.5) * grid.resolutionM) / own.resolutionM;
    under[i] = Math.floor(Math.round(px * 1e6) / 1e6); // to a millionth of a pixel, so that equal grids give equal pixels
  }
  return under;
}

function within(pixels: Int32Array, length: number): { first: number; last: number } | undefined {
  const first = Math.max(0, pixels[0]!);
  const last = Math.min(length - 1, pixels[pixels.length - 1]!);
  return first <= last ? { first, last } : undefined;
}
