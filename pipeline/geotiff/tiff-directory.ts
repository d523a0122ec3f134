/** Bytes of a TIFF image file directory (TIFF 6.0, BigTIFF): pure. Little-endian throughout. */

/** A tag and its values; the kind decides the field type written. */
export type TiffTag =
  | { tag: number; kind: 'short' | 'long' | 'double' | 'offset'; values: number[] }
  | { tag: number; kind: 'ascii'; text: string };

/** Field types and the bytes of one value: SHORT, LONG, DOUBLE, ASCII (TIFF 6.0 §2; GDAL reads UTF-8) and LONG8 (BigTIFF). */
const FIELDS = { short: [3, 2], long: [4, 4], double: [12, 8], ascii: [2, 1], long8: [16, 8] } as const;

/** Bytes before the first directory. */
export const headerSize = (big: boolean) => (big ? 16 : 8);

/** The file's header, pointing at the first directory; by default that follows right behind. */
export function encodeHeader(big: boolean, firstDirectory = headerSize(big)): Buffer {
  const header = Buffer.alloc(headerSize(big));
  header.write('II', 'latin1');
  header.writeUInt16LE(big ? 43 : 42, 2);
  if (!big) {
    header.writeUInt32LE(firstDirectory, 4);
    return header;
  }
  header.writeUInt16LE(8, 4);
  header.writeBigUInt64LE(BigInt(firstDirectory), 8);
  return header;
}

/** Bytes a directory and the values it points to take, whatever the values are. */
export function directorySize(tags: TiffTag[], big: boolean): number {
  const values = tags.map((tag) => valueSize(tag, big)).filter((size) => size > inlineSize(big));
  return tableSize(tags, big) + values.reduce((sum, size) => sum + even(size), 0);
}

/**
 * A directory placed at `offset` of the file, with the values too long for its table right behind it. `nextOffset` is where
 * the next directory (an overview) starts, 0 for none.
 */
export function encodeDirectory(tags: TiffTag[], offset: number, big: boolean, nextOffset = 0): Buffer {
  const bytes = Buffer.alloc(directorySize(tags, big));
  const sorted = [...tags].sort((a, b) => a.tag - b.tag);
  let at = big ? bytes.writeBigUInt64LE(BigInt(sorted.length), 0) : bytes.writeUInt16LE(sorted.length, 0);
  let outside = tableSize(tags, big);
  for (const tag of sorted) {
    const [fieldType, unit] = field(tag, big);
    const size = valueSize(tag, big);
    bytes.writeUInt16LE(tag.tag, at);
    bytes.writeUInt16LE(fieldType, at + 2);
    at = writeOffset(bytes, size / unit, at + 4, big);
    if (size <= inlineSize(big)) {
      writeValues(bytes, tag, at, big);
    } else {
      writeOffset(bytes, offset + outside, at, big);
      writeValues(bytes, tag, outside, big);
      outside += even(size);
    }
    at += inlineSize(big);
  }
  writeOffset(bytes, nextOffset, at, big);
  return bytes;
}

const inlineSize = (big: boolean) => (big ? 8 : 4);
const even = (size: number) => size + (size % 2);
const tableSize = (tags: TiffTag[], big: boolean) => (big ? 8 + 20 * tags.length + 8 : 2 + 12 * tags.length + 4);

const field = (tag: TiffTag, big: boolean) => FIELDS[tag.kind === 'offset' ? (big ? 'long8' : 'long') : tag.kind];

const valueSize = (tag: TiffTag, big: boolean) =>
  tag.kind === 'ascii' ? Buffer.byteLength(tag.text) + 1 : tag.values.length * field(tag, big)[1];

function writeOffset(bytes: Buffer, value: number, at: number, big: boolean): number {
  return big ? bytes.writeBigUInt64LE(BigInt(value), at) : bytes.writeUInt32LE(value, at);
}

function writeValues(bytes: Buffer, tag: TiffTag, start: number, big: boolean): void {
  if (tag.kind === 'ascii') {
    bytes.write(tag.text, start);
    return;
  }
  let at = start;
  for (const value of tag.values) {
    if (tag.kind === 'short') at = bytes.writeUInt16LE(value, at);
    else if (tag.kind === 'double') at = bytes.writeDoubleLE(value, at);
    else if (tag.kind === 'long') at = bytes.writeUInt32LE(value, at);
    else at = writeOffset(bytes, value, at, big);
  }
}
