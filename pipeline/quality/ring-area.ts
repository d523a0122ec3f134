/** Areas of rings. Pure. */
import type { Position } from 'geojson';

/** Shoelace formula from the first vertex, so that large coordinates cost no digits. Positive: counter-clockwise. */
export function areaOf(ring: Position[]): number {
  const [x0, y0] = ring[0] as [number, number];
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
