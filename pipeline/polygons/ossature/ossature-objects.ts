/**
 * The network of the ossature cut into objects. Each crossing, with half of every line that meets there, has one of four colours:
 * that of the ground square it lies in, and two squares of one colour never touch. So no object is much larger than a square, and
 * the cuts go straight across a road between two crossings. A run of one colour smaller than the minimal unit takes the colour of
 * the largest beside it. Pure.
 */
import type { Position } from 'geojson';
import { rootOf } from '../../regions.ts';
import { LineNeighbours, SAME_M } from './line-neighbours.ts';
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
  const parts = lines.flatMap((line, source) => cutLine(line, source, rules.cellM / 4));
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

/** A part of a line: cuts are between it and the parts of that line before and after it. */
interface Part extends OssatureLine {
  source: number;
  place: number;
}

/** Lines not so many times as long as wide are not cut. */
const MIN_CUT_WIDTHS = 4;

/** Equal parts, two of them at least, of `partM` at most. */
function cutLine(line: OssatureLine, source: number, partM: number): Part[] {
  const totalM = lengthM(line);
  const parts = totalM < MIN_CUT_WIDTHS * line.widthM ? 1 : Math.max(Math.ceil(totalM / partM), 2);
  const cut: Part[] = [];
  let points: Position[] = [line.points[0]!];
  let soFarM = 0;
  for (const to of line.points.slice(1)) {
    const from = points.at(-1)!;
    const edgeM = Math.hypot(to[0]! - from[0]!, to[1]! - from[1]!);
    for (let nextM = (totalM * (cut.length + 1)) / parts; cut.length + 1 < parts && nextM < soFarM + edgeM; ) {
      const share = (nextM - soFarM) / edgeM;
      const at = [from[0]! + share * (to[0]! - from[0]!), from[1]! + share * (to[1]! - from[1]!)];
      cut.push({ ...line, points: [...points, at], source, place: cut.length });
      points = [at];
      nextM = (totalM * (cut.length + 1)) / parts;
    }
    points.push(to);
    soFarM += edgeM;
  }
  return [...cut, { ...line, points, source, place: cut.length }];
}

/** Parts of one kind that meet, or touch and have one colour. A run has the number of one of its parts. */
class Runs {
  private readonly parents: Int32Array;
  private readonly colours: number[];
  private readonly areasM2: Float64Array;
  private readonly members: number[][];
  private readonly beside: Set<number>[];
  private readonly minObjectM2: number;
  count: number;

  constructor(parts: Part[], { cellM, minObjectM2, overlapM }: ObjectRules) {
    this.minObjectM2 = minObjectM2;
    this.count = parts.length;
    this.parents = Int32Array.from(parts, (_, i) => i);
    this.areasM2 = Float64Array.from(parts, (part) => lengthM(part) * part.widthM);
    this.members = parts.map((_, i) => [i]);
    this.beside = parts.map(() => new Set());
    this.colours = parts.map(({ points }) => colourAt(points[0]!, cellM));
    const isWanted = (a: number, b: number) => parts[a]!.kind === parts[b]!.kind && !this.areOne(a, b);
    const isCut = (a: Part, b: Part) => a.source === b.source && Math.abs(a.place - b.place) === 1;
    for (const [a, b, distanceM] of new LineNeighbours(parts).touching(overlapM, isWanted)) {
      this.beside[a]!.add(b);
      this.beside[b]!.add(a);
      if (distanceM <= SAME_M && !isCut(parts[a]!, parts[b]!)) this.unite(a, b);
    }
    for (const run of this.parents.keys()) if (this.parents[run] === run) this.uniteWithLikes(run);
  }

  private areOne(a: number, b: number): boolean {
    return rootOf(this.parents, a) === rootOf(this.parents, b);
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
