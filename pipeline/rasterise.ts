/** Reference features on the pixels of a grid: a pixel is covered when its centre is. Pure. */
import type { Geometry, Position } from 'geojson';
import type { Grid, PixelWindow } from './grid.ts';

/**
 * Sets `mask` (one byte a pixel of `window`, the whole of `grid` where it is left out) to 1 where a feature covers the pixel's centre. Polygons by the even-odd rule over
 * their rings; lines with round ends, `widthM` wide. A centre exactly on a left or upper edge is in, on a right or lower one
 * out, so that two polygons side by side never share a pixel. Points cover nothing. Coordinates are in the grid's CRS. Windows of a
 * grid hold what the whole would, to the pixel.
 */
export function burn(geometry: Geometry, widthM: number, grid: Grid, mask: Uint8Array, window?: PixelWindow): void {
  const rows: PixelWindow = window ?? { xPx: 0, yPx: 0, widthPx: grid.widthPx, heightPx: grid.heightPx };
  const fill = spanFiller(rows, mask);
  const toPixels = (positions: Position[]) =>
    positions.map(([x, y]): Point => [(x! - grid.originX) / grid.resolutionM, (grid.originY - y!) / grid.resolutionM]);
  for (const rings of polygonsIn(geometry)) burnRings(rings.map(toPixels), rows, fill);
  for (const line of linesIn(geometry)) burnLine(toPixels(line), widthM / grid.resolutionM / 2, fill);
}

function polygonsIn(geometry: Geometry): Position[][][] {
  if (geometry.type === 'Polygon') return [geometry.coordinates];
  if (geometry.type === 'MultiPolygon') return geometry.coordinates;
  return geometry.type === 'GeometryCollection' ? geometry.geometries.flatMap(polygonsIn) : [];
}

/** Lines of a geometry, those of its parts too; none of polygons and points. */
export function linesIn(geometry: Geometry): Position[][] {
  if (geometry.type === 'LineString') return [geometry.coordinates];
  if (geometry.type === 'MultiLineString') return geometry.coordinates;
  return geometry.type === 'GeometryCollection' ? geometry.geometries.flatMap(linesIn) : [];
}

/** Pixels from the grid's upper left corner; pixel (column, row) has its centre at + 0.5. */
type Point = [x: number, y: number];

/** Covers the pixels of a row whose centres lie from `from` (in) to `to` (out). */
type FillSpan = (row: number, from: number, to: number) => void;

const firstCentreFrom = (position: number) => Math.ceil(position - 0.5);

function spanFiller({ xPx, yPx, widthPx, heightPx }: PixelWindow, mask: Uint8Array): FillSpan {
  return (row, from, to) => {
    if (row < yPx || row >= yPx + heightPx) return;
    const start = Math.min(Math.max(firstCentreFrom(from) - xPx, 0), widthPx);
    const end = Math.min(Math.max(firstCentreFrom(to) - xPx, start), widthPx);
    mask.fill(1, (row - yPx) * widthPx + start, (row - yPx) * widthPx + end);
  };
}

function burnRings(rings: Point[][], { yPx, heightPx }: PixelWindow, fill: FillSpan): void {
  const crossings = new Map<number, number[]>();
  for (const ring of rings) {
    for (let i = 0; i + 1 < ring.length; i++) {
      const [a, b] = ring[i]![1] < ring[i + 1]![1] ? [ring[i]!, ring[i + 1]!] : [ring[i + 1]!, ring[i]!];
      const end = Math.min(firstCentreFrom(b[1]), yPx + heightPx);
      for (let row = Math.max(firstCentreFrom(a[1]), yPx); row < end; row++) {
        const x = a[0] + ((row + 0.5 - a[1]) / (b[1] - a[1])) * (b[0] - a[0]);
        const onRow = crossings.get(row);
        if (onRow) onRow.push(x);
        else crossings.set(row, [x]);
      }
    }
  }
  for (const [row, xs] of crossings) {
    xs.sort((a, b) => a - b);
    for (let k = 0; k + 1 < xs.length; k += 2) fill(row, xs[k]!, xs[k + 1]!);
  }
}

function burnLine(points: Point[], radius: number, fill: FillSpan): void {
  for (let i = 0; i + 1 < points.length; i++) burnSegment(points[i]!, points[i + 1]!, radius, fill);
}

/** All within `radius` of a segment. The shape is convex: on each row it is one span, the hull of those of its three parts. */
function burnSegment(a: Point, b: Point, radius: number, fill: FillSpan): void {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const [sideX, sideY] =
    length === 0 ? [0, 0] : [(-(b[1] - a[1]) / length) * radius, ((b[0] - a[0]) / length) * radius];
  const corners: Point[] = [
    [a[0] + sideX, a[1] + sideY],
    [b[0] + sideX, b[1] + sideY],
    [b[0] - sideX, b[1] - sideY],
    [a[0] - sideX, a[1] - sideY],
  ];
  const end = firstCentreFrom(Math.max(a[1], b[1]) + radius);
  for (let row = firstCentreFrom(Math.min(a[1], b[1]) - radius); row < end; row++) {
    const y = row + 0.5;
    const xs = [...discSpan(a, radius, y), ...discSpan(b, radius, y), ...outlineCrossings(corners, y)];
    if (xs.length > 0) fill(row, Math.min(...xs), Math.max(...xs));
  }
}

function discSpan([x, centreY]: Point, radius: number, y: number): number[] {
  const square = radius ** 2 - (y - centreY) ** 2;
  return square < 0 ? [] : [x - Math.sqrt(square), x + Math.sqrt(square)];
}

function outlineCrossings(corners: Point[], y: number): number[] {
  return corners.flatMap((from, i) => {
    const to = corners[(i + 1) % corners.length]!;
    if (from[1] <= y === to[1] <= y) return [];
    return [from[0] + ((y - from[1]) / (to[1] - from[1])) * (to[0] - from[0])];
  });
}
