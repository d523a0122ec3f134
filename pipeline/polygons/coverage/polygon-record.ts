/** A polygon on its way through the spool. */
import type { Position } from 'geojson';
import { StoredText } from '../../growing-file.ts';

export interface PolygonRecord {
  value: number;
  pixels: number;
  /** Sum of its pixels' confidence, 255 = 1 each. */
  carried: number;
  areaPx: number;
  /** Its pieces in the blocks, see `TracedRegion`. */
  parts: number[];
  /** Text of the GeoJSON `coordinates` member, in ASCII: written far more often than read. */
  coordinates: Uint8Array | StoredText;
}

const HEAD_BYTES = 32;
/** Where text on disk begins and how long it is, before the path of its file. */
const STORED_BYTES = 16;

export function packPolygon({ value, pixels, carried, areaPx, parts, coordinates }: PolygonRecord): Buffer {
  const isStored = coordinates instanceof StoredText;
  const text = isStored ? packText(coordinates) : coordinates;
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + 4 * parts.length + text.length);
  bytes.writeUInt16LE(value);
  bytes.writeUInt16LE(isStored ? 1 : 0, 2);
  bytes.writeUInt32LE(parts.length, 4);
  bytes.writeDoubleLE(pixels, 8);
  bytes.writeDoubleLE(carried, 16);
  bytes.writeDoubleLE(areaPx, 24);
  parts.forEach((part, i) => {
    bytes.writeUInt32LE(part, HEAD_BYTES + 4 * i);
  });
  bytes.set(text, HEAD_BYTES + 4 * parts.length);
  return bytes;
}

/** Coordinates that are not on disk are a view of `payload`. */
export function unpackPolygon(payload: Uint8Array): PolygonRecord {
  const bytes = asBuffer(payload);
  const partCount = bytes.readUInt32LE(4);
  const text = bytes.subarray(HEAD_BYTES + 4 * partCount);
  return {
    value: bytes.readUInt16LE(0),
    pixels: bytes.readDoubleLE(8),
    carried: bytes.readDoubleLE(16),
    areaPx: bytes.readDoubleLE(24),
    parts: Array.from({ length: partCount }, (_, i) => bytes.readUInt32LE(HEAD_BYTES + 4 * i)),
    coordinates: bytes.readUInt16LE(2) === 1 ? unpackText(text) : text,
  };
}

function packText({ path, at, length }: StoredText): Buffer {
  const place = Buffer.allocUnsafe(STORED_BYTES);
  place.writeDoubleLE(at);
  place.writeDoubleLE(length, 8);
  return Buffer.concat([place, Buffer.from(path)]);
}

const unpackText = (bytes: Buffer) =>
  new StoredText(bytes.subarray(STORED_BYTES).toString(), bytes.readDoubleLE(), bytes.readDoubleLE(8));

export const asCoordinates = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** In memory, whole. */
export function coordinatesOf({ coordinates }: Pick<PolygonRecord, 'coordinates'>): Position[][] {
  const bytes = coordinates instanceof StoredText ? Buffer.concat([...coordinates]) : asBuffer(coordinates);
  return JSON.parse(bytes.toString('latin1'));
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
