import type { Polygon } from 'geojson';

const POLYGON = 3;

/** Little-endian WKB of a polygon, rings as they are. */
export function polygonWkb({ coordinates }: Polygon): Buffer {
  const points = coordinates.reduce((sum, ring) => sum + ring.length, 0);
  const wkb = Buffer.alloc(9 + coordinates.length * 4 + points * 16);
  wkb.writeUInt8(1, 0);
  wkb.writeUInt32LE(POLYGON, 1);
  wkb.writeUInt32LE(coordinates.length, 5);
  let at = 9;
  for (const ring of coordinates) {
    at = wkb.writeUInt32LE(ring.length, at);
    for (const [x, y] of ring) at = wkb.writeDoubleLE(y!, wkb.writeDoubleLE(x!, at));
  }
  return wkb;
}
