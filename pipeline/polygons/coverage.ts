/** A class raster as a coverage: regions, the arcs between them, and their polygons. Pure. */
import { type Grid, groundX, groundY } from '../grid.ts';
import { connectedRegions, type Regions } from '../regions.ts';
import { type Rings, ringCorners, ringsOf } from './rings.ts';
import { type Arcs, traceArcs } from './trace-arcs.ts';

export interface Coverage {
  regions: Regions;
  arcs: Arcs;
  rings: Rings;
}

/** Traces `classes` (widthPx × heightPx, 0 = nodata). `regions` are those of `classes`, where the caller has them. */
export function traceCoverage(
  classes: Uint8Array,
  widthPx: number,
  heightPx: number,
  regions = connectedRegions(classes, widthPx, heightPx),
): Coverage {
  const arcs = traceArcs(regions, widthPx, heightPx);
  return { regions, arcs, rings: ringsOf(arcs, regions.count) };
}

/**
 * Gives the coordinates of a region's polygon on the ground, as the text of a GeoJSON `coordinates` member: outer ring first.
 * Text, because it is what is written and hashed: each column's x and each row's y is turned into digits once.
 */
export function coordinatesWriter({ arcs, rings }: Coverage, grid: Grid): (region: number) => string {
  const xText = Array.from({ length: grid.widthPx + 1 }, (_, xPx) => `[${groundX(grid, xPx)},`);
  const yText = Array.from({ length: grid.heightPx + 1 }, (_, yPx) => `${groundY(grid, yPx)}]`);
  const scratch: number[] = [];
  const ringText = (firstHalf: number) => {
    let text = '';
    for (const corner of ringCorners(arcs, firstHalf, scratch)) {
      const xPx = corner % arcs.stride;
      text += `${text === '' ? '' : ','}${xText[xPx]}${yText[(corner - xPx) / arcs.stride]}`;
    }
    return `[${text}]`;
  };
  return (region) => {
    const texts: string[] = [];
    for (let ring = rings.starts[region]!; ring < rings.starts[region + 1]!; ring++) {
      texts.push(ringText(rings.firstHalf[ring]!));
    }
    return `[${texts.join(',')}]`;
  };
}
