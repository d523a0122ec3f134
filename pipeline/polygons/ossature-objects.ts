/**
 * The network of the ossature cut into objects: each line has one of four colours, that of the ground square it lies in, and two
 * squares of one colour never touch. So no object is much larger than a square, and the cuts lie between lines, across the road.
 * A run of lines of one colour smaller than the minimal unit takes the colour of the largest run beside it. Pure.
 */
import type { Position } from 'geojson';
import { rootOf } from '../regions.ts';
import { LineNeighbours } from './line-neighbours.ts';
import { lengthM, type OssatureLine } from './ossature-network.ts';

/** A line, or a part of one, with its colour: 0 to 3. */
export interface ColouredLine extends OssatureLine {
  colour: number;
}

export interface ObjectRules {
  /** Side of the ground squares. */
  cellM: number;
  minObjectM2: number;
  /** Buffers that overlap by less than this may not touch on the raster. */
  overlapM: number;
}

export function colouredLines(lines: OssatureLine[], rules: ObjectRules): ColouredLine[] {
  const parts = lines.flatMap((line) => cutLine(line, rules.cellM / 4));
  const runs = new Runs(parts, rules);
  for (let smallest = runs.small(); smallest.length > 0; ) {
    const before = runs.count;
    for (const run of smallest) runs.join(run);
    smallest = runs.count === before ? [] : runs.small();
  }
  return parts.map((part, i) => ({ ...part, colour: runs.colourOf(i) }));
}

/** Of four colours, that of the ground square a place lies in. */
export function colourAt([x, y]: Position, cellM: number): number {
  const odd = (metres: number) => Math.abs(Math.floor(metres / cellM) % 2);
  return odd(x!) + 2 * odd(y!);
}

/** Parts of `partM` and, but for the last, hardly more; cut at vertices where there are some. */
function cutLine(line: OssatureLine, partM: number): OssatureLine[] {
  const parts: OssatureLine[] = [];
  let points: Position[] = [line.points[0]!];
  let soFarM = 0;
  for (const point of line.points.slice(1).flatMap((to, i) => cutEdge(line.points[i]!, to, partM))) {
    const last = points.at(-1)!;
    points.push(point);
    soFarM += Math.hypot(point[0]! - last[0]!, point[1]! - last[1]!);
    if (soFarM < partM) continue;
    parts.push({ ...line, points });
    points = [point];
    soFarM = 0;
  }
  return points.length > 1 ? [...parts, { ...line, points }] : parts;
}

function cutEdge(from: Position, to: Position, partM: number): Position[] {
  const [dx, dy] = [to[0]! - from[0]!, to[1]! - from[1]!];
  const parts = Math.max(Math.ceil(Math.hypot(dx, dy) / partM), 1);
  return Array.from({ length: parts }, (_, i) =>
    i + 1 === parts ? to : [from[0]! + (dx * (i + 1)) / parts, from[1]! + (dy * (i + 1)) / parts],
  );
}

/** Lines of one kind and colour that touch. A run has the number of one of its lines. */
class Runs {
  private readonly parents: Int32Array;
  private readonly colours: number[];
  private readonly areasM2: Float64Array;
  private readonly members: number[][];
  private readonly beside: Set<number>[];
  private readonly minObjectM2: number;
  count: number;

  constructor(lines: OssatureLine[], { cellM, minObjectM2, overlapM }: ObjectRules) {
    this.minObjectM2 = minObjectM2;
    this.count = lines.length;
    this.parents = Int32Array.from(lines, (_, i) => i);
    this.areasM2 = Float64Array.from(lines, (line) => lengthM(line) * line.widthM);
    this.members = lines.map((_, i) => [i]);
    this.beside = lines.map(() => new Set());
    this.colours = lines.map(({ points }) => colourAt(points[points.length >> 1]!, cellM));
    const isNew = (a: number, b: number) => lines[a]!.kind === lines[b]!.kind && !this.beside[a]!.has(b);
    for (const [a, b] of new LineNeighbours(lines).touching(overlapM, isNew)) {
      this.beside[a]!.add(b);
      this.beside[b]!.add(a);
    }
    for (let line = 0; line < lines.length; line++) this.uniteWithLikes(line);
  }

  colourOf(line: number): number {
    return this.colours[rootOf(this.parents, line)]!;
  }

  /** Runs under the minimal unit, smallest first. */
  small(): number[] {
    return [...this.parents.keys()]
      .filter((line) => this.parents[line] === line && this.areasM2[line]! < this.minObjectM2)
      .sort((a, b) => this.areasM2[a]! - this.areasM2[b]! || a - b);
  }

  /** Gives a run the colour of the largest beside it, unless it has become part of another or is large by now. */
  join(run: number): void {
    if (this.parents[run] !== run || this.areasM2[run]! >= this.minObjectM2) return;
    const [largest] = this.runsBeside(run).sort((a, b) => this.areasM2[b]! - this.areasM2[a]! || a - b);
    if (largest === undefined) return;
    this.colours[run] = this.colours[largest]!;
    this.uniteWithLikes(run);
  }

  private runsBeside(run: number): number[] {
    const near = this.members[run]!.flatMap((line) => [...this.beside[line]!]).map((line) =>
      rootOf(this.parents, line),
    );
    return [...new Set(near)].filter((other) => other !== run);
  }

  private uniteWithLikes(line: number): void {
    const run = rootOf(this.parents, line);
    for (const other of this.runsBeside(run)) if (this.colours[other] === this.colours[run]) this.unite(run, other);
  }

  private unite(a: number, b: number): void {
    const [rootA, rootB] = [rootOf(this.parents, a), rootOf(this.parents, b)];
    if (rootA === rootB) return;
    const [into, from] = this.members[rootA]!.length >= this.members[rootB]!.length ? [rootA, rootB] : [rootB, rootA];
    this.parents[from] = into;
    this.areasM2[into]! += this.areasM2[from]!;
    for (const line of this.members[from]!) this.members[into]!.push(line);
    this.members[from] = [];
    this.count--;
  }
}
