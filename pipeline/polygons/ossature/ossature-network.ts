/**
 * The lines of the ossature joined to networks: gaps closed, pieces that float dropped. Pure.
 *
 * Two lines are of one piece where their buffers overlap on the ground, so that a piece here is a piece on the raster. Of two
 * pieces, the end of a line that nothing touches is joined to the nearest line of its kind within `connectM`; and a stretch that
 * was left out for its width is taken back where it alone joins two pieces and is `linkM` long at most. What is then shorter than
 * `minPieceM` and does not reach the limit of the run's ground is dropped: nobody wants pieces of road that float.
 */
import type { Position } from 'geojson';
import type { BboxLocal } from '../../grid.ts';
import type { OssatureKind } from '../../references/ossature-widths.ts';
import { rootOf } from '../../regions.ts';
import { LineNeighbours, SAME_M } from './line-neighbours.ts';

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
  private readonly neighbours: LineNeighbours;

  constructor(lines: OssatureLine[], overlapM: number) {
    this.lines = lines;
    this.parents = Int32Array.from(lines, (_, i) => i);
    this.neighbours = new LineNeighbours(lines);
    for (const [a, b] of this.neighbours.touching(overlapM, (own, other) => !this.areOne(own, other))) this.unite(a, b);
  }

  /** Returns whether they were of two pieces. */
  unite(a: number, b: number): boolean {
    const [rootA, rootB] = [rootOf(this.parents, a), rootOf(this.parents, b)];
    this.parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    return rootA !== rootB;
  }

  private areOne(a: number, b: number): boolean {
    return rootOf(this.parents, a) === rootOf(this.parents, b);
  }

  /** From each end that no other line touches to each other piece of its kind that is near, the shortest edge. */
  gaps(connectM: number): Join[] {
    return this.lines.flatMap((line, own) =>
      [line.points[0]!, line.points.at(-1)!].flatMap((end) => this.gapsAt(end, own, connectM)),
    );
  }

  private gapsAt(end: Position, own: number, connectM: number): Join[] {
    const { kind, widthM, level } = this.lines[own]!;
    const near = this.neighbours.nearest(end, connectM, own);
    const isHeld = near.some(({ line, distanceM }) => distanceM <= Math.max(this.lines[line]!.widthM / 2, SAME_M));
    return (isHeld ? [] : near)
      .filter(({ line }) => this.lines[line]!.kind === kind && !this.areOne(line, own))
      .map(({ line, distanceM, at }) => ({
        lengthM: distanceM,
        line: { kind, widthM, level, points: [end, at] },
        isLink: false,
        between: [own, line],
      }));
  }

  linksAmong(links: OssatureLine[], linkM: number): Join[] {
    const joins: Join[] = [];
    for (const line of links) {
      const length = lengthM(line);
      if (length > linkM) continue;
      const [from, to] = [line.points[0]!, line.points.at(-1)!].map(
        (end) => this.neighbours.nearest(end, SAME_M, -1)[0]?.line,
      );
      if (from === undefined || to === undefined) continue;
      joins.push({ lengthM: length, line, isLink: true, between: [from, to] });
    }
    return joins;
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
