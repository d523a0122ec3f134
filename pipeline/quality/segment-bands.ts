/** The edges of some rings, found by bands of y. Pure. */
import type { Position } from 'geojson';
import type { BboxLocal } from '../grid.ts';

const MOST_BANDS = 4096;

export interface SegmentEdge {
  ring: number;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  minX: number;
  maxX: number;
}

/** Edges of rings that are closed. */
export class SegmentBands {
  readonly #bands: SegmentEdge[][] = [];
  readonly #minY: number;
  readonly #bandHeight: number;

  constructor(rings: Position[][]) {
    const edges = rings.flatMap((ring, index) => edgesOf(ring, index));
    let [minY, maxY, heights] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const { y1, y2 } of edges) {
      minY = Math.min(minY, y1, y2);
      maxY = Math.max(maxY, y1, y2);
      heights += Math.abs(y2 - y1);
    }
    this.#minY = minY;
    // as high as edges are on average: each is then in two bands or so
    this.#bandHeight = Math.max((maxY - minY) / MOST_BANDS, heights / edges.length, 1e-9);
    for (const edge of edges) {
      const last = this.#bandOf(Math.max(edge.y1, edge.y2));
      for (let band = this.#bandOf(Math.min(edge.y1, edge.y2)); band <= last; band++) {
        const edgesInBand = this.#bands[band];
        if (edgesInBand) edgesInBand.push(edge);
        else this.#bands[band] = [edge];
      }
    }
  }

  /** A place where two edges go through each other, or a vertex lies on an edge that it does not end; edges may share ends. */
  firstCrossing(): Position | undefined {
    for (const band of this.#bands) {
      const sorted = (band ?? []).toSorted((a, b) => a.minX - b.minX);
      for (let i = 0; i < sorted.length; i++) {
        const edge = sorted[i]!;
        for (let k = i + 1; k < sorted.length && sorted[k]!.minX <= edge.maxX; k++) {
          const other = sorted[k]!;
          if (cross(edge, other)) return [other.x1, other.y1];
          if (isOn(edge, other.x1, other.y1)) return [other.x1, other.y1];
          if (isOn(other, edge.x1, edge.y1)) return [edge.x1, edge.y1];
        }
      }
    }
    return undefined;
  }

  /** Whether rings go round a place that lies on none of their edges, an odd number of them; or ring `only` alone. */
  holds(x: number, y: number, only?: number): boolean {
    let inside = false;
    for (const edge of this.#bands[this.#bandOf(y)] ?? []) {
      if ((only !== undefined && edge.ring !== only) || edge.y1 <= y === edge.y2 <= y) continue;
      if (edge.x1 + ((y - edge.y1) / (edge.y2 - edge.y1)) * (edge.x2 - edge.x1) > x) inside = !inside;
    }
    return inside;
  }

  /** Whether an edge passes within `toleranceM` of a place. */
  isNear(x: number, y: number, toleranceM: number): boolean {
    return this.edgeNear(x, y, toleranceM) !== undefined;
  }

  /** An edge that passes within `toleranceM` of a place. */
  edgeNear(x: number, y: number, toleranceM: number): SegmentEdge | undefined {
    const last = this.#bandOf(y + toleranceM);
    for (let band = Math.max(this.#bandOf(y - toleranceM), 0); band <= last; band++) {
      for (const edge of this.#bands[band] ?? []) {
        if (edge.minX - toleranceM > x || edge.maxX + toleranceM < x) continue;
        if (distanceTo(edge, x, y) <= toleranceM) return edge;
      }
    }
    return undefined;
  }

  /** The edges whose boxes meet a box. */
  meeting([minX, minY, maxX, maxY]: BboxLocal): Set<SegmentEdge> {
    const found = new Set<SegmentEdge>();
    const last = Math.min(this.#bandOf(maxY), this.#bands.length - 1);
    for (let band = Math.max(this.#bandOf(minY), 0); band <= last; band++) {
      for (const edge of this.#bands[band] ?? []) {
        if (edge.minX > maxX || edge.maxX < minX) continue;
        if (Math.min(edge.y1, edge.y2) <= maxY && Math.max(edge.y1, edge.y2) >= minY) found.add(edge);
      }
    }
    return found;
  }

  #bandOf(y: number): number {
    return Math.floor((y - this.#minY) / this.#bandHeight);
  }
}

const edgesOf = (ring: Position[], index: number): SegmentEdge[] =>
  ring.slice(1).map((to, i) => {
    const [x1, y1] = ring[i] as [number, number];
    const [x2, y2] = to as [number, number];
    return { ring: index, x1, y1, x2, y2, minX: Math.min(x1, x2), maxX: Math.max(x1, x2) };
  });

/** Each has one end strictly on either side of the other. */
const cross = (a: SegmentEdge, b: SegmentEdge) =>
  side(a, b.x1, b.y1) * side(a, b.x2, b.y2) < 0 && side(b, a.x1, a.y1) * side(b, a.x2, a.y2) < 0;

/** Nearer than any two vertices of ours, a whole millimetre apart, can be; what is put on a limit is on it to a nanometre. */
export const ON_EDGE_M = 1e-6;

/** Whether a vertex lies between the ends of an edge. Each vertex of a closed ring is the first end of one edge. */
function isOn(edge: SegmentEdge, x: number, y: number): boolean {
  const { x1, y1, x2, y2, minX, maxX } = edge;
  if (x < minX - ON_EDGE_M || x > maxX + ON_EDGE_M) return false;
  if (y < Math.min(y1, y2) - ON_EDGE_M || y > Math.max(y1, y2) + ON_EDGE_M) return false;
  if ((x === x1 && y === y1) || (x === x2 && y === y2)) return false;
  return distanceTo(edge, x, y) <= ON_EDGE_M;
}

const side = ({ x1, y1, x2, y2 }: SegmentEdge, x: number, y: number) =>
  Math.sign((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1));

function distanceTo({ x1, y1, x2, y2 }: SegmentEdge, x: number, y: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const square = dx * dx + dy * dy;
  const share = square === 0 ? 0 : Math.min(Math.max(((x - x1) * dx + (y - y1) * dy) / square, 0), 1);
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}
