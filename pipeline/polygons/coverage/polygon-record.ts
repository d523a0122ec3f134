/** A polygon on its way through the spool. Pure. */
import type { Position } from 'geojson';

export interface PolygonRecord {
  value: number;
  pixels: number;
  /** Sum of its pixels' confidence, 255 = 1 each. */
  carried: number;
  areaPx: number;
  /** Its pieces in the blocks, see `TracedRegion`. */
  parts: number[];
  /** Text of the GeoJSON `coordinates` member, in ASCII: written far more often than read. */
  coordinates: Uint8Array;
}

const HEAD_BYTES = 32;

export function packPolygon({ value, pixels, carried, areaPx, parts, coordinates }: PolygonRecord): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + 4 * parts.length + coordinates.length);
  bytes.writeUInt32LE(value);
  bytes.writeUInt32LE(parts.length, 4);
  bytes.writeDoubleLE(pixels, 8);
  bytes.writeDoubleLE(carried, 16);
  bytes.writeDoubleLE(areaPx, 24);
  parts.forEach((part, i) => {
    bytes.writeUInt32LE(part, HEAD_BYTES + 4 * i);
  });
  bytes.set(coordinates, HEAD_BYTES + 4 * parts.length);
  return bytes;
}

/** The coordinates are a view of `payload`. */
export function unpackPolygon(payload: Uint8Array): PolygonRecord {
  const bytes = asBuffer(payload);
  const partCount = bytes.readUInt32LE(4);
  return {
    value: bytes.readUInt32LE(0),
    pixels: bytes.readDoubleLE(8),
    carried: bytes.readDoubleLE(16),
    areaPx: bytes.readDoubleLE(24),
    parts: Array.from({ length: partCount }, (_, i) => bytes.readUInt32LE(HEAD_BYTES + 4 * i)),
    coordinates: bytes.subarray(HEAD_BYTES + 4 * partCount),
  };
}

export const asCoordinates = (text: string): Uint8Array => Buffer.from(text, 'latin1');

export const coordinatesOf = ({ coordinates }: Pick<PolygonRecord, 'coordinates'>): Position[][] =>
  JSON.parse(asBuffer(coordinates).toString('latin1'));

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
