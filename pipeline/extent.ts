/** The ground a production is limited to: GeoJSON, inline or in a file, brought to the CRS of the run. */
import { readFile } from 'node:fs/promises';
import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { Database } from '../sql/database.ts';
import { BadInput } from './errors.ts';
import { checkGround } from './ground.ts';
import { polygonAreaM2, polygonsOf, ringsOf } from './rings.ts';

export type Extent = Polygon | MultiPolygon;

const WGS84 = 4326;

/**
 * Reads an extent, to the millimetre. Its coordinates are in EPSG:`srid` (metres), or in the CRS its `crs` member names: CRS84,
 * or EPSG:`srid`.
 * Degrees that nothing says to be degrees are refused, not guessed. Throws `BadInput`.
 */
export async function readExtent(asked: string | object, srid: number, database: Database): Promise<Extent> {
  const what = typeof asked === 'string' ? asked : 'extent';
  const document = typeof asked === 'string' ? await readJson(asked) : (asked as Record<string, unknown>);
  const extent = extentIn(document, what);
  const stated = statedSrid(document['crs'], what);
  checkRings(extent, what);
  const inDegrees = ringsOf(extent).every((ring) => ring.every(([x, y]) => Math.abs(x!) <= 180 && Math.abs(y!) <= 90));
  if (stated === WGS84 && !inDegrees) throw new BadInput(`${what}: crs is CRS84, but its coordinates are no degrees`);
  if (stated === undefined && inDegrees) {
    throw new BadInput(
      `${what}: coordinates such as ${firstPosition(extent)} look like degrees, metres of EPSG:${srid} wanted; for degrees add "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}`,
    );
  }
  if (stated !== undefined && stated !== WGS84 && stated !== srid) {
    throw new BadInput(`${what}: crs EPSG:${stated} found, EPSG:${srid} or CRS84 wanted`);
  }
  const local = toMillimetres(stated === WGS84 ? await toLocal(extent, srid, database) : extent);
  for (const ring of ringsOf(local)) for (const [x, y] of ring) checkGround(what, [x!, y!, x!, y!], srid);
  return local;
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new BadInput(`${path}: the extent cannot be read (${error.message})`);
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>;
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message}); wanted a GeoJSON polygon`);
  }
}

/** The geometry, or those of features together. */
function extentIn(document: Record<string, unknown>, what: string): Extent {
  const features = document?.['type'] === 'FeatureCollection' ? document['features'] : [document];
  if (!Array.isArray(features)) throw new BadInput(`${what}: a FeatureCollection without features`);
  const parts = (features as Record<string, unknown>[]).map((feature) => {
    const geometry = (feature?.['type'] === 'Feature' ? feature['geometry'] : feature) as { type?: unknown } | null;
    if (geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon') return geometry as Extent;
    throw new BadInput(`${what}: ${JSON.stringify(geometry?.type ?? null)} found, a Polygon or MultiPolygon wanted`);
  });
  if (parts.length === 0) throw new BadInput(`${what}: no feature found, a Polygon or MultiPolygon wanted`);
  if (parts.length > 1)
    throw new BadInput(`${what}: ${parts.length} features found, one Polygon or MultiPolygon wanted`);
  return parts[0]!;
}

/** The `crs` member of GeoJSON 2008, which GDAL and QGIS write. */
function statedSrid(crs: unknown, what: string): number | undefined {
  if (crs === undefined || crs === null) return undefined;
  const name = String((crs as { properties?: { name?: unknown } }).properties?.name ?? JSON.stringify(crs));
  if (/CRS84$/.test(name)) return WGS84;
  const code = Number(/EPSG:+(?:[\d.]*:)?(\d+)$/i.exec(name)?.[1]);
  if (code > 0 && code !== WGS84) return code;
  throw new BadInput(
    `${what}: crs "${name}" found; CRS84 wanted, or EPSG:n of the run (EPSG:4326 does not say which axis is first)`,
  );
}

function checkRings(extent: Extent, what: string): void {
  const rings = ringsOf(extent);
  const isClosed = (ring: Position[]) => ring[0]![0] === ring.at(-1)![0] && ring[0]![1] === ring.at(-1)![1];
  const isPosition = (position: unknown) =>
    Array.isArray(position) && Number.isFinite(position[0]) && Number.isFinite(position[1]);
  const sound = (ring: unknown) =>
    Array.isArray(ring) && ring.length >= 4 && ring.every(isPosition) && isClosed(ring as Position[]);
  if (rings.length === 0 || !rings.every(sound)) {
    throw new BadInput(`${what}: rings of at least four positions, the last equal to the first, wanted`);
  }
  for (const ring of rings) {
    const at = selfCrossing(ring);
    if (at) throw new BadInput(`${what}: a ring crosses itself at ${at.map((value) => +value.toFixed(6)).join(', ')}`);
  }
}

/**
 * Where two edges of a ring cross, each going from one side of the other to its other side; undefined where none do. Edges are
 * taken by their western end, so that only those that share some width are compared.
 */
export function selfCrossing(ring: Position[]): Position | undefined {
  const edges = ring
    .slice(1)
    .map((to, index): [Position, Position] => (ring[index]![0]! <= to[0]! ? [ring[index]!, to] : [to, ring[index]!]))
    .sort(([a], [b]) => a[0]! - b[0]!);
  for (let i = 0; i < edges.length; i++) {
    const [a, b] = edges[i]!;
    for (let j = i + 1; j < edges.length && edges[j]![0][0]! <= b[0]!; j++) {
      const [c, d] = edges[j]!;
      const [sideC, sideD] = [side(a, b, c), side(a, b, d)];
      if (!(sideC * sideD < 0 && side(c, d, a) * side(c, d, b) < 0)) continue;
      const share = sideC / (sideC - sideD);
      return [c[0]! + share * (d[0]! - c[0]!), c[1]! + share * (d[1]! - c[1]!)];
    }
  }
  return undefined;
}

/** Positive where `p` is left of the line from `a` to `b`. */
const side = (a: Position, b: Position, p: Position) =>
  (b[0]! - a[0]!) * (p[1]! - a[1]!) - (b[1]! - a[1]!) * (p[0]! - a[0]!);

/** Edges are cut into short pieces first: a line straight in degrees is not straight on the ground. */
async function toLocal(extent: Extent, srid: number, database: Database): Promise<Extent> {
  const coordinates = mapRings(extent, inShortPieces);
  const { rows } = await database.pool.query<{ geojson: string }>(
    'select ST_AsGeoJSON(ST_Transform(ST_SetSRID(ST_GeomFromGeoJSON($1), 4326), $2::int), 6) as geojson',
    [JSON.stringify({ type: extent.type, coordinates }), srid],
  );
  return JSON.parse(rows[0]!.geojson) as Extent;
}

/** Some 100 m: on a piece of that length the ground's curve departs from a straight line by less than a millimetre. */
const PIECE_DEGREES = 0.001;

/** The same points for an edge and for the edge the other way round: neighbours have one limit. */
function inShortPieces(ring: Position[]): Position[] {
  const points = ring.slice(1).flatMap((to, i) => {
    const from = ring[i]!;
    const [[ax, ay], [bx, by]] = isBefore(from, to) ? [from, to] : [to, from];
    const count = Math.max(Math.ceil(Math.hypot(bx! - ax!, by! - ay!) / PIECE_DEGREES), 1);
    const between = Array.from({ length: count - 1 }, (_, k): Position => {
      const share = (k + 1) / count;
      return [ax! + share * (bx! - ax!), ay! + share * (by! - ay!)];
    });
    return [from, ...(isBefore(from, to) ? between : between.reverse())];
  });
  return [...points, points[0]!];
}

const isBefore = (a: Position, b: Position) => a[0]! < b[0]! || (a[0] === b[0] && a[1]! < b[1]!);

const mapRings = ({ type, coordinates }: Extent, change: (ring: Position[]) => Position[]) =>
  type === 'Polygon' ? coordinates.map(change) : coordinates.map((polygon) => polygon.map(change));

/** Coordinates to the millimetre, as those of the objects; points that fall together are one. */
function toMillimetres(extent: Extent): Extent {
  const rounded = mapRings(extent, (ring) =>
    ring
      .map(([x, y]): Position => [Math.round(x! * 1000) / 1000, Math.round(y! * 1000) / 1000])
      .filter(([x, y], i, all) => i === 0 || x !== all[i - 1]![0] || y !== all[i - 1]![1]),
  );
  return { type: extent.type, coordinates: rounded } as Extent;
}

/**
 * The extent with the ground round it up to `marginM`, in metres of its CRS; itself for 0. Corners are rounded off by chords, which take
 * some half a percent of the margin.
 */
export async function growExtent(extent: Extent, marginM: number, database: Database): Promise<Extent> {
  if (marginM === 0) return extent;
  const { rows } = await database.pool.query<{ geojson: string | null }>(
    'select ST_AsGeoJSON(ST_Buffer(ST_GeomFromGeoJSON($1), $2::float8), 3) as geojson',
    [JSON.stringify(extent), marginM],
  );
  // The embedded engine breaks off without an error when GEOS throws.
  if (rows[0]?.geojson == null) throw new Error(`the database broke off while it drew a margin of ${marginM} m`);
  const { type, coordinates } = JSON.parse(rows[0].geojson) as Extent;
  return { type, coordinates } as Extent;
}

/** Area of an extent whose rings do not cross: each outline less its holes. */
export function extentAreaM2(extent: Extent): number {
  return polygonsOf(extent).reduce((sum, rings) => sum + polygonAreaM2(rings), 0);
}

const firstPosition = (extent: Extent) => ringsOf(extent)[0]![0]!.join(', ');

/** Throws `BadInput` unless the CRS is known here, projected, and in metres: areas and widths are computed in it. */
export async function checkMetricCrs(srid: number, database: Database): Promise<void> {
  // Primary key of spatial_ref_sys.
  const { rows } = await database.pool.query<{ proj: string }>(
    'select proj4text as proj from spatial_ref_sys where srid = $1',
    [srid],
  );
  const proj = rows[0]?.proj;
  if (proj === undefined) throw new BadInput(`crs EPSG:${srid}: not known here; a projected CRS in metres wanted`);
  if (/\+proj=longlat/.test(proj) || !/\+units=m\b/.test(proj)) {
    throw new BadInput(`crs EPSG:${srid}: "${proj.trim()}" found, a projected CRS in metres wanted`);
  }
}
