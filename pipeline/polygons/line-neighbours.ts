/** Which lines with a width touch each other, and which are near a place. Pure. */
import type { Position } from 'geojson';
import { edgeDistance, LineIndex, nearestOnEdge } from './line-index.ts';

export interface WideLine {
  widthM: number;
  points: Position[];
}

const CELL_M = 50;
/** Ends of one node may differ by the last digit written. */
export const SAME_M = 0.001;

/** A line and its point nearest to a place. */
export interface NearLine {
  line: number;
  distanceM: number;
  at: Position;
}

export class LineNeighbours {
  private readonly lines: WideLine[];
  private readonly index = new LineIndex(CELL_M);
  /** By edge, its line. */
  private readonly lineOf: number[] = [];
  private readonly widestM: number;

  constructor(lines: WideLine[]) {
    this.lines = lines;
    this.widestM = lines.reduce((widest, { widthM }) => Math.max(widest, widthM), 0);
    for (const [line, { points }] of lines.entries()) {
      for (let i = 1; i < points.length; i++) {
        const [[ax, ay], [bx, by]] = [points[i - 1]!, points[i]!];
        this.index.add(ax!, ay!, bx!, by!);
        this.lineOf.push(line);
      }
    }
  }

  /**
   * Pairs of lines whose buffers overlap by `overlapM` at least, or whose axes meet: 0 or SAME_M apart. A pair may come several
   * times. `isWanted`: asked before two edges are measured.
   */
  *touching(
    overlapM: number,
    isWanted: (a: number, b: number) => boolean,
  ): Generator<[a: number, b: number, distanceM: number]> {
    for (let edge = 0; edge < this.index.count; edge++) {
      const own = this.lineOf[edge]!;
      const ends = this.index.endsOf(edge);
      for (const other of this.near(ends, this.widestM)) {
        const line = this.lineOf[other]!;
        if (other <= edge || line === own || !isWanted(own, line)) continue;
        const overlap = (this.lines[own]!.widthM + this.lines[line]!.widthM) / 2 - overlapM;
        const distanceM = edgeDistance(ends, this.index.endsOf(other));
        if (distanceM <= Math.max(overlap, SAME_M)) yield [own, line, distanceM];
      }
    }
  }

  /** Lines within reach of a place but `own`, nearest first. */
  nearest([x, y]: Position, reachM: number, own: number): NearLine[] {
    const found = new Map<number, NearLine>();
    for (const edge of this.near([x!, y!, x!, y!], reachM)) {
      const line = this.lineOf[edge]!;
      if (line === own) continue;
      const at = nearestOnEdge(x!, y!, ...this.index.endsOf(edge));
      const distanceM = Math.sqrt(at.square);
      if (distanceM > reachM || distanceM >= (found.get(line)?.distanceM ?? Number.POSITIVE_INFINITY)) continue;
      found.set(line, { line, distanceM, at: [at.x, at.y] });
    }
    return [...found.values()].sort((a, b) => a.distanceM - b.distanceM || a.line - b.line);
  }

  private near([ax, ay, bx, by]: [number, number, number, number], reachM: number): Generator<number> {
    return this.index.near(
      Math.min(ax, bx) - reachM,
      Math.min(ay, by) - reachM,
      Math.max(ax, bx) + reachM,
      Math.max(ay, by) + reachM,
    );
  }
}
