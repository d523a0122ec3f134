/** Reference layers for the tests, written as the formats lay them out. */
import { writeFileSync } from 'node:fs';
import type { Geometry, Position } from 'geojson';
import sqlite3 from 'node-sqlite3-wasm';
import { crsDefinition } from '../../../pipeline/geopackage/crs-definitions.ts';

export interface TestFeature {
  geometry: Geometry | null;
  properties: Record<string, string | number | null>;
}

/** GeoJSON with a `crs` member. */
export function writeGeoJson(path: string, features: TestFeature[], crs = 'urn:ogc:def:crs:EPSG::2154'): void {
  const collection = {
    type: 'FeatureCollection',
    crs: { type: 'name', properties: { name: crs } },
    features: features.map((feature) => ({ type: 'Feature', ...feature })),
  };
  writeFileSync(path, JSON.stringify(collection));
}

/** `.shp` of lines or polygons, `.dbf` and `.prj` beside it. */
export function writeShapefile(stem: string, features: TestFeature[], parts = ['shp', 'dbf', 'prj']): void {
  const records = features.map(({ geometry }, i) => shpRecord(geometry, i + 1));
  const header = Buffer.alloc(100);
  header.writeInt32BE(9994, 0);
  header.writeInt32BE((100 + records.reduce((sum, { length }) => sum + length, 0)) / 2, 24);
  header.writeInt32LE(1000, 28);
  header.writeInt32LE(3, 32);
  if (parts.includes('shp')) writeFileSync(`${stem}.shp`, Buffer.concat([header, ...records]));
  if (parts.includes('dbf')) writeFileSync(`${stem}.dbf`, dbf(features));
  if (parts.includes('prj')) writeFileSync(`${stem}.prj`, crsDefinition(2154).wkt);
}

function shpRecord(geometry: Geometry | null, number: number): Buffer {
  const lines =
    geometry?.type === 'LineString'
      ? [geometry.coordinates]
      : ((geometry as { coordinates: Position[][] } | null)?.coordinates ?? []);
  const type = geometry === null ? 0 : geometry.type.endsWith('Polygon') ? 5 : 3;
  const points = lines.flat();
  const content = Buffer.alloc(type === 0 ? 4 : 44 + lines.length * 4 + points.length * 16);
  content.writeInt32LE(type, 0);
  if (type !== 0) {
    content.writeInt32LE(lines.length, 36);
    content.writeInt32LE(points.length, 40);
    let start = 0;
    for (const [i, line] of lines.entries()) {
      content.writeInt32LE(start, 44 + i * 4);
      start += line.length;
    }
    for (const [i, [x, y]] of points.entries()) {
      content.writeDoubleLE(x!, 44 + lines.length * 4 + i * 16);
      content.writeDoubleLE(y!, 52 + lines.length * 4 + i * 16);
    }
  }
  const header = Buffer.alloc(8);
  header.writeInt32BE(number, 0);
  header.writeInt32BE(content.length / 2, 4);
  return Buffer.concat([header, content]);
}

const FIELD_BYTES = 30;

function dbf(features: TestFeature[]): Buffer {
  const names = Object.keys(features[0]?.properties ?? {});
  const rowBytes = 1 + names.length * FIELD_BYTES;
  const header = Buffer.alloc(32 + names.length * 32 + 1);
  header[0] = 3;
  header.writeUInt32LE(features.length, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(rowBytes, 10);
  for (const [i, name] of names.entries()) {
    header.write(name.slice(0, 10), 32 + i * 32, 'latin1');
    header.write(typeof features[0]!.properties[name] === 'number' ? 'N' : 'C', 43 + i * 32, 'latin1');
    header[48 + i * 32] = FIELD_BYTES;
  }
  header[header.length - 1] = 0x0d;
  const rows = features.map(({ properties }) => {
    const row = Buffer.alloc(rowBytes, ' ');
    for (const [i, name] of names.entries()) row.write(String(properties[name] ?? ''), 1 + i * FIELD_BYTES, 'utf8');
    return row;
  });
  return Buffer.concat([header, ...rows, Buffer.from([0x1a])]);
}

/** A GeoPackage of layers whose geometries are well-known binary made by `wkb`, or any bytes. */
export function writeGpkgLayers(
  path: string,
  layers: Record<
    string,
    { rows: { geometry: Uint8Array | null; properties: TestFeature['properties'] }[]; srid?: number }
  >,
): void {
  const db = new sqlite3.Database(path);
  db.exec(`
    create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text, organization_coordsys_id integer, definition text);
    create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text, srs_id integer, z tinyint, m tinyint);
    insert into gpkg_spatial_ref_sys values ('RGF93', 2154, 'EPSG', 2154, ''), ('Réunion', 2975, 'EPSG', 2975, '');`);
  for (const [layer, { rows, srid = 2154 }] of Object.entries(layers)) {
    const names = Object.keys(rows[0]!.properties);
    db.exec(`insert into gpkg_geometry_columns values ('${layer}', 'geom', 'GEOMETRY', ${srid}, 0, 0);
             create table "${layer}" (fid integer primary key, geom blob, ${names.map((name) => `"${name}"`).join(', ')});`);
    for (const { geometry, properties } of rows) {
      db.run(
        `insert into "${layer}" (geom, ${names.map((name) => `"${name}"`).join(', ')}) values (?${', ?'.repeat(names.length)})`,
        [geometry, ...names.map((name) => properties[name]!)],
      );
    }
  }
  db.close();
}

/** A `GP` blob without envelope of a line with Z. */
export function lineBlob(points: Position[]): Buffer {
  const blob = Buffer.alloc(8 + 9 + points.length * 24);
  blob.write('GP', 'latin1');
  blob[3] = 1;
  blob[8] = 1;
  blob.writeUInt32LE(1002, 9);
  blob.writeUInt32LE(points.length, 13);
  for (const [i, [x, y]] of points.entries()) {
    blob.writeDoubleLE(x!, 17 + i * 24);
    blob.writeDoubleLE(y!, 25 + i * 24);
    blob.writeDoubleLE(12, 33 + i * 24);
  }
  return blob;
}
