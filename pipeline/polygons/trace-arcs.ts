/** Borders of regions as arcs that both sides share. Pure. */
import type { Regions } from '../regions.ts';
import { type Corners, cornersOf, DEGREE, EAST, NORTH, nodeIndex, ONWARD, opposite, SOUTH } from './corners.ts';
import { IntList } from './int-list.ts';

/**
 * Each arc runs from node to node, or round a region back to where it began, with one region on its left and one on its right
 * all along. Arc a has two half-arcs: 2a runs as stored, 2a + 1 backwards; `opposite half` = half ^ 1.
 */
export interface Arcs {
  count: number;
  /** Vertices of arc a, as corner numbers: `vertices[starts[a]]` to `vertices[starts[a + 1]]`, both ends in, no collinear one. */
  starts: Int32Array;
  vertices: Int32Array;
  /** By half-arc: the region on its left; 0 is nodata. */
  leftOf: Int32Array;
  /** By half-arc: the half-arc that goes on round the region on its left. */
  next: Int32Array;
  stride: number;
}

const NONE = -1;

/** Traces every border of the raster once. */
export function traceArcs(regions: Regions, widthPx: number, heightPx: number): Arcs {
  const corners = cornersOf(regions.labels, widthPx, heightPx);
  const { stride, nodes, bits } = corners;
  const walker = new Walker(corners, regions.labels, widthPx);
  // by node × 4 + direction: the half-arc that leaves there
  const leaving = new Int32Array(nodes.length * 4).fill(NONE);
  // by half-arc: node × 4 + direction of arrival, NONE for closed arcs
  const arrivals = new IntList();
  for (let node = 0; node < nodes.length; node++) {
    const corner = nodes[node]!;
    for (let direction = EAST; direction <= NORTH; direction++) {
      if (!(bits[corner]! & (1 << direction)) || leaving[node * 4 + direction] !== NONE) continue;
      const half = walker.walk(corner, direction) * 2;
      const end = nodeIndex(corners, walker.corner);
      leaving[node * 4 + direction] = half;
      leaving[end * 4 + opposite(walker.direction)] = half + 1;
      arrivals.push(end * 4 + walker.direction);
      arrivals.push(node * 4 + opposite(direction));
    }
  }
  walkClosedArcs(corners, walker, arrivals);
  const leftOf = walker.leftOf.view();
  const starts = walker.starts.view();
  const next = linkHalves(arrivals.view(), leaving, leftOf);
  return { count: starts.length - 1, starts, vertices: walker.vertices.view(), leftOf, next, stride };
}

/** Borders without nodes. Each has a first corner in scan order, from which it leaves to the east and to the south. */
function walkClosedArcs({ bits }: Corners, walker: Walker, arrivals: IntList): void {
  for (let corner = 0; corner < bits.length; corner++) {
    if (bits[corner] !== ((1 << EAST) | (1 << SOUTH))) continue; // the walker marks what it passes
    walker.walk(corner, SOUTH);
    arrivals.push(NONE);
    arrivals.push(NONE);
  }
}

/** Bit set by the walker on corners it has passed. */
const PASSED = 16;

/** Follows borders and records them; after `walk`, `corner` and `direction` tell where and how it arrived. */
class Walker {
  corner = 0;
  direction = 0;
  readonly starts = new IntList();
  readonly vertices = new IntList();
  readonly leftOf = new IntList();
  private readonly corners: Corners;
  private readonly labels: Int32Array;
  private readonly widthPx: number;

  constructor(corners: Corners, labels: Int32Array, widthPx: number) {
    this.corners = corners;
    this.labels = labels;
    this.widthPx = widthPx;
    this.starts.push(0);
  }

  /** Walks to the next node, or back to the start, and returns the arc's number. */
  walk(start: number, heading: number): number {
    const { bits, stride } = this.corners;
    const { vertices } = this;
    const steps = [1, stride, -1, -stride];
    this.noteSides(start, heading);
    vertices.push(start);
    let direction = heading;
    let corner = start + steps[direction]!;
    while (corner !== start && DEGREE[bits[corner]! & 15] === 2) {
      const onward = ONWARD[((bits[corner]! & 15) << 2) | direction]!;
      bits[corner]! |= PASSED;
      if (onward !== direction) vertices.push(corner);
      direction = onward;
      corner += steps[direction]!;
    }
    bits[corner]! |= PASSED;
    vertices.push(corner);
    this.starts.push(vertices.length);
    this.corner = corner;
    this.direction = direction;
    return this.starts.length - 2;
  }

  /** Notes the regions on the left and on the right of the edge that leaves `corner`. */
  private noteSides(corner: number, direction: number): void {
    const x = corner % this.corners.stride;
    const y = (corner - x) / this.corners.stride;
    // the four pixels round the corner, clockwise from the one between east and south
    const around = [this.labelAt(x, y), this.labelAt(x - 1, y), this.labelAt(x - 1, y - 1), this.labelAt(x, y - 1)];
    this.leftOf.push(around[(direction + 3) & 3]!);
    this.leftOf.push(around[direction]!);
  }

  private labelAt(x: number, y: number): number {
    const inside = x >= 0 && y >= 0 && x < this.widthPx && y * this.widthPx < this.labels.length;
    return inside ? this.labels[y * this.widthPx + x]! : 0;
  }
}

/**
 * Which half-arc goes on round the same region. At a corner where a region touches itself the rightmost turn is taken, so that
 * its rings pass each such corner once: there a hole touches the outer ring or another hole, as OGC Simple Features allows,
 * and no ring touches itself, which they forbid.
 */
function linkHalves(arrivals: Int32Array, leaving: Int32Array, leftOf: Int32Array): Int32Array {
  const next = new Int32Array(arrivals.length);
  for (let half = 0; half < arrivals.length; half++) {
    const arrival = arrivals[half]!;
    if (arrival === NONE) {
      next[half] = half;
      continue;
    }
    const direction = arrival & 3;
    const node = arrival - direction;
    for (const turn of [1, 0, 3]) {
      const onward = leaving[node + ((direction + turn) & 3)]!;
      if (onward !== NONE && leftOf[onward] === leftOf[half]) {
        next[half] = onward;
        break;
      }
    }
  }
  return next;
}
