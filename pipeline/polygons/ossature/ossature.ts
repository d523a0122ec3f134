/**
 * The ossature of OCS GE: roads from 5 m of width, rail above ground and, where it is asked for, water, out of reference layers.
 * IGN publishes no rule for it (widths, gaps, what is left out): those here are ours, and the report says what they did.
 */
import type { Geometry, Position } from 'geojson';
import { bboxOf, boxesMeet, grownBox } from '../../boxes.ts';
import { type BboxLocal, type Grid, gridBbox } from '../../grid.ts';
import type { Report } from '../../log.ts';
import { MIN_PIECE_M } from '../../ossature-pieces.ts';
import { linesIn } from '../../rasterise.ts';
import { findReferences, type ReferenceSource } from '../../references/find-layers.ts';
import {
  KIND_CODES,
  KIND_LAYERS,
  OSSATURE_KINDS,
  type OssatureKind,
  segmentWidth,
} from '../../references/ossature-widths.ts';
import { readLayer } from '../../references/read-layer.ts';
import { newNotes } from '../../references/reference-feature.ts';
import type { LandClass } from '../land-classes.ts';
import { CELL_COLOURS, OssatureIndex } from './burn-ossature.ts';
import { clippedLine } from './clip-line.ts';
import { hiddenPlaces } from './hidden-places.ts';
import { joinedNetwork, type OssatureLine } from './ossature-network.ts';
import { colourAt, colouredLines } from './ossature-objects.ts';
import { type OssatureReport, OssatureTally } from './ossature-tally.ts';
import { largeSurfaces, type OssatureSurface, waterLevel } from './ossature-water.ts';

export interface OssatureOptions {
  /** Whether rivers and lakes are of the ossature. */
  hydrography?: boolean;
  /** Roads and rail narrower than this are no objects. */
  minWidthM?: number;
  /** Gaps up to this are closed. */
  connectM?: number;
  /** A narrow stretch up to this that alone joins two pieces is kept. */
  linkM?: number;
  /** Shorter pieces are dropped: those that meet no other of their kind and do not reach the limit. */
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
  minPieceM: MIN_PIECE_M,
  minObjectM2: 2_500,
  cellM: 1_000,
};

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
  const tally = new OssatureTally(options, gridBbox(grid));
  const read = new Read(grid, options, tally);
  const seen = new Map(sources.map(({ role }) => [role, new Set<string>()]));
  for (const source of sources) {
    const notes = newNotes();
    const reading = { srid: grid.srid, dataDir, notes, seen: seen.get(source.role)! };
    for await (const { geometry, properties } of readLayer(source, reading))
      read.take(source.role, geometry, properties);
    tally.report.layers.push({ file: source.path, layer: source.role, ...notes });
  }
  const network = joinedNetwork(read.lines, read.links, {
    ...options,
    limit: gridBbox(grid),
    overlapM: 2 * grid.resolutionM,
  });
  const { floating, ...kept } = network;
  for (const line of floating) tally.line('dropped', `${line.kind} floating`, line);
  for (const line of kept.connections) tally.line('connected', line.kind, line);
  for (const line of kept.links) tally.line('links', line.kind, line);
  const lines = Object.values(kept).flat();
  for (const line of lines) tally.line('kept', line.kind, line);
  for (const place of hiddenPlaces(lines, grid.resolutionM)) tally.hiddenPlace(place);
  const surfaces = largeSurfaces(read.surfaces, options.minObjectM2, gridBbox(grid));
  const large = new Set(surfaces);
  for (const surface of read.surfaces) {
    if (large.has(surface)) tally.surface('kept', 'water', surface);
    else tally.surface('dropped', 'water small', surface);
  }
  const { layers: _, parameters: __, tunnelEnds: ___, hidden: ____, ...counts } = tally.report;
  report.info('Ossature:Read', counts);
  const objects = colouredLines(lines, { ...options, overlapM: 2 * grid.resolutionM });
  const colouredSurfaces = surfaces.map((surface) => ({ ...surface, colour: colourOf(surface, options.cellM) }));
  return {
    classes: ossatureClasses(),
    index: new OssatureIndex(grid, objects, colouredSurfaces),
    report: tally.report,
  };
}

/** A surface is an object or less: it lies in the square its middle lies in. */
const colourOf = ({ bbox: [minX, minY, maxX, maxY] }: OssatureSurface, cellM: number) =>
  colourAt([(minX + maxX) / 2, (minY + maxY) / 2], cellM);

const withoutUndefined = (options: OssatureOptions): OssatureOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Collects lines, clipped, and surfaces near the grid. */
class Read {
  readonly lines: OssatureLine[] = [];
  readonly links: OssatureLine[] = [];
  readonly surfaces: OssatureSurface[] = [];
  private readonly around: BboxLocal;
  private readonly options: Required<OssatureOptions>;
  private readonly tally: OssatureTally;
  private segment = 0;

  constructor(grid: Grid, options: Required<OssatureOptions>, tally: OssatureTally) {
    const reach = Math.max(AROUND_M, options.minPieceM);
    this.around = grownBox(gridBbox(grid), reach);
    this.options = options;
    this.tally = tally;
  }

  take(role: string, geometry: Geometry, properties: Record<string, unknown>): void {
    const kind = OSSATURE_KINDS.find((candidate) => KIND_LAYERS[candidate] === role)!;
    this.segment++;
    if (kind === 'water') this.takeSurface(geometry, properties);
    else {
      for (const line of linesIn(geometry)) {
        for (const points of clippedLine(line, this.around)) this.takeLine(kind, points, properties);
      }
    }
  }

  private takeLine(kind: OssatureKind, points: Position[], properties: Record<string, unknown>): void {
    const width = segmentWidth(kind, properties, this.options.minWidthM);
    const { segment } = this;
    const line: OssatureLine = { kind, points, widthM: this.options.minWidthM, level: 0, segment };
    if (typeof width === 'string') {
      this.tally.line('dropped', `${kind} ${width}`, line);
      if (width === 'underground') this.takeTunnel(line, properties);
      if (width === 'narrow' || width === 'fictive') this.links.push(line);
      return;
    }
    const { widthM, level, source } = width;
    this.tally.line('widths', `${kind} ${source}`, line);
    this.lines.push({ ...line, widthM, level });
  }

  /** What goes on below the ground holds the parts above together. */
  private takeTunnel(line: OssatureLine, properties: Record<string, unknown>): void {
    const above = { ...properties, position_par_rapport_au_sol: 0 };
    const width = segmentWidth(line.kind, above, this.options.minWidthM);
    if (typeof width === 'string') return;
    this.lines.push({ ...line, widthM: width.widthM, level: -1 });
    for (const end of [line.points[0]!, line.points.at(-1)!]) this.tally.tunnelEnd(end);
  }

  private takeSurface(geometry: Geometry, properties: Record<string, unknown>): void {
    if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') return;
    const bbox = bboxOf(geometry.coordinates);
    if (!boxesMeet(bbox, this.around)) return;
    const level = waterLevel(properties);
    const surface = { geometry, bbox, level: Number(level) };
    if (typeof level === 'number') this.surfaces.push(surface);
    else this.tally.surface('dropped', `water ${level}`, surface);
  }
}
