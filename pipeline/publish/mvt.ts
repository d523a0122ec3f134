/** Polygons of one tile, in whole tile units, to Mapbox Vector Tile 2.1 (https://github.com/mapbox/vector-tile-spec). Pure. */
// @ts-expect-error the package brings no types; `VtPbf` is what we use of it
import vtPbf from 'vt-pbf';

/** Units along a tile's side. */
export const EXTENT = 4096;
export const LAYER = 'occupation_sol';

export interface TilePolygon {
  id: number;
  properties: Record<string, string | number | boolean | null>;
  /** Closed rings, flat x, y; an outer ring winds positively (y down) and its holes follow it, negatively. */
  rings: ArrayLike<number>[];
}

/** The specification's number for polygons. */
const POLYGON = 3;

interface VtPbf {
  fromVectorTileJs(tile: { layers: Record<string, object> }): Uint8Array;
}

interface Point {
  x: number;
  y: number;
}

/**
 * The tile's bytes, not compressed; undefined when nothing in it is at least one unit large. Polygons that round to no area
 * at this zoom cannot be written (the specification wants positive area) and leave no hole: their neighbours' edges meet there.
 */
export function encodeTile(polygons: Iterable<TilePolygon>): Uint8Array | undefined {
  const features: object[] = [];
  for (const { id, properties, rings } of polygons) {
    const geometry = tidyRings(rings);
    if (geometry.length > 0) features.push({ id, type: POLYGON, properties, loadGeometry: () => geometry });
  }
  if (features.length === 0) return undefined;
  const layer = {
    name: LAYER,
    version: 2,
    extent: EXTENT,
    length: features.length,
    feature: (index: number) => features[index],
  };
  return (vtPbf as VtPbf).fromVectorTileJs({ layers: { [LAYER]: layer } });
}

/** Rings with an area, the first one outer. A hole cannot outlive its outer ring: it lies within it. */
function tidyRings(rings: ArrayLike<number>[]): Point[][] {
  const kept: Point[][] = [];
  for (const ring of rings) {
    const points = tidyRing(ring);
    const area = points.length < 4 ? 0 : doubleArea(points);
    if (area === 0) continue;
    if (kept.length === 0 && area < 0) points.reverse(); // rounding turned a sliver over
    kept.push(points);
  }
  return kept;
}

/**
 * Drops vertices that rounding laid on top of one another, and what goes forth and back on itself: neither encloses ground.
 * Vertices straight on a line stay: a neighbour may turn off there, and both keep the same vertices along a shared edge.
 */
function tidyRing(ring: ArrayLike<number>): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < ring.length; i += 2) {
    const point = { x: ring[i]!, y: ring[i + 1]! };
    while (points.length > 0 && saysNothing(points.at(-2), points.at(-1)!, point)) points.pop();
    points.push(point);
  }
  // The start is a vertex like any other: it may be the tip of a spike too.
  while (points.length > 3 && saysNothing(points.at(-2), points[0]!, points[1]!)) {
    points.shift();
    points[points.length - 1] = points[0]!;
  }
  return points;
}

/** Whether `point` repeats `after`, or is the tip of a spike of no width between `before` and `after`. */
function saysNothing(before: Point | undefined, point: Point, after: Point): boolean {
  if (point.x === after.x && point.y === after.y) return true;
  if (before === undefined) return false;
  const dx = after.x - point.x;
  const dy = after.y - point.y;
  const cross = (point.x - before.x) * dy - (point.y - before.y) * dx;
  return cross === 0 && (point.x - before.x) * dx + (point.y - before.y) * dy < 0;
}

/** Twice the signed area of a closed ring; positive when it is an outer ring (y down). */
function doubleArea(points: Point[]): number {
  let sum = 0;
  for (let i = 0; i < points.length - 1; i++) {
    sum += points[i]!.x * points[i + 1]!.y - points[i + 1]!.x * points[i]!.y;
  }
  return sum;
}
