/** Which lines with a width touch each other, and which are near a place. Pure. */
import type { Position } from 'geojson';
import { alongEdge, edgeDistance, LineIndex, squareToEdge } from './line-index.ts';

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
  readonly widestM: number;

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
    const { ends, count } = this.index;
    for (let edge = 0; edge < count; edge++) {
      const own = this.lineOf[edge]!;
      for (const other of this.nearEdge(edge)) {
        const line = this.lineOf[other]!;
        if (other <= edge || line === own || !isWanted(own, line)) continue;
        const overlap = (this.lines[own]!.widthM + this.lines[line]!.widthM) / 2 - overlapM;
        const distanceM = edgeDistance(ends, edge, other);
        if (distanceM <= Math.max(overlap, SAME_M)) yield [own, line, distanceM];
      }
    }
  }

  private nearEdge(edge: number): number[] {
    const { ends } = this.index;
    const [ax, ay, bx, by] = [ends[edge * 4]!, ends[edge * 4 + 1]!, ends[edge * 4 + 2]!, ends[edge * 4 + 3]!];
    const reach = this.widestM;
    return this.index.near(
      Math.min(ax, bx) - reach,
      Math.min(ay, by) - reach,
      Math.max(ax, bx) + reach,
      Math.max(ay, by) + reach,
    );
  }

  /** Lines within reach of a place but `own`, nearest first. */
  nearest([x, y]: Position, reachM: number, own: number): NearLine[] {
    const found = new Map<number, NearLine>();
    const { ends } = this.index;
    for (const edge of this.index.near(x! - reachM, y! - reachM, x! + reachM, y! + reachM)) {
      const line = this.lineOf[edge]!;
      if (line === own) continue;
      const [ax, ay, bx, by] = [ends[edge * 4]!, ends[edge * 4 + 1]!, ends[edge * 4 + 2]!, ends[edge * 4 + 3]!];
      const distanceM = Math.sqrt(squareToEdge(x!, y!, ax, ay, bx, by));
      if (distanceM > reachM || distanceM >= (found.get(line)?.distanceM ?? Number.POSITIVE_INFINITY)) continue;
      const along = alongEdge(x!, y!, ax, ay, bx, by);
      found.set(line, { line, distanceM, at: [ax + along * (bx - ax), ay + along * (by - ay)] });
    }
    return [...found.values()].sort((a, b) => a.distanceM - b.distanceM || a.line - b.line);
  }
}
