/**
 * Where a network has gaps: ends that lie on no line of their kind, `connectM` at most from one. A gap is none where the way round
 * along the lines is no longer than NEEDLE_WAYS times the gap itself: closed it would hold a needle of ground, as between a
 * short spur and the road it leaves. Pure.
 */
import type { Position } from 'geojson';
import { alongEdge, squareToEdge } from './line-index.ts';
import { endsOf, type LineMeetings } from './line-meetings.ts';
import { SAME_M } from './line-neighbours.ts';
import { lengthM, type OssatureLine } from './ossature-network.ts';

export interface Gap {
  /** The line with the end, and the line it is to be joined to: maybe the same. */
  own: number;
  to: number;
  end: Position;
  at: Position;
  distanceM: number;
}

const NEEDLE_WAYS = 4;

/** From each loose end to each line near it, its own where that comes back to it. */
export function gapsOf(lines: OssatureLine[], meetings: LineMeetings, connectM: number): Gap[] {
  return lines.flatMap((line, own) => {
    if (line.level < 0) return [];
    const [first, last] = endsOf(line);
    return [...gapsAt(first, { ...line, points: line.points.toReversed() }, own), ...gapsAt(last, line, own)];
  });

  /** `line`: the line `own`, in the order in which it ends at `end`. */
  function gapsAt(end: Position, line: OssatureLine, own: number): Gap[] {
    const back = backTo(end, line);
    const isHeld = back.some(({ distanceM }) => distanceM <= line.widthM / 2) || meetings.holding(end, own).length > 0;
    if (isHeld) return [];
    const near = meetings.nearEnd(end, own, connectM);
    const waysRound =
      near.length > 0 ? new WaysRound(lines, meetings, own, line.points[0]!, NEEDLE_WAYS * connectM) : null;
    const wide = near.filter(({ line: to, at, distanceM }) => waysRound!.lengthTo(to, at) > NEEDLE_WAYS * distanceM);
    const itself = back.filter(({ distanceM }) => distanceM <= connectM).map((place) => ({ ...place, line: own }));
    return [...wide, ...itself.slice(0, 1)].map(({ line: to, at, distanceM }) => ({ own, to, end, at, distanceM }));
  }
}

/** The places of a line that come back to its end by a way that encloses more than a needle, nearest first. */
function backTo(end: Position, { points }: OssatureLine): { at: Position; distanceM: number }[] {
  const [x, y] = end as [number, number];
  const found: { at: Position; distanceM: number }[] = [];
  let wayM = 0;
  for (let i = points.length - 1; i > 0; i--) {
    const [[ax, ay], [bx, by]] = [points[i] as [number, number], points[i - 1] as [number, number]];
    const along = alongEdge(x, y, ax, ay, bx, by);
    const at = [ax + along * (bx - ax), ay + along * (by - ay)];
    const [edgeM, distanceM] = [Math.hypot(bx - ax, by - ay), distance(end, at)];
    if (wayM + along * edgeM > NEEDLE_WAYS * distanceM) found.push({ at, distanceM });
    wayM += edgeM;
  }
  return found.sort((a, b) => a.distanceM - b.distanceM);
}

/** The lines that are come upon from an end, along its line to the other end and on, with the length of the way there. */
class WaysRound {
  private readonly lines: OssatureLine[];
  /** By line, where. */
  private readonly places = new Map<number, { at: Position; wayM: number }[]>();

  constructor(lines: OssatureLine[], meetings: LineMeetings, own: number, otherEnd: Position, limitM: number) {
    this.lines = lines;
    const coming = [{ line: own, at: otherEnd, wayM: lengthM(lines[own]!) }];
    for (let next = coming.pop(); next !== undefined; next = coming.pop()) {
      if (next.wayM > limitM) continue;
      for (const { line } of meetings.holding(next.at, next.line)) {
        if (this.lengthTo(line, next.at) <= next.wayM) continue;
        this.places.set(line, [...(this.places.get(line) ?? []), { at: next.at, wayM: next.wayM }]);
        for (const at of endsOf(lines[line]!)) coming.push({ line, at, wayM: this.lengthTo(line, at) });
      }
    }
  }

  /** Infinite where no way is found within the limit. */
  lengthTo(line: number, at: Position): number {
    const ways = (this.places.get(line) ?? []).map((place) => place.wayM + alongM(this.lines[line]!, place.at, at));
    return Math.min(Number.POSITIVE_INFINITY, ...ways);
  }
}

/** Along a line between the points of it nearest to two places; of a closed one the shorter way. */
function alongM(line: OssatureLine, from: Position, to: Position): number {
  const wayM = Math.abs(positionOf(from, line) - positionOf(to, line));
  const [first, last] = endsOf(line);
  return distance(first, last) <= SAME_M ? Math.min(wayM, lengthM(line) - wayM) : wayM;
}

function positionOf([x, y]: Position, { points }: OssatureLine): number {
  let [nearest, position, wayM] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1] as [number, number], points[i] as [number, number]];
    const square = squareToEdge(x!, y!, ax, ay, bx, by);
    const edgeM = Math.hypot(bx - ax, by - ay);
    if (square < nearest) [nearest, position] = [square, wayM + alongEdge(x!, y!, ax, ay, bx, by) * edgeM];
    wayM += edgeM;
  }
  return position;
}

const distance = ([ax, ay]: Position, [bx, by]: Position) => Math.hypot(ax! - bx!, ay! - by!);
