/** Gaps and overlaps of a text sequence of polygons, by its edges: in a coverage each has its reverse, but for the outer border. */
import type { Polygon } from 'geojson';
import { readFeatures } from '../../pipeline/geojsonl.ts';
import type { Grid } from '../../pipeline/grid.ts';

export interface EdgeCount {
  polygons: number;
  vertices: number;
  /** Inside the extent: edges with nobody on the other side. */
  open: number;
  /** Edges that two polygons have the same way round. */
  doubled: number;
  /** Area of all polygons less the extent's: gaps make it negative, overlaps positive. */
  areaErrorM2: number;
}

/** Coordinates are compared to the millimetre. Any geometry but polygons and multipolygons counts for nothing. */
export async function countEdges(path: string, grid: Grid): Promise<EdgeCount> {
  const edges = new Map<string, number>();
  const count: EdgeCount = { polygons: 0, vertices: 0, open: 0, doubled: 0, areaErrorM2: 0 };
  let area = 0;
  for await (const { geometry } of readFeatures<
    Polygon | { type: 'MultiPolygon'; coordinates: number[][][][] },
    unknown
  >(path)) {
    if (geometry === null) continue;
    for (const rings of geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates) {
      count.polygons++;
      rings.forEach((ring, r) => {
        count.vertices += ring.length - 1;
        area += (r === 0 ? 1 : -1) * Math.abs(areaOf(ring));
        const outward = (r === 0) === areaOf(ring) > 0;
        for (let i = 1; i < ring.length; i++) {
          const [a, b] = outward ? [ring[i - 1]!, ring[i]!] : [ring[i]!, ring[i - 1]!];
          const key = `${mm(a)} ${mm(b)}`;
          edges.set(key, (edges.get(key) ?? 0) + 1);
        }
      });
    }
  }
  for (const [key, times] of edges) {
    count.doubled += times - 1;
    const [ax, ay, bx, by] = key.split(' ') as [string, string, string, string];
    if (!edges.has(`${bx} ${by} ${ax} ${ay}`) && !isOuter(Number(ax), Number(ay), Number(bx), Number(by), grid))
      count.open++;
  }
  count.areaErrorM2 = Math.round(1000 * (area - grid.widthPx * grid.heightPx * grid.resolutionM ** 2)) / 1000;
  return count;
}

const mm = ([x, y]: number[]) => `${Math.round(x! * 1000)} ${Math.round(y! * 1000)}`;

function areaOf(ring: number[][]): number {
  const [x0, y0] = ring[0] as [number, number];
  let twice = 0;
  for (let i = 1; i < ring.length; i++) {
    twice += (ring[i - 1]![0]! - x0) * (ring[i]![1]! - y0) - (ring[i]![0]! - x0) * (ring[i - 1]![1]! - y0);
  }
  return twice / 2;
}

function isOuter(ax: number, ay: number, bx: number, by: number, grid: Grid): boolean {
  const [left, top] = [1000 * grid.originX, 1000 * grid.originY];
  const right = left + 1000 * grid.widthPx * grid.resolutionM;
  const bottom = top - 1000 * grid.heightPx * grid.resolutionM;
  const near = (value: number, border: number) => Math.abs(value - border) < 2;
  return (
    (near(ax, left) && near(bx, left)) ||
    (near(ax, right) && near(bx, right)) ||
    (near(ay, top) && near(by, top)) ||
    (near(ay, bottom) && near(by, bottom))
  );
}
