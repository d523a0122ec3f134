/**
 * Where lines of the ossature meet: of one kind, and at one level, their buffers overlapping on the ground; at two levels only where
 * one ends on the other, as a bridge does on the road that goes on. What crosses above or below, and a level crossing, join
 * nothing. Pure.
 */
import type { Position } from 'geojson';
import type { OssatureKind } from '../../references/ossature-widths.ts';
import { LineNeighbours, type NearLine, SAME_M } from './line-neighbours.ts';
import type { OssatureLine } from './ossature-network.ts';

export const endsOf = ({ points }: OssatureLine): [Position, Position] => [points[0]!, points.at(-1)!];

const areSame = ([ax, ay]: Position, [bx, by]: Position) => Math.hypot(ax! - bx!, ay! - by!) <= SAME_M;

export class LineMeetings {
  private readonly lines: OssatureLine[];
  private readonly neighbours: LineNeighbours;

  constructor(lines: OssatureLine[]) {
    this.lines = lines;
    this.neighbours = new LineNeighbours(lines);
  }

  /** Pairs of lines that meet; their buffers overlap by `overlapM` at least or their axes do. A pair may come several times. */
  *pairs(overlapM: number, isWanted: (a: number, b: number) => boolean): Generator<[a: number, b: number]> {
    const ofOneKind = (a: number, b: number) => this.lines[a]!.kind === this.lines[b]!.kind && isWanted(a, b);
    for (const [a, b] of this.neighbours.touching(overlapM, ofOneKind)) {
      if (this.lines[a]!.level === this.lines[b]!.level || this.endsOn(a, b) || this.endsOn(b, a)) yield [a, b];
    }
  }

  private endsOn(own: number, other: number): boolean {
    return endsOf(this.lines[own]!).some((end) =>
      this.neighbours.nearest(end, SAME_M, own).some(({ line }) => line === other),
    );
  }

  /** Lines of a kind within reach of a place, nearest first. */
  ofKind(place: Position, reachM: number, kind: OssatureKind): NearLine[] {
    return this.neighbours.nearest(place, reachM, -1).filter(({ line }) => this.lines[line]!.kind === kind);
  }

  /** Other lines that an end of a line could be joined to: at its level, or by an end of theirs; nearest first. */
  nearEnd(end: Position, own: number, reachM: number): NearLine[] {
    const { kind, level } = this.lines[own]!;
    return this.neighbours.nearest(end, reachM, own).filter(({ line, at }) => {
      const other = this.lines[line]!;
      return (
        other.kind === kind &&
        other.level >= 0 &&
        (other.level === level || endsOf(other).some((far) => areSame(far, at)))
      );
    });
  }

  /** Lines an end of a line lies on: those whose buffer holds it; at another level those that are there themselves. */
  holding(end: Position, own: number): NearLine[] {
    const { kind, level } = this.lines[own]!;
    const widestM = this.neighbours.widestM;
    return this.neighbours.nearest(end, Math.max(widestM / 2, SAME_M), own).filter(({ line, distanceM }) => {
      const other = this.lines[line]!;
      const reachM = other.level === level ? Math.max(other.widthM / 2, SAME_M) : SAME_M;
      return other.kind === kind && distanceM <= reachM;
    });
  }
}
