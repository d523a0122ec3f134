/** The lattice of pixel corners: which border edges leave each corner. Pure. */
import { IntList } from './int-list.ts';

/** Directions of travel, clockwise on a north-up image. */
export const EAST = 0;
export const SOUTH = 1;
export const WEST = 2;
export const NORTH = 3;

export const opposite = (direction: number) => (direction + 2) & 3;

/** By the four edge bits of a corner (bit d: a border leaves in direction d): how many borders meet there. */
export const DEGREE = Uint8Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].filter((d) => bits & (1 << d)).length);

/** By `bits << 2 | direction of arrival`, for corners of degree 2: the direction in which the border goes on. */
export const ONWARD = Uint8Array.from({ length: 64 }, (_, key) => {
  const others = (key >> 2) & ~(1 << opposite(key & 3));
  return others === 0 ? 0 : 31 - Math.clz32(others);
});

/** Corner (x, y) is number y × `stride` + x; it lies at the upper left of pixel (x, y). */
export interface Corners {
  stride: number;
  /** By corner: its edge bits. */
  bits: Uint8Array;
  /** Corners where three or four borders meet, ascending. */
  nodes: Int32Array;
  /** By row of corners: where its nodes start in `nodes`. */
  rowStarts: Int32Array;
}

/** Borders run where the regions on both sides differ; outside the raster is nodata. */
export function cornersOf(labels: Int32Array, widthPx: number, heightPx: number): Corners {
  const stride = widthPx + 1;
  const bits = new Uint8Array(stride * (heightPx + 1));
  const nodes = new IntList();
  const rowStarts = new Int32Array(heightPx + 2);
  const outside = new Int32Array(widthPx);
  const rowOf = (y: number) => (y < 0 || y >= heightPx ? outside : labels.subarray(y * widthPx, (y + 1) * widthPx));
  for (let y = 0; y <= heightPx; y++) {
    const above = rowOf(y - 1);
    const below = rowOf(y);
    let northWest = 0;
    let southWest = 0;
    for (let x = 0, corner = y * stride; x <= widthPx; x++, corner++) {
      const northEast = x < widthPx ? above[x]! : 0;
      const southEast = x < widthPx ? below[x]! : 0;
      const edges =
        (northEast !== southEast ? 1 << EAST : 0) |
        (southWest !== southEast ? 1 << SOUTH : 0) |
        (northWest !== southWest ? 1 << WEST : 0) |
        (northWest !== northEast ? 1 << NORTH : 0);
      if (edges !== 0) {
        bits[corner] = edges;
        if (DEGREE[edges]! > 2) nodes.push(corner);
      }
      northWest = northEast;
      southWest = southEast;
    }
    rowStarts[y + 1] = nodes.length;
  }
  return { stride, bits, nodes: nodes.view(), rowStarts };
}

/** Index in `nodes` of a corner that is one. */
export function nodeIndex({ stride, nodes, rowStarts }: Corners, corner: number): number {
  const row = Math.floor(corner / stride);
  let low = rowStarts[row]!;
  let high = rowStarts[row + 1]! - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nodes[middle]! < corner) low = middle + 1;
    else high = middle;
  }
  return low;
}
