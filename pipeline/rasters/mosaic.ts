/** The files of one role seen as one raster: dalles side by side on one grid, holes where none has a value. */
import type { InputFile } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import type { RasterCache } from '../geotiff/raster-cache.ts';
import { openRaster, type RasterFile } from '../geotiff/read-raster.ts';
import { type Grid, gridBbox, type PixelWindow } from '../grid.ts';
import {
  type BandName,
  type BandPlan,
  orderOf,
  type RasterSources,
  type Role,
  type RoleSource,
  roleSource,
} from './bands.ts';
import { checkPalette, checkSamples, type Dalle, type DalleReading, type DalleWindow, readDalle } from './dalle.ts';
import { type DalleIndex, indexDalles } from './dalle-index.ts';
import { findDalles } from './find-dalles.ts';

export interface Mosaic {
  role: Role;
  /** The smallest grid that holds every dalle. */
  grid: Grid;
  dalles: Dalle[];
  index: DalleIndex;
  reading: DalleReading;
  /** What identifies the content of a dalle. */
  identity(dalle: Dalle): Promise<InputFile>;
}

/** Phase and resolution of dalles may differ by this share of a pixel. */
const SAME_PX = 0.01;

/** Files looked at together: most of the time goes to waiting, above all behind addresses. */
const OPENED_TOGETHER = 8;

/**
 * Opens every file of a role. Throws `BadInput` naming the file that is foreign or truncated, has another CRS than `srid`, too
 * few bands for the plans, samples that need a scale and have none, or pixels that do not continue the first file's.
 */
export async function openMosaic(
  role: Role,
  sources: RasterSources,
  plans: BandPlan[],
  srid: number,
  cache: RasterCache,
): Promise<Mosaic> {
  const source = roleSource(sources, role)!;
  const paths = await findDalles(role, source.paths);
  const files = await openAll(paths, cache);
  const bands = bandsOf(role, plans);
  for (const file of files) checkFile(file, role, source, orderOf(sources, role), bands, srid);
  const grid = unionGrid(files.map((file) => file.grid));
  const dalles = files.map((file, index) => ({
    file,
    path: paths[index]!,
    window: placeDalle(file, grid, files[0]!),
  }));
  return {
    role,
    grid,
    dalles,
    index: indexDalles(
      dalles.map(({ window }) => window),
      grid.widthPx,
      grid.heightPx,
    ),
    reading: { role, source, bands, nirBand: nirOfPva(role, plans), maskBand: declaredMask(source) },
    identity: (dalle) => cache.identity(dalle.path),
  };
}

/** All of a batch has ended before a fault is thrown: nothing opens a file behind the back of a cache that is closed. */
async function openAll(paths: string[], cache: RasterCache): Promise<RasterFile[]> {
  const files: RasterFile[] = [];
  for (let start = 0; start < paths.length; start += OPENED_TOGETHER) {
    const together = paths.slice(start, start + OPENED_TOGETHER);
    const opened = await Promise.allSettled(together.map((path) => openRaster(path, cache)));
    for (const result of opened) {
      if (result.status === 'rejected') throw result.reason;
      files.push(result.value);
    }
  }
  return files;
}

/** Bands of a role that the plans need, each once, ascending. */
export const bandsOf = (role: Role, plans: BandPlan[]): number[] =>
  [...new Set(plans.flatMap((plan) => plan.from.filter((place) => place.role === role).map(({ band }) => band)))].sort(
    (a, b) => a - b,
  );

/** The band of a pva that a model's NIR is read from, where its bands are not declared. */
const nirOfPva = (role: Role, plans: BandPlan[]) =>
  role === 'pva'
    ? plans.find(({ request }) => request.name === 'NIR')?.from.find((place) => place.role === 'pva')?.band
    : undefined;

function declaredMask({ bands }: RoleSource): number | undefined {
  const band = bands?.indexOf('MASK') ?? -1;
  return band < 0 ? undefined : band;
}

function checkFile(
  file: RasterFile,
  role: Role,
  source: RoleSource,
  order: BandName[],
  bands: number[],
  srid: number,
): void {
  if (file.grid.srid !== srid) throw new BadInput(`${file.path}: ${file.crsText} found, EPSG:${srid} wanted`);
  checkPalette(file, role);
  const wanted = source.bands?.length ?? Math.max(...bands) + 1;
  if (file.bands < wanted) {
    const named = order.slice(0, wanted).join(', ');
    const instead = role === 'pva' && order[wanted - 1] === 'NIR' ? '; or give irc' : '';
    throw new BadInput(
      `${file.path} (${role}): ${file.bands} band(s) found, at least ${wanted} wanted (${named})${instead}`,
    );
  }
  checkSamples(file, role, source);
}

function unionGrid(grids: Grid[]): Grid {
  const first = grids[0]!;
  let [minX, minY, maxX, maxY] = gridBbox(first);
  for (const grid of grids) {
    const bbox = gridBbox(grid);
    minX = Math.min(minX, bbox[0]);
    minY = Math.min(minY, bbox[1]);
    maxX = Math.max(maxX, bbox[2]);
    maxY = Math.max(maxY, bbox[3]);
  }
  return {
    ...first,
    originX: minX,
    originY: maxY,
    widthPx: Math.round((maxX - minX) / first.resolutionM),
    heightPx: Math.round((maxY - minY) / first.resolutionM),
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
      `${file.path}: pixels of ${grid.resolutionM} m, ${mosaic.resolutionM} m in ${reference.path}; one resolution per role wanted (another acquisition may have its own)`,
    );
  }
  if (Math.abs(x - window.xPx) > SAME_PX || Math.abs(y - window.yPx) > SAME_PX) {
    throw new BadInput(
      `${file.path}: its pixels do not continue those of ${reference.path} (shifted by a part of a pixel)`,
    );
  }
  return window;
}

/** The dalles a window touches, and which part of each. */
export function dallesOf(mosaic: Mosaic, window: PixelWindow): { dalle: Dalle; part: PixelWindow }[] {
  return mosaic.index.find(window).flatMap((index) => {
    const dalle = mosaic.dalles[index]!;
    const part = intersect(dalle.window, window);
    return part ? [{ dalle, part }] : [];
  });
}

/**
 * Reads the role's bands of a window of the mosaic's grid into `planes`; what is outside of every dalle is unknown, and there
 * they stay as they are.
 */
export async function readMosaic(mosaic: Mosaic, window: PixelWindow, planes: Float32Array[]): Promise<DalleWindow> {
  const size = window.widthPx * window.heightPx;
  const parts = dallesOf(mosaic, window);
  const [only] = parts;
  if (only && parts.length === 1 && only.part.widthPx * only.part.heightPx === size) {
    return readDalle(only.dalle, only.part, mosaic.reading, planes);
  }
  const result = { planes, known: new Uint8Array(size) };
  const reading = parts.map(({ dalle, part }) => {
    const own = planes.map(() => new Float32Array(part.widthPx * part.heightPx));
    return readDalle(dalle, part, mosaic.reading, own);
  });
  const read = await Promise.all(reading);
  parts.forEach(({ part }, index) => {
    merge(result, window, read[index]!, part);
  });
  return result;
}

/** Puts what a part knows where nothing was known. */
function merge(into: DalleWindow, window: PixelWindow, from: DalleWindow, part: PixelWindow): void {
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
