/** Polygons with a class on the pixels of a grid. Pure. */
import type { MultiPolygon, Polygon } from 'geojson';
import type { BboxLocal, Grid } from '../grid.ts';
import { burn } from '../rasterise.ts';

/** A polygon that can be used; `value` is 1 + the index of its class, 1 for zones. */
export interface CodedPolygon {
  id: string;
  value: number;
  geometry: Polygon | MultiPolygon;
  bbox: BboxLocal;
}

/** Two classes claim the pixel. */
const CONTESTED = 255;

/** Values of polygons on a grid; 0 where none or contradicting ones lie, and how many pixels contradict. */
export function burnValues(polygons: CodedPolygon[], grid: Grid): { values: Uint8Array; contested: number } {
  const values = new Uint8Array(grid.widthPx * grid.heightPx);
  const mask = new Uint8Array(values.length);
  for (const { geometry, value } of polygons) {
    mask.fill(0);
    burn(geometry, 0, grid, mask);
    for (let i = 0; i < values.length; i++) {
      if (mask[i] !== 0) values[i] = values[i] === 0 || values[i] === value ? value : CONTESTED;
    }
  }
  let contested = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== CONTESTED) continue;
    values[i] = 0;
    contested++;
  }
  return { values, contested };
}
