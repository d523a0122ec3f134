/** Stage 1: sources of differing grids → windows of the bands a model asks for, on one grid. */
import { createHash } from 'node:crypto';
import type { MultiPolygon, Polygon } from 'geojson';
import type { BandRequest, InputFile, WindowSource } from '../artefacts.ts';
import { bboxOf } from '../boxes.ts';
import { type ExtentMask, extentMask } from '../extent-mask.ts';
import type { HttpSettings } from '../geotiff/http-file.ts';
import { RasterCache } from '../geotiff/raster-cache.ts';
import type { BboxLocal, Grid, PixelWindow } from '../grid.ts';
import { type BandPlan, planBands, type RasterSources, ROLES, type Role, roleSource } from './bands.ts';
import { chooseGrid } from './choose-grid.ts';
import { bandsOf, dallesOf, type Mosaic, openMosaic } from './mosaic.ts';
import { type Acquisition, readBands, sourceWindow } from './read-bands.ts';
import { Scratch } from './scratch.ts';

export interface WindowSourceOptions {
  /** CRS every source must have. */
  srid: number;
  /** Pixel of the windows; that of the finest image where absent. */
  resolutionM?: number;
  /** Cuts the grid, to whole pixels whose centre is inside. */
  bboxLocal?: BboxLocal;
  /** In the CRS of `srid`: cuts the grid, and pixels whose centre is outside are unknown. */
  extent?: Polygon | MultiPolygon;
  /** The very grid: that of a former millésime. What the sources do not cover of it is unknown. */
  grid?: Grid;
  /** Which addresses may be read. */
  http?: HttpSettings;
}

/**
 * Opens the sources a model's bands need and aligns them: the grid is the finest image's, cut to the ground all of them cover.
 * Elevation is differenced in metres after resampling, then coded as the band asks. Windows may be read concurrently; memory
 * is bounded by the cache, not by the extent.
 * Throws `BadInput`, naming the file, for a source that is missing, foreign, truncated, in another CRS, with too few bands, of
 * samples whose unit nobody stated, or that does not overlap the others.
 */
export async function openWindowSource(
  sources: RasterSources,
  bands: BandRequest[],
  options: WindowSourceOptions,
): Promise<WindowSource> {
  const [source] = await openAcquisitions([sources], bands, options);
  return source!;
}

/**
 * The same for several acquisitions of the same ground, one source each, all on one grid over the ground of all. They share one
 * cache, which the last to be closed clears.
 */
export async function openAcquisitions(
  list: RasterSources[],
  bands: BandRequest[],
  options: WindowSourceOptions,
): Promise<WindowSource[]> {
  const cache = new RasterCache(options.http);
  try {
    const opened: { plans: BandPlan[]; mosaics: Map<Role, Mosaic>; sources: RasterSources }[] = [];
    for (const sources of list) {
      const plans = planBands(bands, sources);
      opened.push({ plans, sources, mosaics: await openMosaics(plans, sources, options.srid, cache) });
    }
    const grid =
      options.grid ??
      chooseGrid(
        opened.map(({ mosaics }) => [...mosaics.values()]),
        cutOf(options),
      );
    const mask = options.extent && extentMask(options.extent);
    let open = list.length;
    const close = async () => {
      if (--open === 0) await cache.close();
    };
    return opened.map(({ plans, mosaics, sources }) => {
      const acquisition: Acquisition = { plans, mosaics, grid, scratch: new Scratch() };
      const stated = statedInput(plans, sources, options.extent);
      return sourceOn(acquisition, bands, stated, mask, close);
    });
  } catch (error) {
    await cache.close();
    throw error;
  }
}

/** The extent's box is given to `bboxLocal`'s place: one of the two cuts. */
const cutOf = ({ resolutionM, bboxLocal, extent }: WindowSourceOptions) => ({
  resolutionM,
  bboxLocal: extent ? bboxOf(extent.coordinates) : bboxLocal,
});

async function openMosaics(
  plans: BandPlan[],
  sources: RasterSources,
  srid: number,
  cache: RasterCache,
): Promise<Map<Role, Mosaic>> {
  const mosaics = new Map<Role, Mosaic>();
  for (const role of ROLES) {
    if (bandsOf(role, plans).length > 0) mosaics.set(role, await openMosaic(role, sources, plans, srid, cache));
  }
  return mosaics;
}

function sourceOn(
  acquisition: Acquisition,
  bands: BandRequest[],
  stated: InputFile,
  mask: ExtentMask | undefined,
  closeOnce: () => Promise<void>,
): WindowSource {
  let closing: Promise<void> | undefined;
  return {
    grid: acquisition.grid,
    bands: bands.map((band) => band.name),
    inputsOf: async (window) => [...(await dalleInputs(acquisition, window)), stated],
    read: (window, used) => readBands(acquisition, window, mask?.(acquisition.grid, window), used),
    close: () => {
      closing ??= closeOnce();
      return closing;
    },
  };
}

/** What the dalles hold that a window touches, role by role. */
async function dalleInputs({ mosaics, grid }: Acquisition, window: PixelWindow): Promise<InputFile[]> {
  const inputs: InputFile[] = [];
  for (const mosaic of mosaics.values()) {
    for (const { dalle } of dallesOf(mosaic, sourceWindow(mosaic, grid, window))) {
      inputs.push(await mosaic.identity(dalle));
    }
  }
  return inputs;
}

/** What was stated of the files, and the extent, decide as much as the files: an input that stands for them. */
function statedInput(plans: BandPlan[], sources: RasterSources, extent: WindowSourceOptions['extent']): InputFile {
  const stated = ROLES.map((role) => ({ role, ...roleSource(sources, role), paths: undefined }));
  const text = JSON.stringify([plans.map(({ kind, from }) => [kind, from]), stated, extent ?? null]);
  return { path: 'sources as stated', sha256: createHash('sha256').update(text).digest('hex') };
}
