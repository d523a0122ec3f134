/**
 * Says what is wrong with drawn polygons as a coverage: a checker written from the rules, that shares no code with what draws. All
 * coordinates are whole numbers, so every test is exact.
 */
import { UNITS_PER_PX } from '../../../pipeline/polygons/lines/draft-line.ts';
import type { DrawnRegion } from './draw-in-memory.ts';

interface Segment {
  ax: number;
  ay: number;
  bx: number;
  by: number;
  polygon: number;
}

/** `knownPixels`: pixels that are not nodata. */
export function coverageFaults(regions: DrawnRegion[], knownPixels: number): string[] {
  const segments = regions.flatMap(({ rings }, polygon) => rings.flatMap((ring) => segmentsOf(ring, polygon)));
  return [
    ...regions.flatMap(({ rings }, i) => ringFaults(rings).map((fault) => `polygon ${i}: ${fault}`)),
    ...areaFaults(regions, knownPixels),
    ...pairFaults(segments),
    ...meetingFaults(segments),
  ];
}

const segmentsOf = (ring: number[], polygon: number): Segment[] =>
  Array.from({ length: ring.length / 2 - 1 }, (_, i) => ({
    ax: ring[2 * i]!,
    ay: ring[2 * i + 1]!,
    bx: ring[2 * i + 2]!,
    by: ring[2 * i + 3]!,
    polygon,
  }));

/** Rings closed, of three vertices at least, none twice, none on a straight way back; outer rings outside, holes inside. */
function ringFaults(rings: number[][]): string[] {
  return rings.flatMap((ring, r) => {
    const faults: string[] = [];
    if (ring.length < 8) faults.push(`ring ${r} has too few vertices`);
    if (ring[0] !== ring.at(-2) || ring[1] !== ring.at(-1)) faults.push(`ring ${r} is not closed`);
    const places = new Set(segmentsOf(ring, 0).map(({ ax, ay }) => `${ax} ${ay}`));
    if (places.size !== ring.length / 2 - 1) faults.push(`ring ${r} has a vertex twice`);
    const area = areaOnLeft(ring);
    if (r === 0 ? area <= 0 : area >= 0) faults.push(`ring ${r} turns the wrong way`);
    return faults;
  });
}

/** In square pixels. */
export function areaOnLeft(ring: number[]): number {
  const twice = segmentsOf(ring, 0).reduce((sum, { ax, ay, bx, by }) => sum + bx * ay - ax * by, 0);
  return twice / 2 / UNITS_PER_PX ** 2;
}

export const areaOf = ({ rings }: DrawnRegion) => rings.reduce((sum, ring) => sum + areaOnLeft(ring), 0);

/** Together the polygons have exactly the area of the raster. */
function areaFaults(regions: DrawnRegion[], knownPixels: number): string[] {
  const area = regions.reduce((sum, region) => sum + areaOf(region), 0);
  return area === knownPixels ? [] : [`${knownPixels} pixels make an area of ${area}`];
}

/** Each segment is used once each way at most; used one way only, it lies along the pixels: nodata is beyond. */
function pairFaults(segments: Segment[]): string[] {
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const { ax, ay, bx, by } of segments) {
    const key = `${ax} ${ay} ${bx} ${by}`;
    if (seen.has(key)) faults.push(`segment ${key} is used twice`);
    seen.add(key);
  }
  for (const { ax, ay, bx, by } of segments) {
    if (seen.has(`${bx} ${by} ${ax} ${ay}`)) continue;
    const onPixels = [ax, ay, bx, by].every((value) => value % UNITS_PER_PX === 0) && (ax === bx || ay === by);
    if (!onPixels) faults.push(`segment ${ax} ${ay} ${bx} ${by} has no other side`);
  }
  return faults;
}

/** Segments meet at common ends only: no crossing, no vertex of one within another, no two one upon the other. */
function meetingFaults(segments: Segment[]): string[] {
  const once = segments.filter(({ ax, ay, bx, by }, i) => ax < bx || (ax === bx && ay < by) || !hasTwin(segments, i));
  once.sort((p, q) => Math.min(p.ax, p.bx) - Math.min(q.ax, q.bx));
  const faults: string[] = [];
  for (let i = 0; i < once.length; i++) {
    const right = Math.max(once[i]!.ax, once[i]!.bx);
    for (let k = i + 1; k < once.length && Math.min(once[k]!.ax, once[k]!.bx) <= right; k++) {
      if (meetWrongly(once[i]!, once[k]!)) faults.push(`${JSON.stringify(once[i])} meets ${JSON.stringify(once[k])}`);
    }
  }
  return faults;
}

const twins = new WeakMap<Segment[], Set<string>>();

/** Whether the segment is there the other way too. */
function hasTwin(segments: Segment[], index: number): boolean {
  const keys = twins.get(segments) ?? new Set(segments.map(({ ax, ay, bx, by }) => `${ax} ${ay} ${bx} ${by}`));
  twins.set(segments, keys);
  const { ax, ay, bx, by } = segments[index]!;
  return keys.has(`${bx} ${by} ${ax} ${ay}`);
}

function meetWrongly(p: Segment, q: Segment): boolean {
  if (Math.max(p.ay, p.by) < Math.min(q.ay, q.by) || Math.max(q.ay, q.by) < Math.min(p.ay, p.by)) return false;
  const ends = [
    [p.ax, p.ay, q],
    [p.bx, p.by, q],
    [q.ax, q.ay, p],
    [q.bx, q.by, p],
  ] as const;
  if (ends.some(([x, y, on]) => isWithin(x, y, on))) return true;
  const [d1, d2] = [side(p, q.ax, q.ay), side(p, q.bx, q.by)];
  const [d3, d4] = [side(q, p.ax, p.ay), side(q, p.bx, p.by)];
  return d1 * d2 < 0 && d3 * d4 < 0;
}

const side = ({ ax, ay, bx, by }: Segment, x: number, y: number) =>
  Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));

/** On the segment, but at none of its ends. */
function isWithin(x: number, y: number, on: Segment): boolean {
  const { ax, ay, bx, by } = on;
  if ((x === ax && y === ay) || (x === bx && y === by) || side(on, x, y) !== 0) return false;
  return (x - ax) * (x - bx) + (y - ay) * (y - by) < 0;
}

/** The sharpest angle between segments that follow each other in a ring, degrees. */
export function sharpestAngle(rings: number[][]): number {
  let sharpest = 180;
  for (const ring of rings) {
    const segments = segmentsOf(ring, 0);
    segments.forEach((next, i) => {
      const { ax, ay } = segments.at(i - 1)!;
      const [px, py, qx, qy] = [ax - next.ax, ay - next.ay, next.bx - next.ax, next.by - next.ay];
      const angle = Math.atan2(Math.abs(px * qy - py * qx), px * qx + py * qy);
      sharpest = Math.min(sharpest, (angle * 180) / Math.PI);
    });
  }
  return sharpest;
}
