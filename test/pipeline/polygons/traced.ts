/** A drawing's polygons, borders along the pixels. */
import type { Position } from 'geojson';
import { UNITS_PER_PX } from '../../../pipeline/polygons/lines/draft-line.ts';
import type { Drawing } from './ascii.ts';
import { drawRaster } from './draw-in-memory.ts';

/** Polygons of all regions, by their first pixel, in the unit grid. */
export function polygonsOf({ classes, widthPx, heightPx }: Drawing): Position[][][] {
  const { regions } = drawRaster(classes, widthPx, { tolerancePx: 0 });
  return regions.map(({ rings }) => rings.map((vertices) => positionsOf(vertices, heightPx)));
}

function positionsOf(vertices: number[], heightPx: number): Position[] {
  return Array.from({ length: vertices.length / 2 }, (_, i) => [
    vertices[2 * i]! / UNITS_PER_PX,
    heightPx - vertices[2 * i + 1]! / UNITS_PER_PX,
  ]);
}
