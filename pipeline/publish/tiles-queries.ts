/** What tile making reads and writes. `table`: the revision's partition (our own name for it, never a request's). */
import type { Polygon } from 'geojson';
import type { Database } from '../../sql/database.ts';
import type { BboxWgs84 } from './tiles-grid.ts';
import type { StoredTile, TileFeature } from './tiles-slice.ts';

/** One statement's rows: on the embedded engine a statement keeps everybody else waiting. */
const PAGE = 1_000;

/** Throws away what a killed run left. Index: tile's primary key. */
export async function startTiles(database: Database, revisionId: number): Promise<void> {
  await database.pool.query('delete from production.tile where revision_id = $1', [revisionId]);
}

/** Extent of a revision in degrees; its local sides are densified, as they are curved there. Reads the whole table. */
export async function readExtent(database: Database, table: string): Promise<BboxWgs84 | undefined> {
  const { rows } = await database.pool.query<Record<'west' | 'south' | 'east' | 'north', number | null>>(`
    with local as (
      select ST_SetSRID(ST_Extent(geom)::geometry, min(ST_SRID(geom))) as geom from ${table}
    ), degrees as (
      select ST_Transform(ST_Segmentize(geom, greatest(ST_Perimeter(geom) / 64, 1)), 4326) as geom from local
    )
    select ST_XMin(geom) as west, ST_YMin(geom) as south, ST_XMax(geom) as east, ST_YMax(geom) as north from degrees`);
  const { west, south, east, north } = rows[0]!;
  return west === null ? undefined : [west, south!, east!, north!];
}

type ObjectRow = TileFeature['properties'] & { rang: number; geojson: string };

/** The objects whose box meets `bounds` (EPSG:3857 metres), by rang; `too many` when there are more than `maxObjects`. */
export async function readCell(
  database: Database,
  revisionId: number,
  table: string,
  bounds: number[],
  maxObjects: number,
): Promise<TileFeature[] | 'too many'> {
  const rangs = await readRangs(database, table, bounds);
  if (rangs.length > maxObjects) return 'too many';
  const features: TileFeature[] = [];
  for (let at = 0; at < rangs.length; at += PAGE) {
    // Index: the partition's primary key.
    const { rows } = await database.pool.query<ObjectRow>(
      `select rang, geojson_wgs84 as geojson, id, code_cs, code_us, artificiel, impermeable, ossature,
              round(aire_m2)::int as aire_m2, confiance, us_rule, millesime, departement
         from ${table} where revision_id = $1 and rang = any($2::int[]) order by rang`,
      [revisionId, rangs.slice(at, at + PAGE)],
    );
    for (const { rang, geojson, ...properties } of rows) {
      features.push({ type: 'Feature', id: rang, properties, geometry: JSON.parse(geojson) as Polygon });
    }
  }
  return features;
}

/** Index: the partition's gist on geom. The cell's sides are densified before they are turned into the local system. */
async function readRangs(database: Database, table: string, bounds: number[]): Promise<number[]> {
  const { rows } = await database.pool.query<{ rang: number }>(
    `with cell as (
       select ST_Transform(ST_Segmentize(ST_MakeEnvelope($1, $2, $3, $4, 3857), ($3::float8 - $1::float8) / 16), srid) as geom
         from (select ST_SRID(geom) as srid from ${table} limit 1) as one
     )
     select rang from ${table} o, cell where o.geom && cell.geom order by rang`,
    bounds,
  );
  return rows.map((row) => row.rang);
}

/** A tile made twice at once by two processes is the same tile. */
export async function storeTiles(database: Database, revisionId: number, tiles: StoredTile[]): Promise<void> {
  await database.pool.query(
    `insert into production.tile (revision_id, z, x, y, mvt_gzip)
     select $1, z, x, y, mvt from unnest($2::smallint[], $3::int[], $4::int[], $5::bytea[]) as t (z, x, y, mvt)
     on conflict do nothing`,
    [
      revisionId,
      tiles.map((tile) => tile.z),
      tiles.map((tile) => tile.x),
      tiles.map((tile) => tile.y),
      tiles.map((tile) => tile.mvtGzip),
    ],
  );
}

/** What `revision.rapport.tiles` says. */
export interface TilesReport {
  zoomMin: number;
  zoomMax: number;
  count: number;
  bytes: number;
  largestBytes: number;
  /** Low zooms left out, because without generalisation a tile there would be too heavy. */
  zoomsLeftOut: number[];
}

/** Sets the revision's zooms and report, and drops tiles above `zoomMin` that were stored before one was found too heavy. */
export async function recordZooms(
  database: Database,
  revisionId: number,
  { zoomWanted, zoomMin, zoomMax }: { zoomWanted: number; zoomMin: number; zoomMax: number },
): Promise<TilesReport> {
  const { pool } = database;
  await pool.query('delete from production.tile where revision_id = $1 and z < $2', [revisionId, zoomMin]);
  const { rows } = await pool.query<{ count: number; bytes: number; largest: number }>(
    `select count(*) as count, coalesce(sum(octet_length(mvt_gzip)), 0)::bigint as bytes,
            coalesce(max(octet_length(mvt_gzip)), 0) as largest
       from production.tile where revision_id = $1`,
    [revisionId],
  );
  const { count, bytes, largest } = rows[0]!;
  const zoomsLeftOut = Array.from({ length: zoomMin - zoomWanted }, (_, i) => zoomWanted + i);
  const report: TilesReport = { zoomMin, zoomMax, count, bytes, largestBytes: largest, zoomsLeftOut };
  await pool.query(
    `update production.revision
        set zoom_min = $2, zoom_max = $3, rapport = jsonb_set(rapport, '{tiles}', $4::jsonb) where id = $1`,
    [revisionId, zoomMin, zoomMax, JSON.stringify(report)],
  );
  return report;
}
