/** What is to be scored: class rasters on one grid, with the confidence and the probabilities where they are there. */
import type { ClassesArtefact, InputFile, Manifest, PolygonsArtefact } from '../artefacts.ts';
import { CLASS_NODATA } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import { RasterCache } from '../geotiff/raster-cache.ts';
import { openRaster, type RasterFile } from '../geotiff/read-raster.ts';
import { type Grid, gridBbox, type PixelWindow } from '../grid.ts';
import type { ScoredClass } from './labels.ts';

/** Value of a pixel without prediction. */
export const NONE = 255;

export interface PredictedWindow {
  /** Index in `Prediction.classes` of each pixel, `NONE` where nothing is predicted. */
  classes: Uint8Array;
  /** 255 = 1; where the prediction has it. */
  confidence?: Uint8Array;
}

export interface Prediction {
  grid: Grid;
  classes: ScoredClass[];
  /** Model that made it, where that is known. */
  modelId?: string;
  /** What it was made from: imagery and model, where a manifest tells. */
  madeFrom: InputFile[];
  /** The files that are scored. */
  paths: string[];
  hasConfidence: boolean;
  hasProbabilities: boolean;
  read(window: PixelWindow): Promise<PredictedWindow>;
  /** One plane per class, 255 = 1. */
  readProbabilities(window: PixelWindow): Promise<Uint8Array[]>;
  close(): Promise<void>;
}

interface Dalle {
  window: PixelWindow;
  classPath: string;
  confidencePath?: string;
  probabilitiesPath?: string;
}

interface Plan {
  grid: Grid;
  dalles: Dalle[];
  /** By pixel value. */
  classes: Map<number, ScoredClass>;
  nodata: number[];
  modelId?: string;
  madeFrom: InputFile[];
}

/** The classes stage's result, from its manifest. */
export function openClasses(manifest: Pick<Manifest<ClassesArtefact>, 'output' | 'inputs'>): Prediction {
  const { grid, classes, modelId, dalles } = manifest.output;
  const byValue = new Map(classes.map(({ index, ...row }) => [index, row]));
  return open({ grid, dalles, classes: byValue, nodata: [CLASS_NODATA], modelId, madeFrom: manifest.inputs });
}

/** The couverture raster of the polygons stage: the map as it is published, without confidence. */
export function openCouverture({ output, inputs }: Pick<Manifest<PolygonsArtefact>, 'output' | 'inputs'>): Prediction {
  const { grid, couverturePath, codesCs } = output;
  const window = { xPx: 0, yPx: 0, widthPx: grid.widthPx, heightPx: grid.heightPx };
  const classes = new Map(codesCs.map((code, index) => [index + 1, { name: code, codeCs: code, colour: '#888888' }]));
  return open({ grid, dalles: [{ window, classPath: couverturePath }], classes, nodata: [0], madeFrom: inputs });
}

/**
 * Class rasters of one band anywhere on one lattice of pixels. `classes` says what their values mean; 255 and the files' own
 * nodata are no prediction. `confidencePaths`: a raster for each, in the same order. Throws `BadInput`.
 */
export async function openRasters(
  paths: string[],
  classes: Map<number, ScoredClass>,
  confidencePaths: string[] = [],
): Promise<Prediction> {
  if (confidencePaths.length > 0 && confidencePaths.length !== paths.length) {
    throw new BadInput(
      `${confidencePaths.length} confidence rasters for ${paths.length} class rasters; one each wanted`,
    );
  }
  const cache = new RasterCache();
  try {
    const files: RasterFile[] = [];
    for (const path of paths) files.push(await openRaster(path, cache));
    const grid = unionGrid(files);
    const dalles = files.map((file, index) => ({
      window: placed(file, grid, files[0]!),
      classPath: file.path,
      confidencePath: confidencePaths[index],
    }));
    const nodata = [CLASS_NODATA, ...files.flatMap(({ nodata }) => nodata ?? [])].filter(
      (value) => !classes.has(value),
    );
    return open({ grid, dalles, classes, nodata, madeFrom: [] });
  } finally {
    await cache.close();
  }
}

function unionGrid(files: RasterFile[]): Grid {
  const first = files[0]!.grid;
  const boxes = files.map(({ grid }) => gridBbox(grid));
  const [originX, originY] = [Math.min(...boxes.map(([x]) => x)), Math.max(...boxes.map(([, , , y]) => y))];
  const widthPx = Math.round((Math.max(...boxes.map(([, , x]) => x)) - originX) / first.resolutionM);
  const heightPx = Math.round((originY - Math.min(...boxes.map(([, y]) => y))) / first.resolutionM);
  return { ...first, originX, originY, widthPx, heightPx };
}

/** Where a file lies on the grid of all. Throws `BadInput` for another CRS, several bands, or pixels that do not continue. */
function placed({ path, grid, bands, crsText }: RasterFile, whole: Grid, first: RasterFile): PixelWindow {
  if (grid.srid === 0) throw new BadInput(`${path}: ${crsText}, a CRS with its EPSG code wanted`);
  if (grid.srid !== whole.srid)
    throw new BadInput(`${path}: ${crsText}, EPSG:${whole.srid} in ${first.path}; one CRS wanted`);
  if (bands !== 1) throw new BadInput(`${path}: ${bands} bands, a class raster of one band wanted`);
  const x = (grid.originX - whole.originX) / whole.resolutionM;
  const y = (whole.originY - grid.originY) / whole.resolutionM;
  const off = Math.max(Math.abs(x - Math.round(x)), Math.abs(y - Math.round(y)));
  if (Math.abs(grid.resolutionM / whole.resolutionM - 1) > 1e-5 || off > 0.01) {
    throw new BadInput(
      `${path}: pixels of ${grid.resolutionM} m from ${grid.originX}, ${grid.originY} do not continue those of ${first.path} (${whole.resolutionM} m); one grid wanted`,
    );
  }
  return { xPx: Math.round(x), yPx: Math.round(y), widthPx: grid.widthPx, heightPx: grid.heightPx };
}

/** Rasters whose header was read and is kept: a window meets a few, a département has thousands. */
const OPEN_RASTERS = 256;

function open(plan: Plan): Prediction {
  const cache = new RasterCache();
  const rasters = new Map<string, Promise<RasterFile>>();
  const raster = (path: string) => {
    const file = rasters.get(path) ?? openRaster(path, cache);
    rasters.set(path, file);
    if (rasters.size > OPEN_RASTERS) rasters.delete(rasters.keys().next().value!);
    return file;
  };
  const entries = [...plan.classes];
  const valueTable = new Uint16Array(VALUES).fill(STRANGE);
  entries.forEach(([value], index) => {
    valueTable[value] = index;
  });
  for (const value of plan.nodata) if (value >= 0 && value < VALUES) valueTable[value] = NONE;
  const reader = { plan, raster, valueTable };
  return {
    grid: plan.grid,
    classes: entries.map(([, row]) => row),
    modelId: plan.modelId,
    madeFrom: plan.madeFrom,
    paths: plan.dalles.map(({ classPath }) => classPath),
    hasConfidence: plan.dalles.every(({ confidencePath }) => confidencePath !== undefined),
    hasProbabilities: plan.dalles.every(({ probabilitiesPath }) => probabilitiesPath !== undefined),
    read: (window) => readWindow(reader, window),
    readProbabilities: (window) => readProbabilities(reader, window, entries.length),
    close: () => cache.close(),
  };
}

/** Class rasters have 8 or 16 bits. */
const VALUES = 65_536;
const STRANGE = 999;

interface Reader {
  plan: Plan;
  raster: (path: string) => Promise<RasterFile>;
  valueTable: Uint16Array;
}

async function readWindow({ plan, raster, valueTable }: Reader, window: PixelWindow): Promise<PredictedWindow> {
  const size = window.widthPx * window.heightPx;
  const classes = new Uint8Array(size).fill(NONE);
  const confidence = plan.dalles.every(({ confidencePath }) => confidencePath) ? new Uint8Array(size) : undefined;
  for (const { part, inFile, dalle } of partsOf(plan, window)) {
    const found = await (await raster(dalle.classPath)).read(inFile, 0, new Uint16Array(part.widthPx * part.heightPx));
    const indexes = new Uint8Array(found.length);
    for (let i = 0; i < found.length; i++) {
      const index = valueTable[found[i]!]!;
      if (index === STRANGE) {
        const known = [...plan.classes.keys()].join(', ');
        throw new BadInput(
          `${dalle.classPath}: value ${found[i]} found, one of ${known} wanted (no prediction: ${plan.nodata.join(', ')})`,
        );
      }
      indexes[i] = index;
    }
    place(indexes, part, classes, window, (index) => index !== NONE);
    if (!confidence) continue;
    const file = await raster(dalle.confidencePath!);
    place(await file.read(inFile, 0, new Uint8Array(found.length)), part, confidence, window);
  }
  return { classes, ...(confidence ? { confidence } : {}) };
}

async function readProbabilities({ plan, raster }: Reader, window: PixelWindow, bands: number): Promise<Uint8Array[]> {
  const planes = Array.from({ length: bands }, () => new Uint8Array(window.widthPx * window.heightPx));
  for (const { part, inFile, dalle } of partsOf(plan, window)) {
    const file = await raster(dalle.probabilitiesPath!);
    for (const [band, plane] of planes.entries()) {
      place(await file.read(inFile, band, new Uint8Array(part.widthPx * part.heightPx)), part, plane, window);
    }
  }
  return planes;
}

/** What a window has in common with each dalle, on the grid and in the dalle's file. */
function partsOf({ dalles }: Plan, window: PixelWindow) {
  return dalles.flatMap((dalle) => {
    const xPx = Math.max(window.xPx, dalle.window.xPx);
    const yPx = Math.max(window.yPx, dalle.window.yPx);
    const widthPx = Math.min(window.xPx + window.widthPx, dalle.window.xPx + dalle.window.widthPx) - xPx;
    const heightPx = Math.min(window.yPx + window.heightPx, dalle.window.yPx + dalle.window.heightPx) - yPx;
    if (widthPx <= 0 || heightPx <= 0) return [];
    const part = { xPx, yPx, widthPx, heightPx };
    return [{ dalle, part, inFile: { ...part, xPx: xPx - dalle.window.xPx, yPx: yPx - dalle.window.yPx } }];
  });
}

function place(
  from: Uint8Array,
  part: PixelWindow,
  into: Uint8Array,
  window: PixelWindow,
  known?: (value: number) => boolean,
): void {
  for (let y = 0; y < part.heightPx; y++) {
    const row = from.subarray(y * part.widthPx, (y + 1) * part.widthPx);
    const to = (part.yPx - window.yPx + y) * window.widthPx + part.xPx - window.xPx;
    if (known === undefined || row.every(known)) into.set(row, to);
    else for (let x = 0; x < row.length; x++) if (known(row[x]!)) into[to + x] = row[x]!;
  }
}
