/** Geometries of a GeoPackage (OGC 12-128r18, clause 2.1.3) as plain two-dimensional WKB. Pure. */

const ENVELOPE_BYTES = [0, 32, 48, 48, 64];
const POLYGON = 3;
const MULTIPOLYGON = 6;

/** What is wrong with a geometry, in words. */
export class BadGeometry extends Error {
  override name = 'BadGeometry';
}

/**
 * Little-endian WKB, Polygon or MultiPolygon, of a GeoPackage blob: the `GP` header is left off, Z and M are dropped. Throws
 * BadGeometry for anything else: other types, an empty geometry, open rings, coordinates that are no numbers, missing bytes.
 */
export const wkbOfGpkg = (blob: Uint8Array): Buffer => fromBlob(blob, (bytes, at) => readGeometry({ bytes, at }));

/**
 * What `read` makes of a GeoPackage blob, its WKB beginning at byte `at`. Throws BadGeometry for a blob without the `GP` header, an
 * empty geometry, missing bytes.
 */
export function fromBlob<Value>(blob: Uint8Array, read: (bytes: Buffer, at: number) => Value): Value {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (bytes.length < 8 || bytes.toString('latin1', 0, 2) !== 'GP') throw new BadGeometry('no GeoPackage header');
  const flags = bytes[3]!;
  if (flags & 0x10) throw new BadGeometry('empty geometry');
  const envelope = ENVELOPE_BYTES[(flags >> 1) & 7];
  if (envelope === undefined) throw new BadGeometry('unknown kind of envelope');
  try {
    return read(bytes, 8 + envelope);
  } catch (error) {
    if (error instanceof RangeError) throw new BadGeometry('bytes are missing');
    throw error;
  }
}

interface Reader {
  bytes: Buffer;
  at: number;
}

function readGeometry(reader: Reader): Buffer {
  const little = reader.bytes.readUInt8(reader.at) === 1;
  const uint32 = () => {
    const value = little ? reader.bytes.readUInt32LE(reader.at) : reader.bytes.readUInt32BE(reader.at);
    reader.at += 4;
    return value;
  };
  reader.at += 1;
  const { type, dimensions } = geometryType(uint32());
  const count = uint32();
  if (type !== POLYGON && type !== MULTIPOLYGON)
    throw new BadGeometry(`geometry type ${type}, wanted Polygon or MultiPolygon`);
  if (count === 0) throw new BadGeometry('empty geometry');
  const head = Buffer.alloc(9);
  head.writeUInt8(1, 0);
  head.writeUInt32LE(type, 1);
  head.writeUInt32LE(count, 5);
  const parts: Buffer[] = [head];
  for (let part = 0; part < count; part++) {
    parts.push(type === MULTIPOLYGON ? readGeometry(reader) : readRing(reader, uint32(), dimensions, little));
  }
  return Buffer.concat(parts);
}

/** ISO codes (1003 = Z, 2003 = M, 3003 = ZM) and EWKB's flags. */
export function geometryType(code: number): { type: number; dimensions: number } {
  const iso = Math.floor((code & 0xffff) / 1000);
  const extra =
    (iso === 1 || iso === 2 ? 1 : iso === 3 ? 2 : 0) + (code & 0x80000000 ? 1 : 0) + (code & 0x40000000 ? 1 : 0);
  return { type: (code & 0xffff) % 1000, dimensions: 2 + extra };
}

function readRing(reader: Reader, points: number, dimensions: number, little: boolean): Buffer {
  if (points < 4) throw new BadGeometry(`a ring of ${points} points`);
  if (reader.at + points * dimensions * 8 > reader.bytes.length) throw new BadGeometry('bytes are missing');
  const ring = Buffer.alloc(4 + points * 16);
  let to = ring.writeUInt32LE(points, 0);
  for (let point = 0; point < points; point++) {
    for (let axis = 0; axis < 2; axis++) {
      const at = reader.at + axis * 8;
      const value = little ? reader.bytes.readDoubleLE(at) : reader.bytes.readDoubleBE(at);
      if (!Number.isFinite(value)) throw new BadGeometry('a coordinate is no number');
      to = ring.writeDoubleLE(value, to);
    }
    reader.at += dimensions * 8;
  }
  if (ring.compare(ring, 4, 20, ring.length - 16) !== 0) throw new BadGeometry('a ring is not closed');
  return ring;
}
