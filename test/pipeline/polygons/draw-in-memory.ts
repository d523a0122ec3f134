/** The geometric step on a raster in memory, cut as asked: regions, borders, lines, rings. */
import { cutInDalles } from '../../../pipeline/grid.ts';
import type { Arc } from '../../../pipeline/polygons/arcs/arc.ts';
import { piecesOf } from '../../../pipeline/polygons/arcs/block-borders.ts';
import { DrawingOrder } from '../../../pipeline/polygons/arcs/drawing-order.ts';
import { ringsOfRegion } from '../../../pipeline/polygons/arcs/region-rings.ts';
import { RegionTracker } from '../../../pipeline/polygons/arcs/region-tracker.ts';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import { rootOf } from '../../../pipeline/polygons/blocks/linked-regions.ts';
import { ringVertices } from '../../../pipeline/polygons/coverage/polygon-text.ts';
import { drawLines } from '../../../pipeline/polygons/lines/draw-lines.ts';
import { clearanceReachPx, type LineRules } from '../../../pipeline/polygons/lines/line-of-arc.ts';
import { connectedRegions } from '../../../pipeline/regions.ts';
import { unitGrid } from './ascii.ts';

export interface DrawnRegion {
  value: number;
  pixels: number;
  firstPixel: number;
  /** Rings as x and y by turns, in 1/64 of a pixel, closed; the region on the left (y to the south), outer ring first. */
  rings: number[][];
  /** Whether all its borders are squared, but the extent's. */
  squared: boolean;
}

export interface DrawnBorder {
  arc: Arc<{ value: number }>;
  line: Int32Array;
}

export interface DrawnRaster {
  /** By first pixel. */
  regions: DrawnRegion[];
  borders: DrawnBorder[];
}

export function drawRaster(
  classes: Uint8Array,
  widthPx: number,
  rules: LineRules,
  blockPx = Math.max(widthPx, classes.length / widthPx),
): DrawnRaster {
  const heightPx = classes.length / widthPx;
  const reachPx = clearanceReachPx(rules.tolerancePx);
  const tracker = new RegionTracker(widthPx, heightPx);
  const order = new DrawingOrder(rules.tolerancePx > 0 && rules.isBuilding ? rules.isBuilding : () => false);
  const regions: DrawnRegion[] = [];
  const borders: DrawnBorder[] = [];
  for (const block of cutInDalles(unitGrid(widthPx, heightPx), blockPx)) {
    const { pixels } = framedFrom(classes, widthPx, block, 0);
    const framed = framedFrom(classes, widthPx, block, reachPx + 1);
    const lastColumn = block.xPx + block.widthPx === widthPx;
    const lastRow = block.yPx + block.heightPx === heightPx;
    const pieces = piecesOf({ ...framed, framed: framed.pixels, lastColumn, lastRow }, reachPx);
    const labelled = connectedRegions(pixels, block.widthPx, block.heightPx);
    const whole = tracker.take(block, labelled, pixels, pieces);
    const { arcs: drawn, buildings, regions: given } = order.take(tracker.takeArcs(), whole);
    const { lines, squared } = drawLines(drawn, buildings, rules);
    drawn.forEach((arc, i) => {
      arc.line = lines[i]!;
      arc.squared = squared[i] === 1;
      borders.push({ arc, line: arc.line });
    });
    for (const region of given) {
      const { value, pixels: count, firstPixel, arcs } = region;
      const rings = ringsOfRegion(arcs, (side) => side !== null && rootOf(side) === region);
      const inside = arcs.filter(({ left, right }) => left !== null && right !== null);
      regions.push({
        value,
        pixels: count,
        firstPixel,
        rings: rings.map((ring) => Array.from(ringVertices(ring))),
        squared: inside.length > 0 && inside.every((arc) => arc.squared),
      });
    }
  }
  regions.sort((a, b) => a.firstPixel - b.firstPixel);
  return { regions, borders };
}
