/**
 * The ossature on the pixels of a block. A pixel belongs to what covers its centre: of several kinds to the one that is highest
 * there, at one level to roads before rail before water; of several lines of a kind to the nearest, so that two lines in a row
 * are cut across. Positions are those of the whole grid, so that the cut into blocks cannot show. Pure.
 */
import type { Position } from 'geojson';
import type { Grid, PixelWindow } from '../../grid.ts';
import { burn } from '../../rasterise.ts';
import { OSSATURE_KINDS, type OssatureKind } from '../../references/ossature-widths.ts';
import { ringsOf } from '../../rings.ts';
import { LineIndex, squareToEdge } from './line-index.ts';
import type { ColouredLine } from './ossature-objects.ts';
import type { OssatureSurface } from './ossature-water.ts';

/** Ground squares have one of four colours: `ossature-objects.ts`. */
export const CELL_COLOURS = 4;

const CELL_PX = 512;

/**
 * A band of pixels less than √2 wide may break: narrower lines are drawn so wide, in pixels. So are the outlines of surfaces,
 * which may have necks: what is one on the ground is one on the raster.
 */
const MIN_WIDTH_PX = 1.5;

interface Edge {
  kind: number;
  radiusPx: number;
  level: number;
  colour: number;
}

export class OssatureIndex {
  readonly grid: Grid;
  readonly edges = new LineIndex(CELL_PX);
  readonly about: Edge[] = [];
  readonly surfaces: (OssatureSurface & { colour: number })[];

  constructor(grid: Grid, lines: ColouredLine[], surfaces: (OssatureSurface & { colour: number })[]) {
    this.grid = grid;
    this.surfaces = surfaces;
    for (const line of lines) this.addLine(line, Math.max(line.widthM / grid.resolutionM, MIN_WIDTH_PX) / 2);
    for (const { geometry, level, colour } of surfaces) {
      for (const points of ringsOf(geometry)) this.addLine({ kind: 'water', level, points, colour }, MIN_WIDTH_PX / 2);
    }
  }

  private addLine({ kind, level, points, colour }: Omit<ColouredLine, 'widthM'>, radiusPx: number): void {
    const { originX, originY, resolutionM, widthPx, heightPx } = this.grid;
    const toPx = ([x, y]: Position): [number, number] => [(x! - originX) / resolutionM, (originY - y!) / resolutionM];
    const about = { kind: OSSATURE_KINDS.indexOf(kind), radiusPx, level, colour };
    for (let i = 1; i < points.length; i++) {
      const [[ax, ay], [bx, by]] = [toPx(points[i - 1]!), toPx(points[i]!)];
      if (Math.max(ax, bx) < -radiusPx || Math.min(ax, bx) > widthPx + radiusPx) continue;
      if (Math.max(ay, by) < -radiusPx || Math.min(ay, by) > heightPx + radiusPx) continue;
      this.edges.add(ax, ay, bx, by, radiusPx);
      this.about.push(about);
    }
  }
}

/** What covers a block, by kind. */
interface Cover {
  /** 1 + colour; 0: nothing. */
  colours: Uint8Array;
  levels: Int8Array;
  /** Square of the distance to the nearest line, px². */
  squares: Float64Array;
}

/** By pixel of the block, 0 or the value `ossatureValue` gives; null where there is nothing. */
export function burnOssature(block: PixelWindow, index: OssatureIndex): Uint8Array | null {
  const covers = new Map<number, Cover>();
  const coverOf = (kind: number): Cover => {
    const pixels = block.widthPx * block.heightPx;
    const cover = covers.get(kind) ?? {
      colours: new Uint8Array(pixels),
      levels: new Int8Array(pixels),
      squares: new Float64Array(pixels),
    };
    covers.set(kind, cover);
    return cover;
  };
  const { xPx, yPx, widthPx, heightPx } = block;
  for (const edge of index.edges.near(xPx, yPx, xPx + widthPx, yPx + heightPx)) {
    const about = index.about[edge]!;
    burnEdge(index.edges.ends.subarray(edge * 4, edge * 4 + 4), about, block, coverOf(about.kind));
  }
  burnSurfaces(block, index, coverOf);
  return covers.size === 0 ? null : highest(covers, widthPx * heightPx);
}

function burnEdge(ends: Float64Array, edge: Edge, block: PixelWindow, cover: Cover): void {
  const [ax, ay, bx, by] = ends as unknown as [number, number, number, number];
  const { radiusPx, level, colour } = edge;
  const { xPx, yPx, widthPx, heightPx } = block;
  const top = Math.max(Math.ceil(Math.min(ay, by) - radiusPx - 0.5), yPx);
  const bottom = Math.min(Math.floor(Math.max(ay, by) + radiusPx - 0.5), yPx + heightPx - 1);
  const reach = radiusPx * radiusPx;
  for (let row = top; row <= bottom; row++) {
    const [from, to] = spanOf(row + 0.5, ax, ay, bx, by, radiusPx);
    const left = Math.max(Math.ceil(from - 0.5), xPx);
    const right = Math.min(Math.floor(to - 0.5), xPx + widthPx - 1);
    const start = (row - yPx) * widthPx - xPx;
    for (let column = left; column <= right; column++) {
      const square = squareToEdge(column + 0.5, row + 0.5, ax, ay, bx, by);
      if (square <= reach) put(cover, start + column, square, colour, level);
    }
  }
}

/** Columns of a row that may be within the radius of an edge: those of its box, and of the band round its line. */
function spanOf(y: number, ax: number, ay: number, bx: number, by: number, radius: number): [number, number] {
  const [left, right] = [Math.min(ax, bx) - radius, Math.max(ax, bx) + radius];
  const [dx, dy] = [bx - ax, by - ay];
  if (Math.abs(dy) * (right - left) < radius) return [left, right];
  const middle = ax + ((y - ay) * dx) / dy;
  const half = (radius * Math.hypot(dx, dy)) / Math.abs(dy) + 1e-6;
  return [Math.max(left, middle - half), Math.min(right, middle + half)];
}

function put({ colours, levels, squares }: Cover, pixel: number, square: number, colour: number, level: number): void {
  const own = colours[pixel]!;
  if (own === 0 || level > levels[pixel]!) levels[pixel] = level;
  if (own !== 0 && (square > squares[pixel]! || (square === squares[pixel] && colour + 1 >= own))) return;
  colours[pixel] = colour + 1;
  squares[pixel] = square;
}

function burnSurfaces(block: PixelWindow, { grid, surfaces }: OssatureIndex, coverOf: (kind: number) => Cover): void {
  const [left, top] = [grid.originX + block.xPx * grid.resolutionM, grid.originY - block.yPx * grid.resolutionM];
  const [right, bottom] = [left + block.widthPx * grid.resolutionM, top - block.heightPx * grid.resolutionM];
  for (const { geometry, bbox, level, colour } of surfaces) {
    if (bbox[0] > right || bbox[2] < left || bbox[1] > top || bbox[3] < bottom) continue;
    const mask = new Uint8Array(block.widthPx * block.heightPx);
    burn(geometry, 0, grid, mask, block);
    const cover = coverOf(OSSATURE_KINDS.indexOf('water'));
    for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel]) put(cover, pixel, 0, colour, level);
  }
}

/** Kinds in their order: of two at one level the first stays. */
function highest(covers: Map<number, Cover>, pixels: number): Uint8Array {
  const values = new Uint8Array(pixels);
  const levels = new Int8Array(pixels);
  for (let kind = 0; kind < OSSATURE_KINDS.length; kind++) {
    const cover = covers.get(kind);
    for (let pixel = 0; cover && pixel < pixels; pixel++) {
      const own = cover.colours[pixel]!;
      if (own === 0 || (values[pixel] !== 0 && cover.levels[pixel]! <= levels[pixel]!)) continue;
      values[pixel] = ossatureValue(OSSATURE_KINDS[kind]!, own - 1);
      levels[pixel] = cover.levels[pixel]!;
    }
  }
  return values;
}

/** The value of a kind in squares of a colour: 1 + its index in `ossatureClasses()`. */
const ossatureValue = (kind: OssatureKind, colour: number) => 1 + OSSATURE_KINDS.indexOf(kind) * CELL_COLOURS + colour;
