/** An extent on the pixels of windows. Pure. */
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { type Grid, type PixelWindow, windowGrid } from './grid.ts';
import { burn } from './rasterise.ts';
import { ringsOf } from './rings.ts';

/** heightPx × widthPx of a window of `grid`: 1 where the extent holds the pixel's centre. */
export type ExtentMask = (grid: Grid, window: PixelWindow) => Uint8Array;

/**
 * Masks of an extent in the grid's CRS. By the even-odd rule a polygon is the set of its edges: a window burns those alone that
 * cross its rows, however long the outline is.
 */
export function extentMask(extent: Polygon | MultiPolygon): ExtentMask {
  const bands = bandsOf(extent);
  return (grid, window) => {
    const part = windowGrid(grid, window);
    const first = bandAt(part.originY - part.heightPx * part.resolutionM);
    const crossing: [Position, Position][] = [];
    for (let band = first; band <= bandAt(part.originY); band++) {
      for (const edge of bands.get(band) ?? []) {
        if (band === Math.max(first, bandAt(southOf(edge)))) crossing.push(edge); // in several bands, taken once
      }
    }
    const mask = new Uint8Array(window.widthPx * window.heightPx);
    burn({ type: 'Polygon', coordinates: crossing }, 0, part, mask);
    return mask;
  };
}

const BAND_M = 100;

const bandAt = (y: number) => Math.floor(y / BAND_M);

const southOf = ([a, b]: [Position, Position]) => Math.min(a[1]!, b[1]!);

/** Edges by each band of ground they cross. */
function bandsOf(extent: Polygon | MultiPolygon): Map<number, [Position, Position][]> {
  const bands = new Map<number, [Position, Position][]>();
  for (const ring of ringsOf(extent)) {
    for (let i = 1; i < ring.length; i++) {
      const edge: [Position, Position] = [ring[i - 1]!, ring[i]!];
      const last = bandAt(Math.max(edge[0][1]!, edge[1][1]!));
      for (let band = bandAt(southOf(edge)); band <= last; band++) {
        const there = bands.get(band);
        if (there) there.push(edge);
        else bands.set(band, [edge]);
      }
    }
  }
  return bands;
}
