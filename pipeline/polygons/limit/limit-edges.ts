/** The edges of a limit, to the millimetre, found by place. */
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { bboxOf } from '../../boxes.ts';
import { polygonsOf } from '../../rings.ts';
import { sideOf } from './exact-side.ts';

/** [minX, minY, maxX, maxY] in whole millimetres. */
export type BoxMm = [number, number, number, number];

export const toMm = (metres: number) => Math.round(metres * 1000);
/** The metres that were rounded to these millimetres: the same bits. */
export const toMetres = (mm: number) => mm / 1000;

const CELLS_MAX = 512;

/** Without its closing point, the ground on its left, points apart by a millimetre at least. */
export interface LimitRing {
  points: [number, number][];
  hole: boolean;
}

/**
 * Edge `i` runs from vertex `i` to vertex `next[i]`, the ground on its left: outlines counter-clockwise, holes clockwise.
 * Coordinates are whole millimetres.
 */
export class LimitEdges {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** By edge: its ring. */
  readonly ringOf: Int32Array;
  /** First vertex of each ring, and how many vertices there are. */
  readonly ringStarts: number[];
  readonly isHole: boolean[];
  readonly ringBoxes: BoxMm[];
  readonly box: BoxMm;
  private readonly cellMm: number;
  private readonly columns: number;
  private readonly rows: number;
  private readonly cells = new Map<number, number[]>();
  private readonly insideCells = new Map<number, boolean>();
  private readonly edgesOfRow: number[][];
  private readonly seen: Int32Array;
  private searches = 0;

  constructor(rings: LimitRing[]) {
    const count = rings.reduce((sum, { points }) => sum + points.length, 0);
    [this.x, this.y] = [new Float64Array(count), new Float64Array(count)];
    [this.next, this.previous, this.ringOf] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
    this.ringStarts = [0];
    this.isHole = rings.map(({ hole }) => hole);
    this.ringBoxes = rings.map(({ points }) => bboxOf(points));
    for (const [ring, { points }] of rings.entries()) this.addRing(points, ring);
    this.box = bboxOf(rings.flatMap(({ points }) => points));
    const [minX, minY, maxX, maxY] = this.box;
    const cells = Math.min(Math.max(Math.ceil(Math.sqrt(count)), 1), CELLS_MAX);
    this.cellMm = Math.max(Math.ceil(Math.max(maxX - minX, maxY - minY) / cells), 1);
    this.columns = Math.floor((maxX - minX) / this.cellMm) + 1;
    this.rows = Math.floor((maxY - minY) / this.cellMm) + 1;
    this.edgesOfRow = Array.from({ length: this.rows }, () => []);
    this.seen = new Int32Array(count);
    for (let edge = 0; edge < count; edge++) this.index(edge);
  }

  private addRing(points: [number, number][], ring: number): void {
    const start = this.ringStarts[ring]!;
    const n = points.length;
    points.forEach(([x, y], i) => {
      const at = start + i;
      [this.x[at], this.y[at], this.ringOf[at]] = [x, y, ring];
      this.next[at] = start + ((i + 1) % n);
      this.previous[at] = start + ((i + n - 1) % n);
    });
    this.ringStarts.push(start + n);
  }

  /** Enters an edge in the rows and the cells it passes. */
  private index(edge: number): void {
    const minY = this.box[1];
    const to = this.next[edge]!;
    const up = this.y[edge]! <= this.y[to]!;
    const [low, high] = up ? [edge, to] : [to, edge];
    const [lowX, lowY, highX, highY] = [this.x[low]!, this.y[low]!, this.x[high]!, this.y[high]!];
    const lastRow = this.rowOf(highY);
    for (let row = this.rowOf(lowY); row <= lastRow; row++) {
      this.edgesOfRow[row]!.push(edge);
      const at = (y: number) => lowX + ((y - lowY) / (highY - lowY || 1)) * (highX - lowX);
      const xs =
        lowY === highY
          ? [lowX, highX]
          : [at(Math.max(lowY, minY + row * this.cellMm)), at(Math.min(highY, minY + (row + 1) * this.cellMm))];
      const last = this.columnOf(Math.max(...xs) + 1); // a millimetre more on each side: what rounding could hide
      for (let column = this.columnOf(Math.min(...xs) - 1); column <= last; column++) {
        const cell = row * this.columns + column;
        const there = this.cells.get(cell);
        if (there) there.push(edge);
        else this.cells.set(cell, [edge]);
      }
    }
  }

  private rowOf(y: number): number {
    return Math.min(Math.max(Math.floor((y - this.box[1]) / this.cellMm), 0), this.rows - 1);
  }

  private columnOf(x: number): number {
    return Math.min(Math.max(Math.floor((x - this.box[0]) / this.cellMm), 0), this.columns - 1);
  }

  /** Whether the box of some edge meets a box. */
  meets(box: BoxMm): boolean {
    return this.meeting(box).length > 0;
  }

  /** Edges whose box meets a box, each once. */
  meeting([minX, minY, maxX, maxY]: BoxMm): number[] {
    const [left, bottom, right, top] = this.box;
    if (minX > right || maxX < left || minY > top || maxY < bottom) return [];
    const search = ++this.searches;
    const found: number[] = [];
    const [firstColumn, lastColumn, lastRow] = [this.columnOf(minX - 1), this.columnOf(maxX + 1), this.rowOf(maxY + 1)];
    for (let row = this.rowOf(minY - 1); row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        for (const edge of this.cells.get(row * this.columns + column) ?? []) {
          if (this.seen[edge] === search) continue;
          this.seen[edge] = search;
          const to = this.next[edge]!;
          const apart =
            Math.max(this.x[edge]!, this.x[to]!) < minX ||
            Math.min(this.x[edge]!, this.x[to]!) > maxX ||
            Math.max(this.y[edge]!, this.y[to]!) < minY ||
            Math.min(this.y[edge]!, this.y[to]!) > maxY;
          if (!apart) found.push(edge);
        }
      }
    }
    return found;
  }

  /** Whether a point that is on no edge is inside. */
  holds(x: number, y: number): boolean {
    const [minX, minY, maxX, maxY] = this.box;
    if (x < minX || x > maxX || y < minY || y > maxY) return false;
    const cell = this.rowOf(y) * this.columns + this.columnOf(x);
    if (this.cells.has(cell)) return this.hasOddEdgesEast(x, y);
    const inside = this.insideCells.get(cell) ?? this.hasOddEdgesEast(x, y); // no edge passes: one answer for the cell
    this.insideCells.set(cell, inside);
    return inside;
  }

  private hasOddEdgesEast(x: number, y: number): boolean {
    let inside = false;
    for (const edge of this.edgesOfRow[this.rowOf(y)]!) {
      const to = this.next[edge]!;
      if (passesEast(this.x[edge]!, this.y[edge]!, this.x[to]!, this.y[to]!, x, y)) inside = !inside;
    }
    return inside;
  }
}

/** Whether the half-line from (x, y) to the east passes the segment; of its ends the lower one belongs to it. Exact. */
export function passesEast(ax: number, ay: number, bx: number, by: number, x: number, y: number): boolean {
  if (ay <= y === by <= y) return false;
  return ay <= y ? sideOf(ax, ay, bx, by, x, y) > 0 : sideOf(bx, by, ax, ay, x, y) > 0;
}

/** Outlines turned counter-clockwise, holes clockwise. */
export function ringsOf(limit: Polygon | MultiPolygon): LimitRing[] {
  return polygonsOf(limit).flatMap((rings) =>
    rings.flatMap((ring, i) => {
      const points = pointsOf(ring);
      const hole = i > 0;
      const twice = points.length < 3 ? 0 : twiceAreaOf(points);
      if (twice === 0) return [];
      return [{ points: twice > 0 === hole ? points.reverse() : points, hole }];
    }),
  );
}

/** The points of a closed ring in whole millimetres, each once, the closing one left out. */
export function pointsOf(ring: Position[]): [number, number][] {
  const points = ring.map(([x, y]): [number, number] => [toMm(x!), toMm(y!)]);
  return points.slice(1).filter(([x, y], i) => x !== points[i]![0] || y !== points[i]![1]);
}

/** Twice the area, positive counter-clockwise; from the first point, so that large coordinates cost no digits. */
function twiceAreaOf(points: [number, number][]): number {
  const [x0, y0] = points[0]!;
  return points.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length]!;
    return sum + (x - x0) * (nextY - y0) - (nextX - x0) * (y - y0);
  }, 0);
}
