/** A scene's rasters in strips one row of tiles high, each made and compressed alone: the unit threads share out. */

import { encodeTileSync, type Pixels, SAMPLES, type TileShape } from '../geotiff/encode-tile.ts';
import type { GeoTiffOptions } from '../geotiff/write-geotiff.ts';
import { cutInDalles, type Grid, type PixelWindow } from '../grid.ts';
import type { LandscapeOptions } from './landscape.ts';
import {
  type DateIndex,
  renderImages,
  renderSurface,
  renderTerrain,
  type Scene,
  sceneGrid,
  surfaceGrid,
  terrainGrid,
} from './scene.ts';

export type Raster = 'pva' | 'irc' | 'truth' | 'mns' | 'mnt';

/** Rows of tiles: `images` gives pva, irc and truth at once. */
export interface StripJob {
  what: 'images' | 'surface' | 'terrain';
  date: DateIndex;
  /** Row of tiles, from the top. */
  row: number;
}

/** Encoded tiles of a strip, from left to right, by raster. */
export type Strip = Partial<Record<Raster, Uint8Array[]>>;

const TILE_PX = 512;
/** Truth of pixels no class is known for; there are none, but readers look for it. */
const TRUTH_NODATA = 255;

/** How each raster is written: grids, bands and nodata differ as they do in real deliveries. */
export function rasterOptions(options: LandscapeOptions, raster: Raster): GeoTiffOptions {
  const image = { grid: sceneGrid(options), bands: 3, sampleFormat: 'uint8', level: 2, tileSidePx: TILE_PX } as const;
  const height = { bands: 1, sampleFormat: 'float32', level: 3, tileSidePx: TILE_PX } as const;
  if (raster === 'pva') return { ...image, nodata: 255 };
  if (raster === 'irc') return { ...image, nodata: 0 };
  if (raster === 'truth') return { ...image, bands: 1, nodata: TRUTH_NODATA };
  if (raster === 'mns') return { ...height, grid: surfaceGrid(options), nodata: 9999 };
  return { ...height, grid: terrainGrid(options), nodata: -9999 };
}

/** Strips of a date's rasters, top to bottom. */
export function stripJobs(options: LandscapeOptions, date: DateIndex): StripJob[] {
  const rows = (grid: Grid) => Array.from({ length: Math.ceil(grid.heightPx / TILE_PX) }, (_, row) => row);
  return [
    ...rows(sceneGrid(options)).map((row) => ({ what: 'images' as const, date, row })),
    ...rows(surfaceGrid(options)).map((row) => ({ what: 'surface' as const, date, row })),
    ...rows(terrainGrid(options)).map((row) => ({ what: 'terrain' as const, date, row })),
  ];
}

/** Makes a strip. The same bytes whoever makes it. */
export function renderStrip(scene: Scene, job: StripJob): Strip {
  const { options } = scene;
  if (job.what === 'surface') {
    const window = stripWindow(surfaceGrid(options), job.row);
    return { mns: tiles(options, 'mns', window, filled(renderSurface(scene, job.date, window), 9999)) };
  }
  if (job.what === 'terrain') {
    const window = stripWindow(terrainGrid(options), job.row);
    return { mnt: tiles(options, 'mnt', window, filled(renderTerrain(scene, window), -9999)) };
  }
  const window = stripWindow(sceneGrid(options), job.row);
  const { bands, truth } = renderImages(scene, job.date, window);
  const [red, green, blue, nir] = bands as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return {
    pva: tiles(options, 'pva', window, chunky([red, green, blue])),
    irc: tiles(options, 'irc', window, chunky([nir, red, green])),
    truth: tiles(options, 'truth', window, truth),
  };
}

const stripWindow = (grid: Grid, row: number): PixelWindow => ({
  xPx: 0,
  yPx: row * TILE_PX,
  widthPx: grid.widthPx,
  heightPx: Math.min(TILE_PX, grid.heightPx - row * TILE_PX),
});

function chunky(planes: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(planes[0]!.length * planes.length);
  planes.forEach((plane, band) => {
    for (let i = 0; i < plane.length; i++) out[i * planes.length + band] = plane[i]!;
  });
  return out;
}

const filled = (heights: Float32Array, nodata: number) =>
  heights.map((value) => (Number.isNaN(value) ? nodata : value));

/** Cuts a strip's pixels in tiles and encodes them. */
function tiles(options: LandscapeOptions, raster: Raster, strip: PixelWindow, pixels: Pixels): Uint8Array[] {
  const { bands, sampleFormat, nodata, level } = rasterOptions(options, raster);
  const shape: TileShape = { tileSidePx: TILE_PX, bands, sampleFormat, level: level! };
  const stripGrid = {
    srid: 0,
    originX: 0,
    originY: 0,
    resolutionM: 1,
    widthPx: strip.widthPx,
    heightPx: strip.heightPx,
  };
  return cutInDalles(stripGrid, TILE_PX).map((window) => {
    const tile = new SAMPLES[sampleFormat].Pixels(TILE_PX * TILE_PX * bands).fill(nodata ?? 0);
    for (let row = 0; row < window.heightPx; row++) {
      const start = (row * strip.widthPx + window.xPx) * bands;
      tile.set(pixels.subarray(start, start + window.widthPx * bands), row * TILE_PX * bands);
    }
    return encodeTileSync(shape, tile);
  });
}
