/** GeoPackages for the tests, written by SQLite as the standard lays them out (OGC 12-128r18). */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import sqlite3 from 'node-sqlite3-wasm';

export interface GpkgRow {
  id: string | null;
  code_cs: string | null;
  code_us: string | null;
  geometry: Uint8Array | null;
}

export interface GpkgOptions {
  srid?: number;
  organization?: string;
  layer?: string;
  /** Names of the three columns; null leaves one out. */
  columns?: { id?: string; code_cs?: string | null; code_us?: string | null };
}

/** Writes a GeoPackage with one layer. */
export function writeGpkg(path: string, rows: GpkgRow[], options: GpkgOptions = {}): void {
  const { srid = 2154, organization = 'EPSG', layer = 'OCCUPATION_SOL' } = options;
  const { id = 'ID', code_cs = 'CODE_CS', code_us = 'CODE_US' } = options.columns ?? {};
  mkdirSync(dirname(path), { recursive: true });
  const db = new sqlite3.Database(path);
  db.exec(`
    pragma application_id = 1196444487;
    create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text, organization_coordsys_id integer, definition text, description text);
    create table gpkg_contents (table_name text primary key, data_type text, identifier text, srs_id integer);
    create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text, srs_id integer, z tinyint, m tinyint);
    insert into gpkg_spatial_ref_sys values ('srs ${srid}', ${srid}, '${organization}', ${srid}, '', '');
    insert into gpkg_contents values ('${layer}', 'features', '${layer}', ${srid});
    insert into gpkg_geometry_columns values ('${layer}', 'the_geom', 'POLYGON', ${srid}, 0, 0);`);
  const columns = [id, code_cs, code_us].filter((name) => name !== null);
  db.exec(
    `create table ${layer} (fid integer primary key, the_geom blob, ${columns.map((name) => `${name} text`).join(', ')}, MILLESIME text)`,
  );
  for (const row of rows) {
    const values = [row.id, ...(code_cs === null ? [] : [row.code_cs]), ...(code_us === null ? [] : [row.code_us])];
    db.run(
      `insert into ${layer} (the_geom, ${columns.join(', ')}, MILLESIME) values (?, ${columns.map(() => '?').join(', ')}, '2018')`,
      [row.geometry, ...values],
    );
  }
  db.close();
  rmSync(`${path}.lock`, { recursive: true, force: true });
}

/** A `GP` blob: header with an envelope of the given kind, then the WKB. */
export function gpkgBlob(wkb: Uint8Array, { srid = 2154, envelope = 1, empty = false } = {}): Uint8Array {
  const header = Buffer.alloc(8 + [0, 32, 48, 48, 64][envelope]!);
  header.write('GP');
  header[3] = 1 | (envelope << 1) | (empty ? 0x10 : 0);
  header.writeInt32LE(srid, 4);
  return Buffer.concat([header, wkb]);
}
