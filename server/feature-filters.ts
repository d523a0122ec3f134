/** Conditions on properties and place, as pieces of SQL with bound values. Names come from a source's own columns only. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../sql/database.ts';
import type { Crs } from './crs.ts';
import { InvalidParameter } from './errors.ts';
import type { ColumnType, FilterColumn, Segment } from './feature-source.ts';
import { type BboxEast, parseDepartement, type QueryBox } from './params.ts';
import type { Snapshot } from './registry.ts';

/** A property that must equal a value, as the client wrote it and as the database has it. */
export interface PropertyFilter {
  name: string;
  value: string | number | boolean | string[];
}

export function readFilters(
  query: Map<string, string>,
  columns: ReadonlyMap<string, FilterColumn>,
  snapshot: Snapshot,
): PropertyFilter[] {
  return [...columns].flatMap(([name, { type }]) => {
    const text = query.get(name);
    return text === undefined ? [] : [{ name, value: PARSERS[type](name, text, snapshot) }];
  });
}

const INT4_MAX = 2_147_483_647;

const PARSERS: Record<ColumnType, (name: string, text: string, snapshot: Snapshot) => PropertyFilter['value']> = {
  text: (_name, text) => text,
  code: (name, text, { codesBelow }) => {
    const codes = codesBelow.get(text);
    if (codes === undefined) throw new InvalidParameter(name, text, 'a code of the nomenclature such as CS1.1 or US2');
    return codes;
  },
  integer: (name, text) => {
    if (/^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) <= INT4_MAX) return Number(text);
    throw new InvalidParameter(name, text, 'a whole number');
  },
  number: (name, text) => {
    if (/^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
    throw new InvalidParameter(name, text, 'a number');
  },
  boolean: (name, text) => {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new InvalidParameter(name, text, 'true or false');
  },
  departement: (_name, text) => parseDepartement(text),
};

/** Whether a segment may hold what is asked for: its shared values agree with the filters. */
export const segmentMatches = ({ constants }: Segment, filters: PropertyFilter[]) =>
  filters.every(({ name, value }) => constants[name] === undefined || constants[name] === String(value));

/** `and a = $1 and b = any($2) and st_intersects(geom, $3)`, or nothing. `box`: EWKB in the segment's CRS. */
export function whereClause(segment: Segment, filters: PropertyFilter[], box: string | undefined): RawBuilder<unknown> {
  const conditions = filters
    .filter(({ name }) => segment.constants[name] === undefined)
    .map(({ name, value }) =>
      Array.isArray(value) ? sql`and ${sql.ref(name)} = any(${value}::text[])` : sql`and ${sql.ref(name)} = ${value}`,
    );
  if (box !== undefined) conditions.push(sql`and st_intersects(geom, ${box}::geometry)`); // gist (geom)
  return sql.join(conditions, sql` `);
}

/** A point or a line is widened by a tenth of a millimetre: as an area it would be empty, and find nothing. */
function withSides([west, south, east, north]: BboxEast, { geographic }: Crs): BboxEast {
  const hair = geographic ? 1e-9 : 1e-4;
  const [x, y] = [west === east ? hair : 0, south === north ? hair : 0];
  return [west - x, south - y, east + x, north + y];
}

/**
 * The box asked for in the segment's CRS, as EWKB in hex; undefined when it does not reach the segment.
 *
 * The data stay as they are and keep their index: it is the box that is transformed, with vertices added so that its sides
 * bend as they should. First it is cut to the segment's extent: a box around the world has no Lambert-93 coordinates.
 */
export async function boxOfSegment(
  { db }: Database,
  { crs, boxes }: QueryBox,
  { srid, bboxWgs84 }: Segment,
): Promise<string | undefined> {
  if (bboxWgs84 === null) return undefined;
  const [west, south, east, north] = bboxWgs84 as [number, number, number, number];
  const apart = (box: number[]) => box[0]! > east || box[2]! < west || box[1]! > north || box[3]! < south;
  if (crs.geographic && boxes.every(apart)) return undefined;
  const envelopes = boxes.map((box) => sql`st_makeenvelope(${sql.join(withSides(box, crs))}, ${crs.srid}::int)`);
  const asked = sql`st_multi(st_union(array[${sql.join(envelopes)}]))`;
  const room = sql`st_expand(st_makeenvelope(${west}, ${south}, ${east}, ${north}, 4326), 0.01)`;
  const { rows } = await sql<{ box: string | null }>`
    with asked as (select ${asked} as geom),
         extent as (select st_transform(st_segmentize(${room}, 0.05), ${crs.srid}::int) as geom),
         cut as (select st_intersection(asked.geom, st_envelope(extent.geom)) as geom from asked, extent),
         side as (select greatest(st_xmax(geom) - st_xmin(geom), st_ymax(geom) - st_ymin(geom), 1e-6) as length from cut)
    select case when not st_isempty(geom)
                then st_transform(st_segmentize(geom, side.length / 100), ${srid}::int)::text end as box
      from cut, side`.execute(db);
  return rows[0]!.box ?? undefined;
}
