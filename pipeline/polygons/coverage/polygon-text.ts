/** Polygons as they are written and hashed: the text of a GeoJSON `coordinates` member. Pure. */
import type { Grid } from '../../grid.ts';
import type { Arc } from '../arcs/arc.ts';
import type { Ring } from '../arcs/region-rings.ts';
import { UNITS_PER_PX } from '../lines/draft-line.ts';
import { CLOSE, COMMA, OPEN, TextBytes } from './text-bytes.ts';

/** Room for the vertices of one polygon after the other: arrays of their own would be half of what tracing leaves to collect. */
export class VertexRoom {
  private room = new Int32Array(1 << 12);
  private used = 0;

  /** What was taken before is written over from now on. */
  clear(): void {
    this.used = 0;
  }

  take(length: number): Int32Array {
    if (this.used + length > this.room.length) {
      this.room = new Int32Array(2 * (this.room.length + length));
      this.used = 0;
    }
    this.used += length;
    return this.room.subarray(this.used - length, this.used);
  }
}

/** Vertices of a ring, x and y by turns, closed, from its first in scan order: equal rings give equal lists. */
export function ringVertices<Region>(ring: Ring<Region>, room = new VertexRoom()): Int32Array {
  // the last vertex of an arc is the first of the next
  let size = 0;
  for (const { arc } of ring) size += lineOf(arc).length - 2;
  const vertices = room.take(2 * size + 2);
  let at = 0;
  for (const { arc, forward } of ring) {
    const line = lineOf(arc);
    const n = line.length - 2;
    for (let i = 0; i < n; i += 2) {
      const from = forward ? i : n - i;
      vertices[at++] = line[from]!;
      vertices[at++] = line[from + 1]!;
    }
  }
  let first = 0;
  for (let i = 2; i < size; i += 2) {
    const below = vertices[i + 1]! - vertices[first + 1]!;
    if (below < 0 || (below === 0 && vertices[i]! < vertices[first]!)) first = i;
  }
  vertices.copyWithin(size, 0, first + 2); // the ring from there on to itself
  return vertices.subarray(first, first + size + 2);
}

function lineOf<Region>({ line }: Arc<Region>): Int32Array {
  if (line === undefined) throw new Error('a border is asked for before it is drawn');
  return line;
}

/** Area a ring goes round, in pixels; the region is on its left, so that outer rings count positive and holes negative. */
export function ringAreaPx(vertices: ArrayLike<number>): number {
  let sum = 0;
  const [x0, y0] = [vertices[0]!, vertices[1]!];
  for (let i = 0; i + 3 < vertices.length; i += 2) {
    sum += (vertices[i + 2]! - x0) * (vertices[i + 1]! - y0) - (vertices[i]! - x0) * (vertices[i + 3]! - y0);
  }
  return sum / 2 / UNITS_PER_PX ** 2;
}

const text = new TextBytes();

/** Writes rings on the ground of `grid`: to the millimetre, as `groundX` and `groundY` have it. Valid until the next call. */
export function coordinatesText(rings: ArrayLike<number>[], grid: Grid): Uint8Array {
  text.character(OPEN);
  rings.forEach((vertices, ring) => {
    if (ring > 0) text.character(COMMA);
    text.character(OPEN);
    for (let i = 0; i < vertices.length; i += 2) {
      if (i > 0) text.character(COMMA);
      writeVertex(text, vertices[i]!, vertices[i + 1]!, grid);
    }
    text.character(CLOSE);
  });
  text.character(CLOSE);
  return text.take();
}

/** A vertex as text; x and y in units. */
export function writeVertex(to: TextBytes, x: number, y: number, { originX, originY, resolutionM }: Grid): void {
  to.pair(
    Math.round((originX + (x / UNITS_PER_PX) * resolutionM) * 1000),
    Math.round((originY - (y / UNITS_PER_PX) * resolutionM) * 1000),
  );
}
