/** The shapes of a shapefile as GeoJSON: heights and measures are dropped. Pure. */
import type { Geometry, Position } from 'geojson';
import { areaOf, isInside } from '../rings.ts';

/** By type of shape, those with Z (+ 10) and with M (+ 20) alike. */
const [NULL, POINT, POLYLINE, POLYGON, MULTIPOINT] = [0, 1, 3, 5, 8];

/** The content of a record, from its type on. A shape that cannot be read has a `fault`. */
export function shapeGeometry(content: Buffer): { geometry: Geometry | null; fault?: string } {
  const type = content.readInt32LE(0);
  const kind = type > 20 ? type - 20 : type > 10 ? type - 10 : type;
  if (kind === NULL) return { geometry: null };
  try {
    if (kind === POINT) return { geometry: { type: 'Point', coordinates: positionAt(content, 4) } };
    if (kind === MULTIPOINT)
      return { geometry: { type: 'MultiPoint', coordinates: positions(content, 40, content.readUInt32LE(36)) } };
    if (kind === POLYLINE) return { geometry: lineOf(partsOf(content)) };
    if (kind === POLYGON) return { geometry: polygonOf(partsOf(content)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { geometry: null, fault: 'bytes are missing' };
  }
  return { geometry: null, fault: `shape type ${type}` };
}

const positionAt = (content: Buffer, at: number): Position => [content.readDoubleLE(at), content.readDoubleLE(at + 8)];

function positions(content: Buffer, at: number, count: number): Position[] {
  if (at + count * 16 > content.length) throw new RangeError('points past the end of the record');
  return Array.from({ length: count }, (_, i) => positionAt(content, at + i * 16));
}

/** Box (4 to 36), number of parts, of points, first point of each part, points. */
function partsOf(content: Buffer): Position[][] {
  const [parts, points] = [content.readUInt32LE(36), content.readUInt32LE(40)];
  const pointsAt = 44 + parts * 4;
  if (pointsAt > content.length) throw new RangeError('parts past the end of the record');
  const all = positions(content, pointsAt, points);
  const starts = Array.from({ length: parts }, (_, i) => content.readUInt32LE(44 + i * 4));
  return starts.map((start, i) => all.slice(start, starts[i + 1] ?? points));
}

const lineOf = (parts: Position[][]): Geometry =>
  parts.length === 1 ? { type: 'LineString', coordinates: parts[0]! } : { type: 'MultiLineString', coordinates: parts };

/** Outlines go clockwise, holes the other way; a hole is of the smallest outline that holds it, and of none an outline itself. */
function polygonOf(rings: Position[][]): Geometry {
  const outlines = rings.filter((ring) => areaOf(ring) <= 0).map((ring) => [ring]);
  outlines.sort((a, b) => areaOf(b[0]!) - areaOf(a[0]!)); // smallest first
  const alone: Position[][][] = [];
  for (const hole of rings.filter((ring) => areaOf(ring) > 0)) {
    const holder = outlines.find(([outline]) => isInside([outline!], hole[0]!));
    if (holder) holder.push(hole);
    else alone.push([hole]);
  }
  const coordinates = [...outlines, ...alone];
  return coordinates.length === 1
    ? { type: 'Polygon', coordinates: coordinates[0]! }
    : { type: 'MultiPolygon', coordinates };
}
