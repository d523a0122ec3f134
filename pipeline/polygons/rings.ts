/** Rings of regions from the arcs round them. Pure. */

import { IntList } from './int-list.ts';
import type { Arcs } from './trace-arcs.ts';

/** Rings of region r: `rings[starts[r]]` to `rings[starts[r + 1]]`, the outer one first; each is one of its half-arcs. */
export interface Rings {
  starts: Int32Array;
  firstHalf: Int32Array;
}

/**
 * A 4-connected region has one outer ring, so a region's holes need no search for the ring that holds them. The first ring
 * met is that of the region's first corner in scan order, which is on the outer one: rings are ordered by their first corner.
 */
export function ringsOf(arcs: Arcs, regionCount: number): Rings {
  const halves = new IntList();
  const firstCorners = new IntList();
  const starts = new Int32Array(regionCount + 2);
  const seen = new Uint8Array(arcs.next.length);
  for (let half = 0; half < arcs.next.length; half++) {
    const region = arcs.leftOf[half]!;
    if (region === 0 || seen[half]) continue;
    let firstCorner = Number.POSITIVE_INFINITY;
    for (let step = half; !seen[step]; step = arcs.next[step]!) {
      seen[step] = 1;
      firstCorner = Math.min(firstCorner, firstCornerOf(arcs, step >> 1));
    }
    halves.push(half);
    firstCorners.push(firstCorner);
    starts[region + 1]!++;
  }
  for (let region = 0; region <= regionCount; region++) starts[region + 1]! += starts[region]!;
  return { starts, firstHalf: groupedByRegion(arcs, starts, halves.view(), firstCorners.view()) };
}

function firstCornerOf(arcs: Arcs, arc: number): number {
  let first = Number.POSITIVE_INFINITY;
  for (let v = arcs.starts[arc]!; v < arcs.starts[arc + 1]!; v++) first = Math.min(first, arcs.vertices[v]!);
  return first;
}

function groupedByRegion(arcs: Arcs, starts: Int32Array, halves: Int32Array, firstCorners: Int32Array): Int32Array {
  const order = new Uint32Array(halves.length)
    .map((_, ring) => ring)
    .sort((a, b) => firstCorners[a]! - firstCorners[b]!);
  const grouped = new Int32Array(halves.length);
  const ends = starts.slice();
  for (const ring of order) grouped[ends[arcs.leftOf[halves[ring]!]!]!++] = halves[ring]!;
  return grouped;
}

/**
 * Corner numbers of a ring, closed, from its first corner in scan order: equal rings give equal lists whatever lies beyond
 * them. Left of it is the region, so on the ground an outer ring runs counter-clockwise and a hole clockwise (RFC 7946).
 * `into` is emptied first.
 */
export function ringCorners(arcs: Arcs, firstHalf: number, into: number[]): number[] {
  into.length = 0;
  let half = firstHalf;
  do {
    const from = arcs.starts[half >> 1]!;
    const to = arcs.starts[(half >> 1) + 1]! - 1;
    // the last vertex of a half-arc is the first of the next
    if ((half & 1) === 0) for (let v = from; v < to; v++) into.push(arcs.vertices[v]!);
    else for (let v = to; v > from; v--) into.push(arcs.vertices[v]!);
    half = arcs.next[half]!;
  } while (half !== firstHalf);
  return closedFromFirst(into);
}

function closedFromFirst(ring: number[]): number[] {
  let first = 0;
  for (let i = 1; i < ring.length; i++) if (ring[i]! < ring[first]!) first = i;
  const rotated = first === 0 ? ring : ring.slice(first).concat(ring.slice(0, first));
  rotated.push(rotated[0]!);
  return rotated;
}
