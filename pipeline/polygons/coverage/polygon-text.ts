/** Polygons as they are written and hashed: the text of a GeoJSON `coordinates` member. Pure. */
import type { Grid } from '../../grid.ts';
import type { Arc } from '../arcs/arc.ts';
import type { Ring } from '../arcs/region-rings.ts';
import { UNITS_PER_PX } from '../lines/draft-line.ts';
import { CLOSE, COMMA, OPEN, TextBytes } from './text-bytes.ts';

/** Vertices of a ring, x and y by turns, closed, from its first in scan order: equal rings give equal lists. */
export function ringVertices<Region>(ring: Ring<Region>): Int32Array {
  // the last vertex of an arc is the first of the next
  const size = ring.reduce((sum, { arc }) => sum + lineOf(arc).length - 2, 0);
  const vertices = new Int32Array(size + 2);
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
  if (first !== 0) {
    const before = vertices.slice(0, first);
    vertices.copyWithin(0, first, size);
    vertices.set(before, size - first);
  }
  vertices.copyWithin(size, 0, 2);
  return vertices;
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

/** Writes rings on the ground of `grid`: to the millimetre, as `groundX` and `groundY` have it. */
export function coordinatesText(rings: ArrayLike<number>[], { originX, originY, resolutionM }: Grid): string {
  text.character(OPEN);
  rings.forEach((vertices, ring) => {
    if (ring > 0) text.character(COMMA);
    text.character(OPEN);
    for (let i = 0; i < vertices.length; i += 2) {
      if (i > 0) text.character(COMMA);
      const x = Math.round((originX + (vertices[i]! / UNITS_PER_PX) * resolutionM) * 1000);
      const y = Math.round((originY - (vertices[i + 1]! / UNITS_PER_PX) * resolutionM) * 1000);
      text.pair(x, y);
    }
    text.character(CLOSE);
  });
  text.character(CLOSE);
  return text.take();
}
