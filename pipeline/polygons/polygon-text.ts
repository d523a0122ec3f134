/** Polygons as they are written and hashed: the text of a GeoJSON `coordinates` member. Pure. */
import { type Grid, groundX, groundY } from '../grid.ts';
import type { Arc } from './arc.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import type { Ring } from './region-rings.ts';

/** Vertices of a ring, x and y by turns, closed, from its first in scan order: equal rings give equal lists. */
export function ringVertices<Region>(ring: Ring<Region>): number[] {
  const open: number[] = [];
  for (const { arc, forward } of ring) {
    const line = lineOf(arc);
    const n = line.length;
    // the last vertex of an arc is the first of the next
    if (forward) for (let i = 0; i < n - 2; i++) open.push(line[i]!);
    else for (let i = n - 2; i > 0; i -= 2) open.push(line[i]!, line[i + 1]!);
  }
  let first = 0;
  for (let i = 2; i < open.length; i += 2) {
    if (open[i + 1]! < open[first + 1]! || (open[i + 1] === open[first + 1] && open[i]! < open[first]!)) first = i;
  }
  const vertices = first === 0 ? open : [...open.slice(first), ...open.slice(0, first)];
  vertices.push(vertices[0]!, vertices[1]!);
  return vertices;
}

function lineOf<Region>({ line }: Arc<Region>): Int32Array {
  if (line === undefined) throw new Error('a border is asked for before it is drawn');
  return line;
}

/** Area a ring goes round, in pixels; the region is on its left, so that outer rings count positive and holes negative. */
export function ringAreaPx(vertices: number[]): number {
  let sum = 0;
  const [x0, y0] = [vertices[0]!, vertices[1]!];
  for (let i = 0; i + 3 < vertices.length; i += 2) {
    sum += (vertices[i + 2]! - x0) * (vertices[i + 1]! - y0) - (vertices[i]! - x0) * (vertices[i + 3]! - y0);
  }
  return sum / 2 / UNITS_PER_PX ** 2;
}

/** Writes rings on the ground of `grid`. */
export function coordinatesText(rings: number[][], grid: Grid): string {
  const texts = rings.map((vertices) => {
    let text = '';
    for (let i = 0; i < vertices.length; i += 2) {
      const [x, y] = [vertices[i]! / UNITS_PER_PX, vertices[i + 1]! / UNITS_PER_PX];
      text += `${i === 0 ? '' : ','}[${groundX(grid, x)},${groundY(grid, y)}]`;
    }
    return `[${text}]`;
  });
  return `[${texts.join(',')}]`;
}
