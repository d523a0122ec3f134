/** Geometries as they come, made such that they can be drawn; or why they cannot. Pure. */
import type { Geometry, Position } from 'geojson';
import { selfCrossing } from '../extent.ts';

export interface Repaired {
  /** Null: nothing is left of it. */
  geometry: Geometry | null;
  /** What was repaired, or tried. */
  repairs: string[];
}

/** No road, river or parcel of a layer is so large, m: what is farther from the middle of its points is a slip. */
const FAR_M = 1_000_000;
export const FAR_POINT = 'a point far from all others left out';

/** Outlines of so many points are looked through for crossings; what is longer is drawn as it is. */
const MAX_CROSSING_POINTS = 2_000;

/**
 * Parts without ground are dropped, open rings closed, points left out that have a coordinate that is no number or lie a thousand
 * kilometres from the others. An outline that
 * crosses itself stays: what is drawn by the even-odd rule is the ground its loops enclose.
 */
export function repaired(geometry: Geometry): Repaired {
  const repairs = new Set<string>();
  const lines = (parts: Position[][]) =>
    kept(
      parts.map((part) => line(part, repairs)),
      repairs,
    );
  const polygons = (parts: Position[][][]) =>
    kept(
      parts.map((rings) => polygon(rings, repairs)),
      repairs,
    );
  const of = (part: Geometry): Geometry | null => {
    if (part.type === 'GeometryCollection') {
      const geometries = kept((part.geometries ?? []).map(of), repairs);
      return geometries.length === 0 ? null : { type: 'GeometryCollection', geometries };
    }
    if (!Array.isArray(part.coordinates)) return null;
    if (part.type === 'LineString')
      return one(lines([part.coordinates]), (coordinates) => ({ type: 'LineString', coordinates }));
    if (part.type === 'Polygon')
      return one(polygons([part.coordinates]), (coordinates) => ({ type: 'Polygon', coordinates }));
    if (part.type === 'MultiLineString')
      return some(lines(part.coordinates), (coordinates) => ({ type: 'MultiLineString', coordinates }));
    if (part.type === 'MultiPolygon')
      return some(polygons(part.coordinates), (coordinates) => ({ type: 'MultiPolygon', coordinates }));
    const points = part.type === 'Point' ? [part.coordinates] : part.type === 'MultiPoint' ? part.coordinates : [];
    return points.length > 0 && points.every(isPosition) ? part : null;
  };
  return { geometry: of(geometry), repairs: [...repairs] };
}

const isPosition = (position: unknown): position is Position =>
  Array.isArray(position) && Number.isFinite(position[0]) && Number.isFinite(position[1]);

const one = <Part>(parts: Part[], make: (part: Part) => Geometry) => (parts.length === 0 ? null : make(parts[0]!));
const some = <Part>(parts: Part[], make: (parts: Part[]) => Geometry) => (parts.length === 0 ? null : make(parts));

function kept<Part>(parts: (Part | null)[], repairs: Set<string>): Part[] {
  const left = parts.filter((part) => part !== null);
  if (left.length > 0 && left.length < parts.length) repairs.add('a part without ground dropped');
  return left;
}

function points(found: unknown, repairs: Set<string>): Position[] {
  const positions = (Array.isArray(found) ? found : []).filter(isPosition);
  if (Array.isArray(found) && positions.length < found.length) repairs.add('a coordinate that is no number left out');
  const near = withoutFar(positions);
  if (near.length < positions.length) repairs.add(FAR_POINT);
  return near.filter(([x, y], i) => i === 0 || x !== near[i - 1]![0] || y !== near[i - 1]![1]);
}

function withoutFar(positions: Position[]): Position[] {
  const [rangeX, rangeY] = [0, 1].map((axis) => {
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const position of positions) {
      min = Math.min(min, position[axis]!);
      max = Math.max(max, position[axis]!);
    }
    return max - min;
  });
  if (positions.length === 0 || Math.max(rangeX!, rangeY!) <= FAR_M) return positions;
  const middle = (axis: number) =>
    positions.map((position) => position[axis]!).sort((a, b) => a - b)[positions.length >> 1]!;
  const [x, y] = [middle(0), middle(1)];
  return positions.filter((position) => Math.max(Math.abs(position[0]! - x), Math.abs(position[1]! - y)) <= FAR_M);
}

function line(found: unknown, repairs: Set<string>): Position[] | null {
  const positions = points(found, repairs);
  return positions.length < 2 ? null : positions;
}

function polygon(rings: unknown, repairs: Set<string>): Position[][] | null {
  const closed = (Array.isArray(rings) ? rings : []).map((ring) => closedRing(points(ring, repairs), repairs));
  if (!closed[0]) return null; // holes without an outline are none
  if (closed.some((ring) => ring && ring.length <= MAX_CROSSING_POINTS && selfCrossing(ring))) {
    repairs.add('an outline that crosses itself drawn by the even-odd rule');
  }
  return kept(closed, repairs);
}

function closedRing(ring: Position[], repairs: Set<string>): Position[] | null {
  const [first, last] = [ring[0], ring.at(-1)];
  const isOpen = first !== undefined && (first[0] !== last![0] || first[1] !== last![1]);
  const whole = isOpen ? [...ring, first] : ring;
  if (whole.length < 4) return null;
  if (isOpen) repairs.add('an open ring closed');
  return whole;
}
