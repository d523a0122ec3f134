/** WKB and GeoJSON geometries, and GeoPackage blobs of them. Pure. */
import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { BboxLocal } from '../grid.ts';

const MULTIPOLYGON = 6;

/** Polygon or MultiPolygon of little-endian two-dimensional WKB, as `wkbOfGpkg` gives it. */
export function geometryOfWkb(wkb: Buffer): Polygon | MultiPolygon {
  if (wkb.readUInt32LE(1) !== MULTIPOLYGON) return { type: 'Polygon', coordinates: readRings(wkb, 0).rings };
  const coordinates: Position[][][] = [];
  let at = 9;
  for (let part = 0; part < wkb.readUInt32LE(5); part++) {
    const read = readRings(wkb, at);
    coordinates.push(read.rings);
    at = read.end;
  }
  return { type: 'MultiPolygon', coordinates };
}

function readRings(wkb: Buffer, start: number): { rings: Position[][]; end: number } {
  const rings: Position[][] = [];
  let at = start + 9;
  for (let ring = 0; ring < wkb.readUInt32LE(start + 5); ring++) {
    const points = wkb.readUInt32LE(at);
    at += 4;
    const positions: Position[] = [];
    for (let point = 0; point < points; point++, at += 16) {
      positions.push([wkb.readDoubleLE(at), wkb.readDoubleLE(at + 8)]);
    }
    rings.push(positions);
  }
  return { rings, end: at };
}

/** A geometry's WKB as a GeoPackage keeps it: `GP`, version 0, little-endian with an xy envelope, srs_id, then the WKB. */
export function gpkgOfWkb(wkb: Buffer, [minX, minY, maxX, maxY]: BboxLocal, srid: number): Buffer {
  const header = Buffer.alloc(40);
  header.write('GP', 'latin1');
  header[3] = 0b11; // envelope of kind 1 (minX, maxX, minY, maxY), little-endian
  header.writeInt32LE(srid, 4);
  for (const [index, value] of [minX, maxX, minY, maxY].entries()) header.writeDoubleLE(value, 8 + index * 8);
  return Buffer.concat([header, wkb]);
}
