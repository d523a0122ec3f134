/**
 * The ossature of OCS GE: roads from 5 m of width, rail above ground and, where it is asked for, water, out of reference layers.
 * IGN publishes no rule for it (widths, gaps, what is left out): those here are ours, and the report says what they did.
 */
import type { Geometry, Position } from 'geojson';
import { type BboxLocal, type Grid, gridBbox } from '../grid.ts';
import type { Report } from '../log.ts';
import { findReferences, type ReferenceSource } from '../references/find-layers.ts';
import { readLayer } from '../references/read-layer.ts';
import { newNotes, type ReadingNotes } from '../references/reference-feature.ts';
import { CELL_COLOURS, OssatureIndex } from './burn-ossature.ts';
import type { LandClass } from './land-classes.ts';
import { joinedNetwork, lengthM, type Network, type OssatureLine } from './ossature-network.ts';
import { colourAt, colouredLines } from './ossature-objects.ts';
import { largeSurfaces, type OssatureSurface, surfaceM2, waterLevel } from './ossature-water.ts';
import { KIND_CODES, KIND_LAYERS, OSSATURE_KINDS, type OssatureKind, segmentWidth } from './ossature-widths.ts';

export interface OssatureOptions {
  /** Whether rivers and lakes are of the ossature. */
  hydrography?: boolean;
  /** Roads and rail narrower than this are no objects. */
  minWidthM?: number;
  /** Gaps up to this are closed. */
  connectM?: number;
  /** A narrow stretch up to this that alone joins two pieces is kept. */
  linkM?: number;
  /** Shorter pieces that touch nothing are dropped. */
  minPieceM?: number;
  /** The minimal unit: surfaces of water smaller than this, with those that touch them, are dropped, and networks are not cut further. */
  minObjectM2?: number;
  /** Side of the ground squares by which the network is cut into objects. */
  cellM?: number;
}

export const OSSATURE_DEFAULTS: Required<OssatureOptions> = {
  hydrography: false,
  minWidthM: 5,
  connectM: 10,
  linkM: 100,
  minPieceM: 2_000,
  minObjectM2: 2_500,
  cellM: 1_000,
};

/** Lines or surfaces counted. */
export interface Tally {
  count: number;
  /** Of axes; 0 of surfaces. */
  lengthM: number;
  /** Of surfaces. */
  areaM2?: number;
}

/** What was made of the references. */
export interface OssatureReport {
  parameters: Required<OssatureOptions>;
  layers: ({ file: string; layer: string } & ReadingNotes)[];
  /** By kind, lines and surfaces of the ossature, closed gaps and kept stretches among them. */
  kept: Record<string, Tally>;
  /** By reason: `road underground`, `rail floating`… */
  dropped: Record<string, Tally>;
  /** By kind, gaps that were closed. */
  connected: Record<string, Tally>;
  /** By kind, narrow stretches kept since they alone join two pieces. */
  links: Record<string, Tally>;
  /** By kind and where the widths come from: `road width`, `road lanes`, `road table`, `road default`. */
  widths: Record<string, Tally>;
}

export interface Ossature {
  /** What the values of `burnOssature(block, index)` mean: value n is `classes[n - 1]`. */
  classes: LandClass[];
  index: OssatureIndex;
  report: OssatureReport;
}

/** Values 1 to 12 of `burnOssature`: each kind in four colours. */
export const ossatureClasses = (): LandClass[] =>
  OSSATURE_KINDS.flatMap((kind) =>
    Array.from({ length: CELL_COLOURS }, (_, cell) => ({
      codeCs: KIND_CODES[kind],
      ossature: true,
      cell: cell as 0 | 1 | 2 | 3,
    })),
  );

/** Layers among the references that make the ossature; their `files` are inputs of the pass. `BadInput` as `findReferences`. */
export async function ossatureSources(
  references: string | string[],
  options: OssatureOptions,
  dataDir: string,
): Promise<ReferenceSource[]> {
  const kinds = OSSATURE_KINDS.filter((kind) => kind !== 'water' || options.hydrography);
  const roles = kinds.map((kind) => KIND_LAYERS[kind]);
  return (await findReferences(references, dataDir)).filter(({ role }) => roles.includes(role));
}

/** Lines and surfaces so far from the grid still tell whether a piece of it floats. */
const AROUND_M = 1_000;

/** Reads the layers and makes the network. Throws `BadInput` for a layer that cannot be read or is in another CRS. */
export async function readOssature(
  sources: ReferenceSource[],
  grid: Grid,
  asked: OssatureOptions,
  dataDir: string,
  report: Report,
): Promise<Ossature> {
  const options = { ...OSSATURE_DEFAULTS, ...withoutUndefined(asked) };
  const result: OssatureReport = {
    parameters: options,
    layers: [],
    kept: {},
    dropped: {},
    connected: {},
    links: {},
    widths: {},
  };
  const read = new Read(grid, options, result);
  const seen = new Map(sources.map(({ role }) => [role, new Set<string>()]));
  for (const source of sources) {
    const notes = newNotes();
    const reading = { srid: grid.srid, dataDir, notes, seen: seen.get(source.role)! };
    for await (const { geometry, properties } of readLayer(source, reading))
      read.take(source.role, geometry, properties);
    result.layers.push({ file: source.path, layer: source.role, ...notes });
  }
  const network = joinedNetwork(read.lines, read.links, {
    ...options,
    limit: gridBbox(grid),
    overlapM: 2 * grid.resolutionM,
  });
  const lines = tallied(network, result);
  const surfaces = largeSurfaces(read.surfaces, options.minObjectM2, gridBbox(grid));
  tallySurfaces(read.surfaces, surfaces, result);
  report.info('Ossature:Read', {
    kept: result.kept,
    dropped: result.dropped,
    connected: result.connected,
    widths: result.widths,
  });
  const objects = colouredLines(lines, { ...options, overlapM: 2 * grid.resolutionM });
  const colouredSurfaces = surfaces.map((surface) => ({ ...surface, colour: colourOf(surface, options.cellM) }));
  return { classes: ossatureClasses(), index: new OssatureIndex(grid, objects, colouredSurfaces), report: result };
}

/** A surface is an object or less: it lies in the square its middle lies in. */
const colourOf = ({ bbox: [minX, minY, maxX, maxY] }: OssatureSurface, cellM: number) =>
  colourAt([(minX + maxX) / 2, (minY + maxY) / 2], cellM);

const withoutUndefined = (options: OssatureOptions): OssatureOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Collects lines and surfaces near the grid. */
class Read {
  readonly lines: OssatureLine[] = [];
  readonly links: OssatureLine[] = [];
  readonly surfaces: OssatureSurface[] = [];
  private readonly around: BboxLocal;
  private readonly options: Required<OssatureOptions>;
  private readonly report: OssatureReport;

  constructor(grid: Grid, options: Required<OssatureOptions>, report: OssatureReport) {
    const reach = Math.max(AROUND_M, options.minPieceM);
    const [minX, minY, maxX, maxY] = gridBbox(grid);
    this.around = [minX - reach, minY - reach, maxX + reach, maxY + reach];
    this.options = options;
    this.report = report;
  }

  take(role: string, geometry: Geometry, properties: Record<string, unknown>): void {
    const kind = OSSATURE_KINDS.find((candidate) => KIND_LAYERS[candidate] === role)!;
    if (kind === 'water') this.takeSurface(geometry, properties);
    else for (const points of linesIn(geometry)) if (this.isNear(points)) this.takeLine(kind, points, properties);
  }

  private takeLine(kind: OssatureKind, points: Position[], properties: Record<string, unknown>): void {
    const width = segmentWidth(kind, properties, this.options.minWidthM);
    const line: OssatureLine = { kind, points, widthM: this.options.minWidthM, level: 0 };
    if (typeof width === 'string') {
      add(this.report.dropped, `${kind} ${width}`, line);
      if (width === 'narrow' || width === 'fictive') this.links.push(line);
      return;
    }
    const { widthM, level, source } = width;
    add(this.report.widths, `${kind} ${source}`, line);
    this.lines.push({ ...line, widthM, level });
  }

  private takeSurface(geometry: Geometry, properties: Record<string, unknown>): void {
    if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') return;
    const positions = (geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()).flat();
    if (!this.isNear(positions)) return;
    const level = waterLevel(properties);
    const surface = { geometry, bbox: bboxOf(positions), level: Number(level) };
    if (typeof level === 'number') this.surfaces.push(surface);
    else addSurface(this.report.dropped, `water ${level}`, surface);
  }

  private isNear(positions: Position[]): boolean {
    const [minX, minY, maxX, maxY] = bboxOf(positions);
    return minX <= this.around[2] && maxX >= this.around[0] && minY <= this.around[3] && maxY >= this.around[1];
  }
}

/** The lines of the ossature, counted. */
function tallied({ lines, connections, links, floating }: Network, report: OssatureReport): OssatureLine[] {
  for (const line of connections) add(report.connected, line.kind, line);
  for (const line of links) add(report.links, line.kind, line);
  for (const line of floating) add(report.dropped, `${line.kind} floating`, line);
  const all = [...lines, ...connections, ...links];
  for (const line of all) add(report.kept, line.kind, line);
  return all;
}

function tallySurfaces(read: OssatureSurface[], kept: OssatureSurface[], report: OssatureReport): void {
  const isKept = new Set(kept);
  for (const surface of read) {
    if (isKept.has(surface)) addSurface(report.kept, 'water', surface);
    else addSurface(report.dropped, 'water small', surface);
  }
}

function add(tallies: Record<string, Tally>, what: string, line: OssatureLine): void {
  const { count, lengthM: sum } = tallies[what] ?? { count: 0, lengthM: 0 };
  tallies[what] = { count: count + 1, lengthM: sum + lengthM(line) };
}

function addSurface(tallies: Record<string, Tally>, what: string, surface: OssatureSurface): void {
  const { count, areaM2 = 0 } = tallies[what] ?? { count: 0 };
  tallies[what] = { count: count + 1, lengthM: 0, areaM2: areaM2 + surfaceM2(surface) };
}

function linesIn(geometry: Geometry): Position[][] {
  if (geometry.type === 'LineString') return [geometry.coordinates];
  if (geometry.type === 'MultiLineString') return geometry.coordinates;
  return geometry.type === 'GeometryCollection' ? geometry.geometries.flatMap(linesIn) : [];
}

function bboxOf(positions: Position[]): BboxLocal {
  const box: BboxLocal = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of positions) {
    box[0] = Math.min(box[0], x!);
    box[1] = Math.min(box[1], y!);
    box[2] = Math.max(box[2], x!);
    box[3] = Math.max(box[3], y!);
  }
  return box;
}
