/** FlatGeobuf, version 3 (flatgeobuf.org): a header, an index that is skipped, features. */
import type { Geometry, Position } from 'geojson';
import { BadInput } from '../errors.ts';
import { ByteFile } from './byte-file.ts';
import { FlatTable } from './flatbuffer.ts';
import type { RawFeature } from './reference-feature.ts';

const MAGIC = [0x66, 0x67, 0x62, 0x03, 0x66, 0x67, 0x62]; // "fgb", version, "fgb", patch
const INDEX_NODE_BYTES = 40;
const MAX_HEADER_BYTES = 10 << 20;

interface Column {
  name: string;
  type: number;
}

export interface FlatGeobufCrs {
  srid?: number;
  wkt?: string;
}

/** The CRS its header states: an EPSG code, or well-known text; neither where it states none. */
export async function flatGeobufCrs(path: string): Promise<FlatGeobufCrs> {
  const file = await ByteFile.open(path);
  try {
    const crs = (await readHeader(file)).table(10);
    const isEpsg = /^epsg$/i.test(crs?.text(0) ?? 'EPSG');
    const code = crs?.int32(1) ?? 0;
    return isEpsg && code > 0 ? { srid: code } : { wkt: crs?.text(4) };
  } finally {
    await file.close();
  }
}

/** Features in the order of the file. Throws `BadInput` for a file that is none or is truncated. */
export async function* readFlatGeobuf(path: string): AsyncGenerator<RawFeature> {
  const file = await ByteFile.open(path);
  try {
    const header = await readHeader(file);
    const columns = header.tables(7).map((column): Column => ({ name: column.text(0) ?? '', type: column.byte(1) }));
    const [features, type] = [header.uint64(8), header.byte(2)];
    await file.skip(indexBytes(features, header.uint16(9, 16)));
    let read = 0;
    for (; file.position < file.sizeBytes; read++) yield featureOf(await sized(file), columns, type);
    if (features > 0 && read < features) {
      throw new BadInput(`${path}: truncated, ${read} features found of the ${features} its header announces`);
    }
  } finally {
    await file.close();
  }
}

async function readHeader(file: ByteFile): Promise<FlatTable> {
  const magic = file.sizeBytes < 8 ? Buffer.alloc(8) : await file.take(8);
  if (!MAGIC.every((byte, i) => magic[i] === byte)) {
    throw new BadInput(
      `${file.path}: begins with ${JSON.stringify(magic.toString('latin1', 0, 8))}, no FlatGeobuf of version 3`,
    );
  }
  const header = Buffer.from(await sized(file, MAX_HEADER_BYTES)); // kept while other bytes are read
  try {
    return FlatTable.root(header);
  } catch {
    throw new BadInput(`${file.path}: its header is damaged`);
  }
}

/** Bytes that their length goes before. */
async function sized(file: ByteFile, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const bytes = (await file.take(4)).readUInt32LE(0);
  if (bytes > most) throw new BadInput(`${file.path}: its header announces ${bytes} bytes, ${most} at most wanted`);
  return file.take(bytes);
}

/** Bytes of the packed R-tree: a level for the features, and one for each `nodeSize`-th of the level below, up to one node. */
function indexBytes(features: number, nodeSize: number): number {
  if (features === 0 || nodeSize < 2) return 0;
  let nodes = features;
  for (let level = features; level !== 1 || nodes === features; ) {
    level = Math.ceil(level / nodeSize);
    nodes += level;
  }
  return nodes * INDEX_NODE_BYTES;
}

function featureOf(bytes: Buffer, columns: Column[], type: number): RawFeature {
  try {
    const feature = FlatTable.root(bytes);
    const properties = propertiesOf(feature.vector(1, 1), columns);
    const table = feature.table(0);
    if (table === undefined) return { geometry: null, properties };
    const geometry = geometryOf(table, type);
    return typeof geometry === 'string' ? { geometry: null, properties, fault: geometry } : { geometry, properties };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { geometry: null, properties: null, fault: 'bytes are missing' };
  }
}

/** A geometry, or why it is none. `layerType` holds where it has no type of its own. */
function geometryOf(table: FlatTable, layerType: number): Geometry | string {
  const type = table.byte(6) || layerType;
  const xy = positionsOf(table.vector(1, 8));
  const parts = () => cut(xy, table.vector(0, 4));
  if (type === 1) return { type: 'Point', coordinates: xy[0] ?? [] };
  if (type === 2) return { type: 'LineString', coordinates: xy };
  if (type === 3) return { type: 'Polygon', coordinates: parts() };
  if (type === 4) return { type: 'MultiPoint', coordinates: xy };
  if (type === 5) return { type: 'MultiLineString', coordinates: parts() };
  const inner = table.tables(7);
  if (type === 6) {
    return {
      type: 'MultiPolygon',
      coordinates: inner.map((part) => cut(positionsOf(part.vector(1, 8)), part.vector(0, 4))),
    };
  }
  if (type !== 7) return `geometry type ${type}`;
  const geometries = inner.map((part) => geometryOf(part, 0));
  const fault = geometries.find((geometry) => typeof geometry === 'string');
  return fault ?? { type: 'GeometryCollection', geometries: geometries as Geometry[] };
}

function positionsOf(xy: Buffer | undefined): Position[] {
  if (xy === undefined) return [];
  return Array.from({ length: Math.floor(xy.length / 16) }, (_, i) => [
    xy.readDoubleLE(i * 16),
    xy.readDoubleLE(i * 16 + 8),
  ]);
}

/** `ends`: the number of positions up to the end of each part; absent: one part. */
function cut(xy: Position[], ends: Buffer | undefined): Position[][] {
  if (ends === undefined) return [xy];
  const at = Array.from({ length: ends.length / 4 }, (_, i) => ends.readUInt32LE(i * 4));
  return at.map((end, i) => xy.slice(at[i - 1] ?? 0, end));
}

type ReadValue = (bytes: Buffer, at: number) => [value: unknown, end: number];
const readText: ReadValue = (bytes, at) => {
  const end = at + 4 + bytes.readUInt32LE(at);
  return [bytes.toString('utf8', at + 4, end), end];
};

/** Values by the number of their column's type, in the order of the format. */
const READ_VALUES: ReadValue[] = [
  (bytes, at) => [bytes.readInt8(at), at + 1],
  (bytes, at) => [bytes.readUInt8(at), at + 1],
  (bytes, at) => [bytes.readUInt8(at) !== 0, at + 1],
  (bytes, at) => [bytes.readInt16LE(at), at + 2],
  (bytes, at) => [bytes.readUInt16LE(at), at + 2],
  (bytes, at) => [bytes.readInt32LE(at), at + 4],
  (bytes, at) => [bytes.readUInt32LE(at), at + 4],
  (bytes, at) => [Number(bytes.readBigInt64LE(at)), at + 8],
  (bytes, at) => [Number(bytes.readBigUInt64LE(at)), at + 8],
  (bytes, at) => [bytes.readFloatLE(at), at + 4],
  (bytes, at) => [bytes.readDoubleLE(at), at + 8],
  readText,
  readText,
  readText,
  (bytes, at) => [null, at + 4 + bytes.readUInt32LE(at)],
];

/** Pairs of a column's number and a value; columns without a value are not there. */
function propertiesOf(bytes: Buffer | undefined, columns: Column[]): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (let at = 0; bytes !== undefined && at + 2 <= bytes.length; ) {
    const column = columns[bytes.readUInt16LE(at)];
    const read = column && READ_VALUES[column.type];
    if (read === undefined) throw new RangeError('a value of no known column');
    const [value, end] = read(bytes, at + 2);
    properties[column!.name] = value;
    at = end;
  }
  return properties;
}
