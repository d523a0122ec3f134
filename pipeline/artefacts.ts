/**
 * What stages hand to each other: types of the artefacts, and their manifests.
 *
 * A stage writes its outputs beside a `<stage>.manifest.json` that names its inputs, parameters and outputs. The stage is
 * skipped when a manifest with the same `key` is there and its outputs still are; so a killed run goes on where it was.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asDiskFault } from './disk.ts';
import type { Grid, PixelWindow } from './grid.ts';
import type { Report } from './log.ts';
import type { GeometryMeasures, LostBuilding, OssatureReport, PassTally } from './polygons-measures.ts';

/** What every stage gets besides its input. */
export interface StageContext {
  report: Report;
  /** Stages look at it between units of work (dalles, batches) and throw `Stopped`. */
  signal: AbortSignal;
  /** Processor threads the stage may use. */
  threads: number;
}

/** Pixels of every band a model asked for, on the run's grid, in source units (DN, or nDSM coded as the model asks). */
export interface BandWindow {
  window: PixelWindow;
  /** bands × heightPx × widthPx, planar. */
  data: Float32Array;
  /** heightPx × widthPx: 1 where every band is known, 0 in holes of the imagery and outside the grid. */
  valid: Uint8Array;
}

/** The rasters stage as the classes stage sees it. */
export interface WindowSource {
  grid: Grid;
  /** Band names in the order of `BandWindow.data`: the model's own order. */
  bands: string[];
  /**
   * The files a window needs, with what identifies their content: a dalle made from other files than these is not made again.
   */
  inputsOf(window: PixelWindow): Promise<InputFile[]>;
  /** `used`: a window read before that nobody looks at any more; its arrays are taken again where they fit. */
  read(window: PixelWindow, used?: BandWindow): Promise<BandWindow>;
  close(): Promise<void>;
}

/**
 * Ground truth on a grid, as `annotations/` opens it for `evaluate/`: one value per pixel, 1 + index in `codes`; 0 where
 * nobody said what the ground is.
 */
export interface TruthSource {
  grid: Grid;
  /** Class names or CS codes of the annotations, in the order of their values. */
  codes: string[];
  inputs: InputFile[];
  read(window: PixelWindow): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A band as a model asks for it. `scale` and `offset` code it: value = clip(source × scale + offset, clipMin, clipMax). */
export interface BandRequest {
  /** R, G, B, NIR, MNS, MNT, NDSM (= max(MNS − MNT, 0)). Anything else is refused. */
  name: string;
  scale: number;
  offset: number;
  clipMin?: number;
  clipMax?: number;
}

/** One class of a model: its index in the class raster and the couverture it means (null: never to be predicted). */
export interface ModelClass {
  index: number;
  name: string;
  codeCs: string | null;
  colour: string;
}

/** Value of the class raster where the imagery has a hole. */
export const CLASS_NODATA = 255;

/** Classes stage → polygons stage. Paths are absolute; class values are model class indexes, uint8; confidence is uint8, 255 = 1. */
export interface ClassesArtefact {
  grid: Grid;
  modelId: string;
  classes: ModelClass[];
  /**
   * `probabilitiesPath`: one uint8 band per class, 255 = 1; there when they were asked for. `closePx`: pixels whose two best
   * scores differ by less than 1e-3, which another processor may decide otherwise.
   */
  dalles: {
    window: PixelWindow;
    classPath: string;
    confidencePath: string;
    probabilitiesPath?: string;
    closePx?: number;
  }[];
}

/**
 * Polygons stage → usage stage. `polygonsPath`: GeoJSON text sequence (one feature a line, .geojsonl) of `PolygonProperties`
 * in the grid's CRS; feature n (from 0) is region n + 1 of `regionsPath`, a uint32 GeoTIFF on the grid (0 = nodata).
 * `couverturePath`: uint8 GeoTIFF, value n = `codesCs[n - 1]`, 0 = nodata: the class raster as it was traced, within the limit; without
 * one, the frame of the next millésime.
 */
export interface PolygonsArtefact {
  /** Ground inside the grid that no image knows, as polygons with the objects' own vertices (.geojsonl); absent: there is none. */
  nodataPath?: string;
  grid: Grid;
  polygonsPath: string;
  regionsPath: string;
  couverturePath: string;
  codesCs: string[];
  count: number;
  /** Area of all objects together: ground that the imagery knows. */
  knownM2: number;
  /** Whether the minimal units and widths of the product were applied. */
  generalised?: boolean;
  /** Zone construite: Polygon features with an `id` (.geojsonl). */
  zonePath?: string;
  /** The polygon (GeoJSON Polygon or MultiPolygon geometry) that the coverage was cut at; absent: the grid's own rectangle. */
  limitPath?: string;
  /**
   * Where the coverage was cut: the couverture as it was traced, beyond the limit too. Objects that do not change come out of it
   * the same in the next millésime, whose frame it is.
   */
  framePath?: string;
  /** Ground of others that the limit goes round, as polygons with the objects' own vertices (.geojsonl); absent: there is none. */
  enclavesPath?: string;
  /**
   * Of a frame: geometries that were joined to a neighbouring département since (.geojsonl, property `key`: of the geometry in
   * `polygonsPath`, see `objectKey`).
   */
  joinedPath?: string;
  /** Objects that break a rule of the product and why: `ListedObject`, one a line (.jsonl). */
  listed?: string;
  /** Buildings that are too small to be objects and could not be enlarged. */
  lostBuildings?: LostBuilding[];
  /** What each pass of the semantic step did to the ground, in their order. */
  tallies?: PassTally[];
  /** How far the geometric step moved the borders. */
  geometry?: GeometryMeasures;
  /** Length of the ossature kept and dropped, by reason. */
  ossature?: OssatureReport;
}

export interface PolygonProperties {
  /** `OCSGE` and 19 digits. */
  id: string;
  code_cs: string;
  /** 1: a stretch of the ossature, burnt in from references. */
  ossature: 0 | 1;
  /** Pixels of the region; × the pixel's area = area. */
  pixels: number;
  /** Mean confidence, 0 to 1. */
  confiance: number;
}

/** Usage stage → publish stage: GeoJSON text sequence of `ObjetProperties` in the grid's CRS. */
export interface ObjetsArtefact {
  srid: number;
  objetsPath: string;
  count: number;
}

/** An object of OCCUPATION_SOL as it is published; names are the columns'. */
export interface ObjetProperties {
  id: string;
  code_cs: string;
  code_us: string;
  source: string;
  ossature: 0 | 1;
  id_origine: string;
  code_or: string;
  confiance: number | null;
  us_source: string | null;
  us_rule: string | null;
  us_share: number | null;
}

/** An object on its way into the database, from a production or from a delivery. */
export interface ObjetOccupationSol extends ObjetProperties {
  /** Polygon or MultiPolygon, WKB, in the département's CRS. */
  wkb: Buffer;
}

/** A polygon of the zone construite on its way into the database. */
export interface ZoneConstruite {
  id: string;
  /** Polygon, WKB, in the département's CRS. */
  wkb: Buffer;
}

export interface InputFile {
  path: string;
  sha256: string;
}

export interface Manifest<Output> {
  stage: string;
  /** Hash of stage, inputs, parameters and code version: equal keys, equal outputs. */
  key: string;
  codeVersion: string;
  inputs: InputFile[];
  parameters: Record<string, unknown>;
  output: Output;
  files: InputFile[];
}

/** Version of what the stages compute. Raise it when a stage gives other bytes for the same inputs. */
export const CODE_VERSION = '3';

/** What makes two executions of a stage the same. */
export function manifestKey(stage: string, inputs: InputFile[], parameters: Record<string, unknown>): string {
  const hashes = inputs.map((input) => input.sha256);
  return createHash('sha256')
    .update(JSON.stringify([stage, CODE_VERSION, hashes, parameters]))
    .digest('hex');
}

/** The manifest under `path` if it has this key and every file it names is there, byte for byte; else undefined. */
export async function freshManifest<Output>(path: string, key: string): Promise<Manifest<Output> | undefined> {
  if (!existsSync(path)) return undefined;
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest<Output>;
    if (manifest.key !== key) return undefined;
    for (const file of manifest.files) {
      if (!existsSync(file.path) || (await hashFile(file.path)).sha256 !== file.sha256) return undefined;
    }
    return manifest;
  } catch {
    return undefined; // half-written by a killed process of an older version: redo the stage
  }
}

/** Writes a manifest last, once its files are whole: its presence says so. */
export async function writeManifest<Output>(
  path: string,
  manifest: Omit<Manifest<Output>, 'codeVersion' | 'files'> & { files: string[] },
): Promise<Manifest<Output>> {
  const files = await Promise.all(manifest.files.map(hashFile));
  const whole = { ...manifest, codeVersion: CODE_VERSION, files };
  await writeWhole(path, `${JSON.stringify(whole, null, 1)}\n`);
  return whole;
}

/** Writes a file so that a reader sees all of it or nothing: a temporary name in the same folder, then a rename. Throws `DiskFault`. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw asDiskFault(error, path, Buffer.byteLength(content));
  }
}

const hashes = new Map<string, string>();

/** sha256 of a file, read once per process for a given size and modification time. */
export async function hashFile(path: string): Promise<InputFile> {
  const { size, mtimeMs } = await stat(path);
  const cacheKey = `${path} ${size} ${mtimeMs}`;
  let sha256 = hashes.get(cacheKey);
  if (sha256 === undefined) {
    sha256 = await sha256Of(path);
    hashes.set(cacheKey, sha256);
  }
  return { path, sha256 };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(HASHED_AT_ONCE); // one for the whole file, where a stream takes one for each piece
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

const HASHED_AT_ONCE = 1 << 18;

/** Folder of a run's artefacts: `<dataDir>/runs/<departement>/<millesime>/`. */
export const runFolder = (dataDir: string, departement: string, millesime: number) =>
  join(dataDir, 'runs', departement, String(millesime));
