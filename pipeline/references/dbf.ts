/** Attributes of shapefiles: dBASE tables, read row by row. */
import { readFile } from 'node:fs/promises';
import { BadInput } from '../errors.ts';
import { ByteFile } from './byte-file.ts';

export interface DbfRows {
  count: number;
  /** The next row; `deleted` for one that only waits to be packed away; undefined after the last. */
  next(): Promise<Record<string, unknown> | 'deleted' | undefined>;
  close(): Promise<void>;
}

interface Field {
  name: string;
  /** C text, N and F numbers, D day, L yes or no. */
  type: string;
  start: number;
  bytes: number;
}

const FIELD_BYTES = 32;
const DELETED = 0x2a;

/** Throws `BadInput` where the table is damaged or shorter than it says. `cpgPath`: the file that names its encoding. */
export async function openDbf(path: string, cpgPath?: string): Promise<DbfRows> {
  const file = await ByteFile.open(path);
  try {
    const start = Buffer.from(await file.take(FIELD_BYTES));
    const [count, headerBytes, rowBytes] = [start.readUInt32LE(4), start.readUInt16LE(8), start.readUInt16LE(10)];
    const wanted = headerBytes + count * rowBytes;
    if (headerBytes <= FIELD_BYTES || rowBytes < 1)
      throw new BadInput(`${path}: no dBASE table (its header is ${headerBytes} bytes)`);
    if (file.sizeBytes < wanted) {
      throw new BadInput(`${path}: truncated, ${file.sizeBytes} bytes found of the ${wanted} its header announces`);
    }
    const fields = fieldsOf(await file.take(headerBytes - FIELD_BYTES));
    const decode = decoder(cpgPath === undefined ? undefined : (await readFile(cpgPath, 'latin1')).trim());
    let read = 0;
    return {
      count,
      next: async () => {
        if (read++ === count) return undefined;
        const row = await file.take(rowBytes);
        return row[0] === DELETED ? 'deleted' : rowOf(row, fields, decode);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function fieldsOf(header: Buffer): Field[] {
  const fields: Field[] = [];
  let start = 1; // after the mark of deletion
  for (let at = 0; at + FIELD_BYTES <= header.length && header[at] !== 0x0d; at += FIELD_BYTES) {
    const name = header.toString('latin1', at, at + 11).split('\0')[0]!;
    const bytes = header[at + 16]!;
    fields.push({ name, type: String.fromCharCode(header[at + 11]!), start, bytes });
    start += bytes;
  }
  return fields;
}

function rowOf(row: Buffer, fields: Field[], decode: (bytes: Buffer) => string): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, type, start, bytes } of fields) {
    values[name] = cellValue(
      decode(row.subarray(start, start + bytes))
        .replaceAll('\0', '')
        .trim(),
      type,
    );
  }
  return values;
}

/** Asterisks fill a number that nobody knows. */
function cellValue(text: string, type: string): string | number | boolean | null {
  if (text === '') return null;
  if (type === 'N' || type === 'F') return Number.isFinite(Number(text)) ? Number(text) : null;
  if (type === 'L') return /^[ty]/i.test(text) ? true : /^[fn]/i.test(text) ? false : null;
  return text;
}

/** As the `.cpg` says; where there is none UTF-8, or Windows' western alphabet for what is no UTF-8. */
function decoder(stated: string | undefined): (bytes: Buffer) => string {
  const western = new TextDecoder('windows-1252');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  if (stated !== undefined && /(8859-?1\b|1252|latin-?1)/i.test(stated)) return (bytes) => western.decode(bytes);
  return (bytes) => {
    try {
      return utf8.decode(bytes);
    } catch {
      return western.decode(bytes);
    }
  };
}
