import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lineBlob, writeGpkgLayers, writeShapefile } from './layer-files.ts';
import { a, b, FGB, folder, line, made, read, refused } from './reading.ts';

test('damaged files are refused, naming what was found and what is wanted', async () => {
  const features = [a, b].map((_, i) => ({ geometry: line(a, b), properties: { ID: `x${i}` } }));
  const damage = (name: string, extension: string, change: (bytes: Buffer) => Buffer) => {
    const stem = join(made(name), 'batiment');
    writeShapefile(stem, features);
    writeFileSync(`${stem}.${extension}`, change(readFileSync(`${stem}.${extension}`)));
    return `${stem}.shp`;
  };
  const set = (bytes: Buffer, at: number, value: number) => {
    bytes.writeInt32BE(value, at);
    return bytes;
  };
  await refused(
    damage('short', 'shp', (bytes) => bytes.subarray(0, -10)),
    /batiment\.shp: truncated, 266 bytes found of the 276/,
  );
  await refused(
    damage('stub', 'shp', (bytes) => bytes.subarray(0, 50)),
    /50 bytes found, a shapefile of at least 100 wanted/,
  );
  await refused(
    damage('magic', 'shp', (bytes) => set(bytes, 0, 1)),
    /begins with 1, 9994 wanted/,
  );
  await refused(
    damage('record', 'shp', (bytes) => set(bytes, 104, 9e6)),
    /damaged, record 1 announces 18000000 bytes/,
  );
  await refused(
    damage('dbf', 'dbf', (bytes) => bytes.subarray(0, -20)),
    /batiment\.dbf: truncated/,
  );
  await refused(
    damage('no dbf', 'dbf', () => Buffer.alloc(40)),
    /batiment\.dbf: no dBASE table/,
  );
  await refused(
    damage('rows', 'dbf', (bytes) =>
      Buffer.concat([bytes.subarray(0, 4), Buffer.from([1, 0, 0, 0]), bytes.subarray(8)]),
    ),
    /batiment\.dbf: 1 rows found, one for each shape/,
  );
  const fgb = readFileSync(FGB);
  const damagedFgb = (name: string, bytes: Buffer) => {
    writeFileSync(join(made(name), 'rpg.fgb'), bytes);
    return join(folder, name, 'rpg.fgb');
  };
  await refused(damagedFgb('cut fgb', fgb.subarray(0, -30)), /rpg\.fgb: truncated or damaged/);
  await refused(damagedFgb('headless', fgb.subarray(0, 100)), /rpg\.fgb: truncated or damaged/);
  await refused(damagedFgb('no fgb', Buffer.from('GIF89a and more')), /begins with "GIF89a a", no FlatGeobuf/);
  writeFileSync(
    join(made('no gpkg'), 'rpg.gpkg'),
    'no database at all, but long enough to have a header of one hundred bytes, as SQLite wants it to be',
  );
  await refused(join(folder, 'no gpkg', 'rpg.gpkg'), /rpg\.gpkg: not a GeoPackage/);
});

test('another CRS is refused by its name, in any format', async () => {
  const features = [{ geometry: line(a, b), properties: { ID: 'x' } }];
  const stem = join(made('prj'), 'rpg');
  const withPrj = (wkt: string) => {
    writeShapefile(stem, features);
    writeFileSync(`${stem}.prj`, wkt);
    return `${stem}.shp`;
  };
  const ESRI_LAMBERT_93 =
    'PROJCS["RGF_1993_Lambert_93",GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",700000.0],PARAMETER["False_Northing",6600000.0],PARAMETER["Central_Meridian",3.0],PARAMETER["Standard_Parallel_1",44.0],PARAMETER["Standard_Parallel_2",49.0],PARAMETER["Latitude_Of_Origin",46.5],UNIT["Meter",1.0]]';
  assert.equal((await read(withPrj(ESRI_LAMBERT_93))).features.length, 1, 'as ESRI writes it, without a code');
  await refused(
    withPrj(ESRI_LAMBERT_93.replace('6600000.0', '2200000.0')),
    /CRS "RGF_1993_Lambert_93" found, EPSG:2154 wanted/,
  );
  await refused(withPrj('GEOGCS["WGS 84",AUTHORITY["EPSG","4326"]]'), /EPSG:4326 found, EPSG:2154 wanted/);
  await refused(withPrj(ESRI_LAMBERT_93), /EPSG:2154 found, EPSG:2975 wanted/, 2975);
  const rows = [{ geometry: lineBlob([a!, b!]), properties: { id: 'x' } }];
  writeGpkgLayers(join(made('reunion'), 'rpg.gpkg'), { parcelles: { rows, srid: 2975 } });
  await refused(join(folder, 'reunion'), /layer parcelles: EPSG:2975 found, EPSG:2154 wanted/);
});
