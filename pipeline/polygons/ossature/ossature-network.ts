/**
 * The lines of the ossature joined to networks: gaps closed, pieces that float dropped. Pure.
 *
 * Roads are of one piece with roads, rail with rail, where their lines meet (`line-meetings.ts`). Gaps up to `connectM` are closed
 * (`line-gaps.ts`); and a stretch that was left out for its width is taken back where it alone joins two pieces and is `linkM`
 * long at most. What is then shorter than `minPieceM`, or covers less ground than the report calls floating, and does not reach the
 * limit of the run's ground is dropped: nobody wants pieces of road that float.
 */
import type { Position } from 'geojson';
import type { BboxLocal } from '../../grid.ts';
import { floatingBelowM2 } from '../../ossature-pieces.ts';
import type { OssatureKind } from '../../references/ossature-widths.ts';
import { rootOf } from '../../regions.ts';
import { type Gap, gapsOf } from './line-gaps.ts';
import { LineMeetings } from './line-meetings.ts';
import { SAME_M } from './line-neighbours.ts';
import { coveredM2 } from './line-places.ts';

/** A line with its width, in metres of the run's CRS. */
export interface OssatureLine {
  kind: OssatureKind;
  widthM: number;
  level: number;
  points: Position[];
  /** Number of the segment it is, or is a part of, in its layer; a connection has none. */
  segment?: number;
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

/** A way to join two lines. */
interface Join {
  lengthM: number;
  line: OssatureLine;
  between: [number, number];
  /** Of a gap: it is closed even within a piece, but once from each end. Of a link: null. */
  gap: Gap | null;
}

/**
 * Lines below the ground join what they meet and are part of no result. `links`: lines left out, that may be taken back with the
 * width they have here.
 */
export function joinedNetwork(lines: OssatureLine[], links: OssatureLine[], rules: NetworkRules): Network {
  const meetings = new LineMeetings(lines);
  const pieces = new Pieces(lines, meetings, rules.overlapM);
  const joins = [...gapJoins(lines, meetings, rules.connectM), ...linkJoins(links, meetings, rules.linkM)];
  const [connections, taken]: [OssatureLine[], OssatureLine[]] = [[], []];
  const joinedTo = new Map<OssatureLine, number>();
  const closed = new Set<string>();
  for (const { line, gap, between } of joins.sort(byLengthThenPlace)) {
    const ends = gap ? [gap.end, gap.at].map(keyOf) : [];
    const isNeeded = pieces.unite(...between) || (gap !== null && !closed.has(ends[0]!));
    if (!isNeeded) continue;
    for (const end of ends) closed.add(end);
    (gap ? connections : taken).push(line);
    joinedTo.set(line, between[0]);
  }
  const added = [...connections, ...taken];
  const isKept = pieces.largeOnes(
    added.map((line) => [line, joinedTo.get(line)!]),
    rules,
  );
  const keep = (line: OssatureLine) => isKept(joinedTo.get(line)!);
  const isDrawn = ({ level }: OssatureLine) => level >= 0;
  return {
    lines: lines.filter((line, i) => isDrawn(line) && isKept(i)),
    connections: connections.filter(keep),
    links: taken.filter(keep),
    floating: lines.filter((line, i) => isDrawn(line) && !isKept(i)),
  };
}

const keyOf = ([x, y]: Position) => `${x!.toFixed(3)} ${y!.toFixed(3)}`;

function byLengthThenPlace(a: Join, b: Join): number {
  const [p, q] = [a.line.points[0]!, b.line.points[0]!];
  return a.lengthM - b.lengthM || p[0]! - q[0]! || p[1]! - q[1]! || a.between[1] - b.between[1];
}

const gapJoins = (lines: OssatureLine[], meetings: LineMeetings, connectM: number): Join[] =>
  gapsOf(lines, meetings, connectM).map((gap): Join => {
    const { kind, widthM, level } = lines[gap.own]!;
    const line = { kind, widthM, level, points: [gap.end, gap.at] };
    return { lengthM: gap.distanceM, line, between: [gap.own, gap.to], gap };
  });

function linkJoins(links: OssatureLine[], meetings: LineMeetings, linkM: number): Join[] {
  return links.flatMap((line) => {
    const length = lengthM(line);
    if (length > linkM) return [];
    const [from, to] = [line.points[0]!, line.points.at(-1)!].map(
      (end) => meetings.ofKind(end, SAME_M, line.kind)[0]?.line,
    );
    return from === undefined || to === undefined ? [] : [{ lengthM: length, line, between: [from, to], gap: null }];
  });
}

export function lengthM({ points }: Pick<OssatureLine, 'points'>): number {
  let sum = 0;
  for (let i = 1; i < points.length; i++) {
    sum += Math.hypot(points[i]![0]! - points[i - 1]![0]!, points[i]![1]! - points[i - 1]![1]!);
  }
  return sum;
}

/** What drawing may take of the ground of a piece, and more. */
const DRAWN = 1.05;

/** Which lines are of one piece. */
class Pieces {
  private readonly lines: OssatureLine[];
  private readonly parents: Int32Array;

  constructor(lines: OssatureLine[], meetings: LineMeetings, overlapM: number) {
    this.lines = lines;
    this.parents = Int32Array.from(lines, (_, i) => i);
    for (const [a, b] of meetings.pairs(overlapM, (own, other) => !this.areOne(own, other))) this.unite(a, b);
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

  /** Whether the piece of a line is long enough and covers enough, or goes on beyond the limit. `added`: lines joined to the piece of another. */
  largeOnes(added: [OssatureLine, number][], { minPieceM, limit }: NetworkRules): (line: number) => boolean {
    const lengths = new Float64Array(this.lines.length);
    const all: [OssatureLine, number][] = [...this.lines.map((line, i): [OssatureLine, number] => [line, i]), ...added];
    for (const [line, i] of all) {
      const root = rootOf(this.parents, i);
      lengths[root]! += reaches(line, limit) ? Number.POSITIVE_INFINITY : lengthM(line);
    }
    const lying = new Map<number, OssatureLine[]>();
    for (const [line, i] of all) {
      const root = rootOf(this.parents, i);
      if (lengths[root]! < minPieceM || lengths[root] === Number.POSITIVE_INFINITY) continue;
      const there = lying.get(root);
      if (there) there.push(line);
      else lying.set(root, [line]);
    }
    const leastM2 = floatingBelowM2(minPieceM) * DRAWN;
    for (const [root, lines] of lying) if (coveredM2(lines, leastM2) < leastM2) lengths[root] = 0;
    return (line) => lengths[rootOf(this.parents, line)]! >= minPieceM;
  }
}

const reaches = ({ points, widthM }: OssatureLine, [minX, minY, maxX, maxY]: BboxLocal) =>
  points.some(([x, y]) => {
    const inside = Math.min(x! - minX, y! - minY, maxX - x!, maxY - y!);
    return inside < widthM / 2;
  });
