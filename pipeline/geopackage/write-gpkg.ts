/** A GeoPackage written by SQLite as the standard lays it out (OGC 12-128r18, version 1.3): polygons in one CRS, value lists, metadata. */
import { existsSync } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import type { Polygon } from 'geojson';
import sqlite3, { type Database as Sqlite } from 'node-sqlite3-wasm';
import type { BboxLocal } from '../grid.ts';
import { polygonWkb } from '../wkb.ts';
import { crsDefinition, WGS_84_WKT } from './crs-definitions.ts';
import { quoted } from './open-gpkg.ts';
import { gpkgOfWkb } from './wkb-geometry.ts';

/** A column besides `fid` and `geom`. */
export interface GpkgColumn {
  name: string;
  /** Type and constraints in SQL, of the standard's types: `TEXT(10) NOT NULL`, `DATE`. */
  type: string;
  title: string;
  /** Legal values and what they mean, for the schema extension. */
  values?: { value: string; label: string }[];
}

export interface GpkgPolygons {
  name: string;
  title: string;
  columns: GpkgColumn[];
  rows: { geometry: Polygon; bbox: BboxLocal; values: Record<string, string | null> }[];
  /** QGIS's style document (QML): symbols, forms, value lists. */
  qml: string;
}

export interface GpkgContent {
  srid: number;
  /** What the data are and how they are used, Markdown. */
  readme: string;
  layers: GpkgPolygons[];
}

/** `GPKG` as a number, and the version of the standard. */
const APPLICATION_ID = 0x47504b47;
const USER_VERSION = 10_300;

/** Writes a whole file under `path`, replacing what is there; the time of writing is `at`. */
export async function writeGpkg(path: string, content: GpkgContent, at: Date): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  await rm(temporary, { force: true });
  try {
    const sqlite = new sqlite3.Database(temporary);
    try {
      sqlite.exec('begin');
      writeTables(sqlite, content, `${at.toISOString().slice(0, 19)}.000Z`);
      sqlite.exec('commit');
    } finally {
      sqlite.close();
    }
    await chmod(temporary, 0o666 & ~process.umask()); // SQLite here makes files for their owner alone
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
    if (existsSync(`${temporary}.lock`)) await rm(`${temporary}.lock`, { recursive: true }); // SQLite's, in place of a file lock
  }
}

function writeTables(sqlite: Sqlite, { srid, readme, layers }: GpkgContent, at: string): void {
  sqlite.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${USER_VERSION};`);
  sqlite.exec(CORE_TABLES);
  writeCrs(sqlite, srid);
  for (const layer of layers) writeLayer(sqlite, layer, srid, at);
  writeValueLists(sqlite, layers);
  writeMetadata(sqlite, readme, at);
  writeStyles(sqlite, layers, at);
}

const CORE_TABLES = `
  create table gpkg_spatial_ref_sys (
    srs_name text not null, srs_id integer not null primary key, organization text not null,
    organization_coordsys_id integer not null, definition text not null, description text);
  create table gpkg_contents (
    table_name text not null primary key, data_type text not null, identifier text unique, description text default '',
    last_change datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x double, min_y double, max_x double, max_y double, srs_id integer,
    constraint fk_gc_r_srs_id foreign key (srs_id) references gpkg_spatial_ref_sys(srs_id));
  create table gpkg_geometry_columns (
    table_name text not null, column_name text not null, geometry_type_name text not null, srs_id integer not null,
    z tinyint not null, m tinyint not null,
    constraint pk_geom_cols primary key (table_name, column_name), constraint uk_gc_table_name unique (table_name),
    constraint fk_gc_tn foreign key (table_name) references gpkg_contents(table_name),
    constraint fk_gc_srs foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id));
  create table gpkg_extensions (
    table_name text, column_name text, extension_name text not null, definition text not null, scope text not null,
    constraint ge_tce unique (table_name, column_name, extension_name));`;

function writeCrs(sqlite: Sqlite, srid: number): void {
  const { name, wkt } = crsDefinition(srid);
  const rows: [string, number, string, number, string][] = [
    ['Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined'],
    ['Undefined geographic SRS', 0, 'NONE', 0, 'undefined'],
    ['WGS 84 geodetic', 4326, 'EPSG', 4326, WGS_84_WKT],
    [name, srid, 'EPSG', srid, wkt],
  ];
  for (const row of rows) {
    sqlite.run(
      `insert into gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition)
       values (?, ?, ?, ?, ?)`,
      row,
    );
  }
}

function writeLayer(sqlite: Sqlite, { name, title, columns, rows }: GpkgPolygons, srid: number, at: string): void {
  const listed = columns.map((column) => `${quoted(column.name)} ${column.type}`).join(', ');
  sqlite.exec(`create table ${quoted(name)} (fid integer primary key autoincrement not null, geom POLYGON, ${listed})`);
  const names = columns.map((column) => quoted(column.name));
  const insert = `insert into ${quoted(name)} (geom, ${names.join(', ')}) values (?${', ?'.repeat(names.length)})`;
  for (const { geometry, bbox, values } of rows) {
    const blob = gpkgOfWkb(polygonWkb(geometry), bbox, srid);
    sqlite.run(insert, [blob, ...columns.map((column) => values[column.name] ?? null)]);
  }
  const edge = (index: number, pick: (...edges: number[]) => number) =>
    rows.length === 0 ? null : pick(...rows.map(({ bbox }) => bbox[index]!));
  sqlite.run(
    `insert into gpkg_contents (table_name, data_type, identifier, last_change, min_x, min_y, max_x, max_y, srs_id)
     values (?, 'features', ?, ?, ?, ?, ?, ?, ?)`,
    [name, title, at, edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max), srid],
  );
  sqlite.run(`insert into gpkg_geometry_columns values (?, 'geom', 'POLYGON', ?, 0, 0)`, [name, srid]);
}

/** Annex F.9: a title for each column, and for those with legal values the list of them. */
function writeValueLists(sqlite: Sqlite, layers: GpkgPolygons[]): void {
  sqlite.exec(`
    create table gpkg_data_columns (
      table_name text not null, column_name text not null, name text, title text, description text, mime_type text,
      constraint_name text, constraint pk_gdc primary key (table_name, column_name),
      constraint gdc_tn unique (table_name, name));
    create table gpkg_data_column_constraints (
      constraint_name text not null, constraint_type text not null, value text, min numeric, min_is_inclusive boolean,
      max numeric, max_is_inclusive boolean, description text,
      constraint gdcc_ntv unique (constraint_name, constraint_type, value));`);
  register(sqlite, ['gpkg_data_columns', 'gpkg_data_column_constraints'], 'gpkg_schema');
  for (const { name, columns } of layers) {
    for (const column of columns) {
      const list = column.values ? `${name}_${column.name}` : null;
      sqlite.run(
        'insert into gpkg_data_columns (table_name, column_name, title, constraint_name) values (?, ?, ?, ?)',
        [name, column.name, column.title, list],
      );
      for (const { value, label } of column.values ?? []) {
        sqlite.run(
          `insert into gpkg_data_column_constraints (constraint_name, constraint_type, value, description)
           values (?, 'enum', ?, ?)`,
          [list, value, label],
        );
      }
    }
  }
}

/** Annex F.8: the README inside the file, where it cannot get lost. */
function writeMetadata(sqlite: Sqlite, readme: string, at: string): void {
  sqlite.exec(`
    create table gpkg_metadata (
      id integer constraint m_pk primary key asc not null, md_scope text not null default 'dataset',
      md_standard_uri text not null, mime_type text not null default 'text/xml', metadata text not null default '');
    create table gpkg_metadata_reference (
      reference_scope text not null, table_name text, column_name text, row_id_value integer,
      timestamp datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id integer not null,
      md_parent_id integer, constraint crmr_mfi_fk foreign key (md_file_id) references gpkg_metadata(id),
      constraint crmr_mpi_fk foreign key (md_parent_id) references gpkg_metadata(id));`);
  register(sqlite, ['gpkg_metadata', 'gpkg_metadata_reference'], 'gpkg_metadata');
  sqlite.run(
    `insert into gpkg_metadata values (1, 'dataset', 'https://www.rfc-editor.org/rfc/rfc7763', 'text/markdown', ?)`,
    [readme],
  );
  sqlite.run(
    `insert into gpkg_metadata_reference (reference_scope, timestamp, md_file_id) values ('geopackage', ?, 1)`,
    [at],
  );
}

function register(sqlite: Sqlite, tables: string[], extension: string): void {
  for (const table of tables) {
    const page = `http://www.geopackage.org/spec131/#extension_${extension.replace('gpkg_', '')}`;
    sqlite.run(`insert into gpkg_extensions values (?, null, ?, ?, 'read-write')`, [table, extension, page]);
  }
}

/** The table QGIS keeps styles in and looks for the default one when it opens a layer (columns as it makes them itself). */
function writeStyles(sqlite: Sqlite, layers: GpkgPolygons[], at: string): void {
  sqlite.exec(`
    create table layer_styles (
      id integer primary key autoincrement not null, f_table_catalog text(256), f_table_schema text(256),
      f_table_name text(256), f_geometry_column text(256), styleName text(30), styleQML text, styleSLD text,
      useAsDefault boolean, description text, owner text(30), ui text(30), update_time datetime default (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
    insert into gpkg_contents (table_name, data_type, identifier, last_change, srs_id)
      values ('layer_styles', 'attributes', 'layer_styles', '${at}', 0);`);
  for (const { name, title, qml } of layers) {
    sqlite.run(
      `insert into layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
                                 styleSLD, useAsDefault, description, owner, update_time)
       values ('', '', ?, 'geom', ?, ?, '', 1, ?, '', ?)`,
      [name, name, qml, title, at],
    );
  }
}
