/** Polygons with a class on the pixels of a grid. Pure. */
import type { MultiPolygon, Polygon } from 'geojson';
import type { BboxLocal, Grid } from '../grid.ts';
import { burn } from '../rasterise.ts';

/** A polygon that can be used; `value` is 1 + the index of its class, 1 for zones, CONTESTED for doubtful ground. */
export interface CodedPolygon {
  id: string;
  value: number;
  geometry: Polygon | MultiPolygon;
  bbox: BboxLocal;
}

/** Two classes claim the pixel, or whoever drew it could not tell. */
export const CONTESTED = 255;

/** Values of polygons on a grid; 0 where none or contradicting ones lie, and how many pixels contradict. */
export function burnValues(polygons: CodedPolygon[], grid: Grid): { values: Uint8Array; contested: number } {
  const values = new Uint8Array(grid.widthPx * grid.heightPx);
  const mask = new Uint8Array(values.length);
  for (const { geometry, value, bbox } of polygons) {
    burn(geometry, 0, grid, mask);
    const { left, right, top, bottom } = pixelsIn(bbox, grid);
    for (let y = top; y < bottom; y++) {
      for (let i = y * grid.widthPx + left; i < y * grid.widthPx + right; i++) {
        if (mask[i] === 0) continue;
        mask[i] = 0;
        values[i] = values[i] === 0 || values[i] === value ? value : CONTESTED;
      }
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

/** The pixels a box may cover, those alone are looked at. */
function pixelsIn([minX, minY, maxX, maxY]: BboxLocal, { originX, originY, resolutionM, widthPx, heightPx }: Grid) {
  const clamp = (px: number, most: number) => Math.min(Math.max(px, 0), most);
  return {
    left: clamp(Math.floor((minX - originX) / resolutionM) - 1, widthPx),
    right: clamp(Math.ceil((maxX - originX) / resolutionM) + 1, widthPx),
    top: clamp(Math.floor((originY - maxY) / resolutionM) - 1, heightPx),
    bottom: clamp(Math.ceil((originY - minY) / resolutionM) + 1, heightPx),
  };
}
