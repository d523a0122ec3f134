/** A GeoPackage read without touching it, and the layers it holds. */
import sqlite3, { type Database as Sqlite } from 'node-sqlite3-wasm';
import { BadInput } from '../errors.ts';
import { makePrivateCopy } from './private-copy.ts';

/** A layer of features. */
export interface GpkgLayer {
  name: string;
  /** Geometry column. */
  geometry: string;
  /** EPSG code; undefined where the file names none. */
  srid: number | undefined;
  crsName: string;
  columns: string[];
  /** The integer primary key. */
  key: string;
}

/** `"` doubled: names come from the file. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Opens a private copy of `path` (made under `<dataDir>/tmp`), gives it to `read`, and removes the copy. Throws BadInput naming
 * the file where it is no GeoPackage, truncated or damaged.
 */
export async function withGpkg<Result>(
  path: string,
  dataDir: string,
  read: (sqlite: Sqlite) => Result,
): Promise<Result> {
  const copy = await makePrivateCopy(path, dataDir);
  let sqlite: Sqlite | undefined;
  try {
    sqlite = new sqlite3.Database(copy.path, { fileMustExist: true, readOnly: true });
    return read(sqlite);
  } catch (error) {
    if (!(error instanceof sqlite3.SQLite3Error)) throw error;
    throw new BadInput(`${path}: cannot be read as a GeoPackage (${error.message}); wanted a whole .gpkg file`);
  } finally {
    sqlite?.close();
    await copy.remove();
  }
}

export function layersOf(sqlite: Sqlite): GpkgLayer[] {
  const rows = sqlite.all(
    `select g.table_name as name, g.column_name as geometry, s.srs_name as "crsName", s.organization as authority,
            s.organization_coordsys_id as code
       from gpkg_geometry_columns g left join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id
      order by g.table_name`,
  ) as { name: string; geometry: string; crsName: string | null; authority: string | null; code: number }[];
  return rows.map(({ name, geometry, crsName, authority, code }) => {
    const columns = sqlite.all(`pragma table_info(${quoted(name)})`) as { name: string; pk: number }[];
    return {
      name,
      geometry,
      srid: /^epsg$/i.test(authority ?? '') ? code : undefined,
      crsName: crsName ?? 'none',
      columns: columns.map((column) => column.name),
      key: columns.find(({ pk }) => pk === 1)?.name ?? 'rowid',
    };
  });
}
