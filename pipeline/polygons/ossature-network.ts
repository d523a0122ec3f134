/**
 * The lines of the ossature joined to networks: gaps closed, pieces that float dropped. Pure.
 *
 * Two lines are of one piece where their buffers overlap on the ground, so that a piece here is a piece on the raster. Of two
 * pieces, the end of a line that nothing touches is joined to the nearest line of its kind within `connectM`; and a stretch that
 * was left out for its width is taken back where it alone joins two pieces and is `linkM` long at most. What is then shorter than
 * `minPieceM` and does not reach the limit of the run's ground is dropped: nobody wants pieces of road that float.
 */
import type { Position } from 'geojson';
import type { BboxLocal } from '../grid.ts';
import { rootOf } from '../regions.ts';
import { edgeDistance, LineIndex, nearestOnEdge } from './line-index.ts';
import type { OssatureKind } from './ossature-widths.ts';

/** A line with its width, in metres of the run's CRS. */
export interface OssatureLine {
  kind: OssatureKind;
  widthM: number;
  level: number;
  points: Position[];
}

export interface NetworkRules {
  connectM: number;
  linkM: number;
  minPieceM: number;
  /** Ground known of a run: a piece that reaches its limit goes on beyond it. */
  limit: BboxLocal;
  /** Buffers that overlap by less than this may not touch on the raster. */
  overlapM: number;
}

export interface Network {
  lines: OssatureLine[];
  /** Short edges across gaps. */
  connections: OssatureLine[];
  /** Of `links`, those taken back. */
  links: OssatureLine[];
  /** Pieces that float. */
  floating: OssatureLine[];
}

const CELL_M = 50;
/** Ends of one node may differ by the last digit written. */
const SAME_M = 0.001;

/** A way to join two pieces. */
interface Join {
  lengthM: number;
  line: OssatureLine;
  isLink: boolean;
  between: [number, number];
}

/** `links`: lines left out, that may be taken back with the width they have here. */
export function joinedNetwork(lines: OssatureLine[], links: OssatureLine[], rules: NetworkRules): Network {
  const pieces = new Pieces(lines, rules.overlapM);
  const joins = [...pieces.gaps(rules.connectM), ...pieces.linksAmong(links, rules.linkM)].sort(byLengthThenPlace);
  const [connections, taken]: [OssatureLine[], OssatureLine[]] = [[], []];
  const joinedTo = new Map<OssatureLine, number>();
  for (const { line, isLink, between } of joins) {
    if (!pieces.unite(...between)) continue;
    (isLink ? taken : connections).push(line);
    joinedTo.set(line, between[0]);
  }
  const added = [...connections, ...taken];
  const isKept = pieces.largeOnes(
    added.map((line) => [line, joinedTo.get(line)!]),
    rules,
  );
  const keep = (line: OssatureLine) => isKept(joinedTo.get(line)!);
  return {
    lines: lines.filter((_, i) => isKept(i)),
    connections: connections.filter(keep),
    links: taken.filter(keep),
    floating: lines.filter((_, i) => !isKept(i)),
  };
}

function byLengthThenPlace(a: Join, b: Join): number {
  const [p, q] = [a.line.points[0]!, b.line.points[0]!];
  return a.lengthM - b.lengthM || p[0]! - q[0]! || p[1]! - q[1]!;
}

export function lengthM({ points }: Pick<OssatureLine, 'points'>): number {
  let sum = 0;
  for (let i = 1; i < points.length; i++) {
    sum += Math.hypot(points[i]![0]! - points[i - 1]![0]!, points[i]![1]! - points[i - 1]![1]!);
  }
  return sum;
}

/** Which lines are of one piece. */
class Pieces {
  private readonly lines: OssatureLine[];
  private readonly parents: Int32Array;
  private readonly index = new LineIndex(CELL_M);
  /** By edge, its line. */
  private readonly lineOf: number[] = [];
  private readonly widestM: number;

  constructor(lines: OssatureLine[], overlapM: number) {
    this.lines = lines;
    this.parents = Int32Array.from(lines, (_, i) => i);
    this.widestM = lines.reduce((widest, { widthM }) => Math.max(widest, widthM), 0);
    for (const [line, { points }] of lines.entries()) {
      for (let i = 1; i < points.length; i++) {
        const [[ax, ay], [bx, by]] = [points[i - 1]!, points[i]!];
        this.index.add(ax!, ay!, bx!, by!);
        this.lineOf.push(line);
      }
    }
    this.uniteTouching(overlapM);
  }

  /** Returns whether they were of two pieces. */
  unite(a: number, b: number): boolean {
    const [rootA, rootB] = [rootOf(this.parents, a), rootOf(this.parents, b)];
    this.parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    return rootA !== rootB;
  }

  private uniteTouching(overlapM: number): void {
    for (let edge = 0; edge < this.index.count; edge++) {
      const own = this.lineOf[edge]!;
      const ends = this.index.endsOf(edge);
      for (const other of this.near(ends, this.widestM)) {
        const line = this.lineOf[other]!;
        if (other <= edge || rootOf(this.parents, line) === rootOf(this.parents, own)) continue;
        const overlap = (this.lines[own]!.widthM + this.lines[line]!.widthM) / 2 - overlapM;
        if (edgeDistance(ends, this.index.endsOf(other)) <= Math.max(overlap, SAME_M)) this.unite(own, line);
      }
    }
  }

  private near([ax, ay, bx, by]: [number, number, number, number], reachM: number): Generator<number> {
    return this.index.near(
      Math.min(ax, bx) - reachM,
      Math.min(ay, by) - reachM,
      Math.max(ax, bx) + reachM,
      Math.max(ay, by) + reachM,
    );
  }

  /** From each end that no other line touches to each other piece of its kind that is near, the shortest edge. */
  gaps(connectM: number): Join[] {
    const joins: Join[] = [];
    for (const [own, line] of this.lines.entries()) {
      for (const end of [line.points[0]!, line.points.at(-1)!]) {
        const near = this.nearest(end, connectM, own);
        if (near.some(({ line: other, distanceM }) => distanceM <= Math.max(this.lines[other]!.widthM / 2, SAME_M)))
          continue;
        for (const { line: other, distanceM, at } of near) {
          if (this.lines[other]!.kind !== line.kind || rootOf(this.parents, other) === rootOf(this.parents, own))
            continue;
          const { kind, widthM, level } = line;
          joins.push({
            lengthM: distanceM,
            line: { kind, widthM, level, points: [end, at] },
            isLink: false,
            between: [own, other],
          });
        }
      }
    }
    return joins;
  }

  linksAmong(links: OssatureLine[], linkM: number): Join[] {
    const joins: Join[] = [];
    for (const line of links) {
      const length = lengthM(line);
      if (length > linkM) continue;
      const [from, to] = [line.points[0]!, line.points.at(-1)!].map((end) => this.nearest(end, SAME_M, -1)[0]?.line);
      if (from === undefined || to === undefined) continue;
      joins.push({ lengthM: length, line, isLink: true, between: [from, to] });
    }
    return joins;
  }

  /** Of each line within reach but `own`, its point nearest to a position; nearest lines first. */
  private nearest([x, y]: Position, reachM: number, own: number): { line: number; distanceM: number; at: Position }[] {
    const found = new Map<number, { line: number; distanceM: number; at: Position }>();
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

  /** Whether the piece of a line is long enough, or goes on beyond the limit. `added`: lines joined to the piece of another. */
  largeOnes(added: [OssatureLine, number][], { minPieceM, limit }: NetworkRules): (line: number) => boolean {
    const lengths = new Float64Array(this.lines.length);
    const all: [OssatureLine, number][] = [...this.lines.map((line, i): [OssatureLine, number] => [line, i]), ...added];
    for (const [line, i] of all) {
      const root = rootOf(this.parents, i);
      lengths[root]! += reaches(line, limit) ? Number.POSITIVE_INFINITY : lengthM(line);
    }
    return (line) => lengths[rootOf(this.parents, line)]! >= minPieceM;
  }
}

const reaches = ({ points, widthM }: OssatureLine, [minX, minY, maxX, maxY]: BboxLocal) =>
  points.some(([x, y]) => {
    const inside = Math.min(x! - minX, y! - minY, maxX - x!, maxY - y!);
    return inside < widthM / 2;
  });
