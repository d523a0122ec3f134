/**
 * How far a border may be moved at each of its corners without meeting another: half the distance to the nearest border that is
 * not this one's own continuation. Two borders each moved by less than that cannot cross, whoever moves first, so each can be
 * straightened by itself. Pure.
 *
 * Why: let a moved point of border A and one of border B fall together, from corners a and b. Each has moved by less than half
 * its clearance, so |ab| is less than the larger of the two clearances; then a and b are on one border without a node between
 * them, near each other. What a border may do to itself is `straighten.ts`'s to see.
 */
import { DEGREE, EAST, NORTH } from '../arcs/corners.ts';

/** Corners of a block with `marginPx` corners round it, each with its border edges (see `corners.ts`). */
export interface EdgeLattice {
  edges: Uint8Array;
  /** Corners in a row. */
  stride: number;
}

export class Clearance {
  private readonly reachPx: number;
  private readonly edges: Uint8Array;
  private readonly steps: number[];
  private readonly seen: Int32Array;
  private stamp = 0;
  /** Offsets of the corners within reach, the nearest first, with the squares of their distances. */
  private readonly offsets: Int32Array;
  private readonly squares: Int32Array;

  /** No clearance is told beyond `reachPx`; corners asked for must lie at least so far inside the lattice. */
  constructor({ edges, stride }: EdgeLattice, reachPx: number) {
    this.edges = edges;
    this.reachPx = reachPx;
    this.steps = [1, stride, -1, -stride];
    this.seen = new Int32Array(edges.length);
    const around: { offset: number; square: number }[] = [];
    for (let y = -reachPx; y <= reachPx; y++) {
      for (let x = -reachPx; x <= reachPx; x++) {
        const square = x * x + y * y;
        if (square > 0 && square <= reachPx * reachPx) around.push({ offset: y * stride + x, square });
      }
    }
    around.sort((a, b) => a.square - b.square || a.offset - b.offset);
    this.offsets = Int32Array.from(around, ({ offset }) => offset);
    this.squares = Int32Array.from(around, ({ square }) => square);
  }

  /** Square of the distance in pixels from a corner to the nearest node or corner of another border; 0 at a node. */
  at(corner: number): number {
    const { edges, seen } = this;
    if (DEGREE[edges[corner]!]! > 2) return 0;
    const stamp = ++this.stamp;
    seen[corner] = stamp;
    for (let direction = EAST; direction <= NORTH; direction++) {
      if (edges[corner]! & (1 << direction)) this.follow(corner, direction, stamp);
    }
    const { offsets } = this;
    for (let i = 0; i < offsets.length; i++) {
      const other = corner + offsets[i]!;
      if (edges[other]! !== 0 && seen[other] !== stamp) return this.squares[i]!;
    }
    return this.reachPx * this.reachPx;
  }

  /** Marks the border's own corners, as long as they are within reach. A node is not the border's own. */
  private follow(start: number, heading: number, stamp: number): void {
    const { edges, seen, steps } = this;
    const limit = this.reachPx * this.reachPx;
    let direction = heading;
    let [dx, dy] = [0, 0];
    let corner = start;
    for (;;) {
      corner += steps[direction]!;
      dx += direction === 0 ? 1 : direction === 2 ? -1 : 0;
      dy += direction === 1 ? 1 : direction === 3 ? -1 : 0;
      if (dx * dx + dy * dy > limit || seen[corner] === stamp || DEGREE[edges[corner]!]! !== 2) return;
      seen[corner] = stamp;
      const others = edges[corner]! & ~(1 << ((direction + 2) & 3));
      direction = 31 - Math.clz32(others);
    }
  }
}
