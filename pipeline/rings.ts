/** Rings of GeoJSON polygons: their areas, and what lies in them. Pure. */
import type { MultiPolygon, Polygon, Position } from 'geojson';

/** Each polygon: its outline, then its holes. */
export const polygonsOf = (geometry: Polygon | MultiPolygon): Position[][][] =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;

/** Outlines and holes alike. */
export const ringsOf = (geometry: Polygon | MultiPolygon): Position[][] => polygonsOf(geometry).flat();

/** Shoelace formula from the first vertex, so that large coordinates cost no digits. Positive: counter-clockwise. */
export function areaOf(ring: Position[]): number {
  const [x0, y0] = (ring[0] ?? [0, 0]) as [number, number];
  let twice = 0;
  let [x, y] = [0, 0];
  for (let i = 1; i < ring.length; i++) {
    const nextX = ring[i]![0]! - x0;
    const nextY = ring[i]![1]! - y0;
    twice += x * nextY - nextX * y;
    [x, y] = [nextX, nextY];
  }
  return twice / 2;
}

/** Of a polygon, its holes taken away, whatever way its rings turn. */
export const polygonAreaM2 = (rings: Position[][]) =>
  rings.reduce((sum, ring, index) => sum + (index === 0 ? 1 : -1) * Math.abs(areaOf(ring)), 0);

/** Whether an odd number of the rings go round a place, by the crossings of a line to the east; on an edge it may be either. */
export function isInside(rings: Position[][], [x, y]: Position): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [[ax, ay], [bx, by]] = [ring[i - 1] as [number, number], ring[i] as [number, number]];
      if (ay > y! !== by > y! && x! < ax + ((y! - ay) / (by - ay)) * (bx - ax)) inside = !inside;
    }
  }
  return inside;
}
