/** A delivery as IGN makes them: one GeoPackage with the table OCCUPATION_SOL, in Lambert-93. */
import sqlite from 'node-sqlite3-wasm';
import type { ObjetOccupationSol } from '../../pipeline/artefacts.ts';

const SRID = 2154;

const TABLES = `
  pragma application_id = 1196444487;
  pragma user_version = 10200;
  create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null,
    organization_coordsys_id integer not null, definition text not null, description text);
  insert into gpkg_spatial_ref_sys values ('RGF93 v1 / Lambert-93', ${SRID}, 'EPSG', ${SRID}, 'EPSG:${SRID}', null),
    ('Undefined cartesian', -1, 'NONE', -1, 'undefined', null), ('Undefined geographic', 0, 'NONE', 0, 'undefined', null);
  create table gpkg_contents (table_name text primary key, data_type text not null, identifier text unique, description text,
    last_change datetime not null default '2021-01-01T00:00:00.000Z', min_x double, min_y double, max_x double, max_y double,
    srs_id integer);
  insert into gpkg_contents (table_name, data_type, identifier, srs_id) values ('OCCUPATION_SOL', 'features', 'OCCUPATION_SOL', ${SRID});
  create table gpkg_geometry_columns (table_name text primary key, column_name text not null, geometry_type_name text not null,
    srs_id integer not null, z tinyint not null, m tinyint not null);
  insert into gpkg_geometry_columns values ('OCCUPATION_SOL', 'the_geom', 'POLYGON', ${SRID}, 0, 0);
  create table OCCUPATION_SOL (fid integer primary key autoincrement not null, the_geom polygon, ID text, CODE_CS text,
    CODE_US text, MILLESIME text, SOURCE text, OSSATURE text, ID_ORIGINE text, CODE_OR text);`;

/** Writes the objects (in EPSG:2154) to a new file at `path`. */
export function writeGeoPackage(path: string, objets: Iterable<ObjetOccupationSol>, millesime: number): void {
  const database = new sqlite.Database(path);
  try {
    database.exec(TABLES);
    database.exec('begin');
    const insert = database.prepare(
      `insert into OCCUPATION_SOL (the_geom, ID, CODE_CS, CODE_US, MILLESIME, SOURCE, OSSATURE, ID_ORIGINE, CODE_OR)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const { id, code_cs, code_us, source, ossature, wkb } of objets) {
      insert.run([geometryBlob(wkb), id, code_cs, code_us, String(millesime), source, String(ossature), '', '']);
    }
    insert.finalize();
    database.exec('commit');
  } finally {
    database.close();
  }
}

/** `GP`, version 0, little-endian without an envelope, srs_id, then WKB (GeoPackage 1.2, 2.1.3). */
function geometryBlob(wkb: Buffer): Uint8Array {
  const header = Buffer.from([0x47, 0x50, 0, 1, 0, 0, 0, 0]);
  header.writeInt32LE(SRID, 4);
  return new Uint8Array(Buffer.concat([header, wkb]));
}
