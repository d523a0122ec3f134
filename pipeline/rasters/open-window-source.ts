/** Stage 1: sources of differing grids → windows of the bands a model asks for, on one grid. */
import { type BandRequest, type BandWindow, hashFile, type InputFile, type WindowSource } from '../artefacts.ts';
import { RasterCache } from '../geotiff/raster-cache.ts';
import type { BboxLocal, Grid, PixelWindow } from '../grid.ts';
import { type BandPlan, CODED_ELEVATION_PER_METRE, planBands, type RasterSources, ROLES, type Role } from './bands.ts';
import { chooseGrid } from './choose-grid.ts';
import { intersect, type Mosaic, type MosaicWindow, openMosaic, readMosaic } from './mosaic.ts';
import { axisTaps, columnsAxis, isCopy, nearestKnown, rowsAxis, tapsRange, weigh } from './resample.ts';

export interface WindowSourceOptions {
  /** CRS every source must have. */
  srid: number;
  /** Pixel of the windows; that of the finest image where absent. */
  resolutionM?: number;
  /** Cuts the grid, to whole pixels whose centre is inside. */
  bboxLocal?: BboxLocal;
}

/**
 * Opens the sources a model's bands need and aligns them: the grid is the finest image's, cut to the ground all of them cover.
 * Elevation is differenced in metres after resampling, then coded as the band asks. Windows may be read concurrently; memory
 * is bounded by the cache, not by the extent.
 * Throws `BadInput`, naming the file, for a source that is missing, foreign, truncated, in another CRS, with too few bands, or
 * that does not overlap the others.
 */
export async function openWindowSource(
  sources: RasterSources,
  bands: BandRequest[],
  options: WindowSourceOptions,
): Promise<WindowSource> {
  const plans = planBands(bands, sources);
  const cache = new RasterCache();
  try {
    const mosaics = await openMosaics(plans, sources, options.srid, cache);
    const grid = chooseGrid([...mosaics.values()], options);
    const files = [...mosaics.values()].flatMap((mosaic) => mosaic.dalles.map((dalle) => dalle.file.path));
    const inputs: InputFile[] = [];
    for (const file of files) inputs.push(await hashFile(file));
    return {
      grid,
      bands: bands.map((band) => band.name),
      inputsOf: async () => inputs,
      read: (window) => readBands(plans, mosaics, grid, window),
      close: () => cache.close(),
    };
  } catch (error) {
    await cache.close();
    throw error;
  }
}

async function openMosaics(
  plans: BandPlan[],
  sources: RasterSources,
  srid: number,
  cache: RasterCache,
): Promise<Map<Role, Mosaic>> {
  const mosaics = new Map<Role, Mosaic>();
  for (const role of ROLES) {
    const bands = bandsOf(role, plans);
    if (bands.length > 0) {
      mosaics.set(role, await openMosaic(role, sources[role]!, Math.max(...bands) + 1, srid, cache));
    }
  }
  return mosaics;
}

/** Bands of a role that the plans need, each once, ascending. */
const bandsOf = (role: Role, plans: BandPlan[]) =>
  [
    ...new Set(plans.flatMap((plan) => plan.from.filter((place) => place.role === role).map(({ band }) => band))),
  ].sort();

async function readBands(
  plans: BandPlan[],
  mosaics: Map<Role, Mosaic>,
  grid: Grid,
  window: PixelWindow,
): Promise<BandWindow> {
  const size = window.widthPx * window.heightPx;
  const result: BandWindow = { window, data: new Float32Array(plans.length * size), valid: new Uint8Array(size) };
  const inside = intersect(window, { xPx: 0, yPx: 0, widthPx: grid.widthPx, heightPx: grid.heightPx });
  if (!inside) return result;
  const read = new Map<Role, MosaicWindow>();
  const reading = [...mosaics].map(async ([role, mosaic]) => {
    read.set(role, await readAligned(mosaic, grid, inside, bandsOf(role, plans)));
  });
  await Promise.all(reading);
  const valid = allKnown([...read.values()].map(({ known }) => known));
  plans.forEach((plan, index) => {
    const planes = plan.from.map(({ role, band }) => read.get(role)!.planes[bandsOf(role, plans).indexOf(band)]!);
    place(combine(plan, planes), inside, result.data.subarray(index * size, (index + 1) * size), window);
  });
  place(valid, inside, result.valid, window);
  return result;
}

/** A window of `grid` out of a mosaic on its own grid. */
async function readAligned(mosaic: Mosaic, grid: Grid, window: PixelWindow, bands: number[]): Promise<MosaicWindow> {
  const columns = axisTaps(columnsAxis(grid), columnsAxis(mosaic.grid), window.xPx, window.widthPx);
  const rows = axisTaps(rowsAxis(grid), rowsAxis(mosaic.grid), window.yPx, window.heightPx);
  const [left, right] = tapsRange(columns);
  const [top, bottom] = tapsRange(rows);
  const source = await readMosaic(
    mosaic,
    { xPx: left, yPx: top, widthPx: right - left, heightPx: bottom - top },
    bands,
  );
  if (isCopy(columns, rows)) return source;
  const planes = source.planes.map((values) => {
    const out = new Float32Array(window.widthPx * window.heightPx);
    weigh(values, source.known, columns, rows, out);
    return out;
  });
  return { planes, known: nearestKnown(source.known, columns, rows) };
}

function allKnown(masks: Uint8Array[]): Uint8Array {
  const all = masks[0]!.slice();
  for (const mask of masks.slice(1)) for (let i = 0; i < all.length; i++) all[i]! &= mask[i]!;
  return all;
}

/** A band's value from its sources: value = clip(source × scale + offset). E of a file counts fifths of a metre. */
function combine({ request, kind }: BandPlan, planes: Float32Array[]): Float32Array {
  const { offset, clipMin = Number.NEGATIVE_INFINITY, clipMax = Number.POSITIVE_INFINITY } = request;
  const scale = kind === 'coded elevation' ? request.scale / CODED_ELEVATION_PER_METRE : request.scale;
  const [first, second] = planes as [Float32Array, Float32Array];
  const out = new Float32Array(first.length);
  for (let i = 0; i < out.length; i++) {
    const source = kind === 'difference' ? Math.max(first[i]! - second[i]!, 0) : first[i]!;
    out[i] = Math.min(Math.max(source * scale + offset, clipMin), clipMax);
  }
  return out;
}

/** Copies a part of a window to its place in it. */
function place(
  from: Float32Array | Uint8Array,
  part: PixelWindow,
  into: Float32Array | Uint8Array,
  window: PixelWindow,
): void {
  for (let y = 0; y < part.heightPx; y++) {
    const row = from.subarray(y * part.widthPx, (y + 1) * part.widthPx);
    into.set(row, (part.yPx - window.yPx + y) * window.widthPx + part.xPx - window.xPx);
  }
}
