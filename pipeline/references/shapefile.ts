/** Shapefiles (ESRI's technical description of July 1998): `.shp`, and beside it `.dbf` and `.prj` where they are there. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Geometry } from 'geojson';
import { BadInput } from '../errors.ts';
import { ByteFile } from './byte-file.ts';
import { openDbf } from './dbf.ts';
import type { RawFeature } from './reference-feature.ts';
import { shapeGeometry } from './shape-geometry.ts';

const FILE_CODE = 9994;
const HEADER_BYTES = 100;
const RECORD_HEADER_BYTES = 8;

/** The files of a shapefile that are there, by extension (`shp`, `dbf`, `prj`, `cpg`), whatever the case of their names. */
export async function shapefileParts(path: string): Promise<Map<string, string>> {
  const stem = basename(path, extname(path)).toLowerCase();
  const parts = new Map([['shp', path]]);
  for (const name of await readdir(dirname(path))) {
    const extension = extname(name).slice(1).toLowerCase();
    if (basename(name, extname(name)).toLowerCase() !== stem || parts.has(extension)) continue;
    if (['dbf', 'prj', 'cpg'].includes(extension)) parts.set(extension, join(dirname(path), name));
  }
  return parts;
}

export const hasAttributes = async (path: string) => (await shapefileParts(path)).has('dbf');

/** Its `.prj`; undefined where there is none. */
export async function shapefileWkt(path: string): Promise<string | undefined> {
  const prj = (await shapefileParts(path)).get('prj');
  return prj === undefined ? undefined : await readFile(prj, 'utf8');
}

/**
 * Features in the order of the file; its `.shx` is not needed. Without `.dbf` they have no attributes: `hasAttributes` tells.
 * Throws `BadInput` for a file that is none, is truncated, or has another number of rows than of shapes.
 */
export async function* readShapefile(path: string): AsyncGenerator<RawFeature> {
  const parts = await shapefileParts(path);
  const file = await ByteFile.open(path);
  try {
    const endByte = await checkHeader(file);
    const dbfPath = parts.get('dbf');
    const rows = dbfPath === undefined ? undefined : await openDbf(dbfPath, parts.get('cpg'));
    try {
      let shapes = 0;
      for (; file.position < endByte; shapes++) {
        const geometry = await nextShape(file, endByte);
        const properties = rows ? await rows.next() : null;
        if (properties === 'deleted') continue;
        if (properties === undefined) throw tooFewRows(path, dbfPath!, shapes);
        yield { ...geometry, properties };
      }
      if (rows && rows.count !== shapes) {
        throw new BadInput(`${dbfPath}: ${rows.count} rows found, ${shapes} wanted, as ${basename(path)} has shapes`);
      }
    } finally {
      await rows?.close();
    }
  } finally {
    await file.close();
  }
}

const tooFewRows = (path: string, dbfPath: string, shapes: number) =>
  new BadInput(`${dbfPath}: ${shapes} rows found, one for each shape of ${basename(path)} wanted, which has more`);

/** Returns where its records end. */
async function checkHeader(file: ByteFile): Promise<number> {
  if (file.sizeBytes < HEADER_BYTES) {
    throw new BadInput(`${file.path}: ${file.sizeBytes} bytes found, a shapefile of at least ${HEADER_BYTES} wanted`);
  }
  const header = await file.take(HEADER_BYTES);
  const [code, lengthBytes] = [header.readInt32BE(0), header.readInt32BE(24) * 2];
  if (code !== FILE_CODE) throw new BadInput(`${file.path}: begins with ${code}, ${FILE_CODE} wanted: no shapefile`);
  if (file.sizeBytes < lengthBytes) {
    throw new BadInput(
      `${file.path}: truncated, ${file.sizeBytes} bytes found of the ${lengthBytes} its header announces`,
    );
  }
  return lengthBytes;
}

async function nextShape(file: ByteFile, endByte: number): Promise<{ geometry: Geometry | null; fault?: string }> {
  const header = await file.take(RECORD_HEADER_BYTES);
  const [number, bytes] = [header.readInt32BE(0), header.readInt32BE(4) * 2];
  if (bytes < 4 || file.position + bytes > endByte) {
    throw new BadInput(
      `${file.path}: damaged, record ${number} announces ${bytes} bytes where ${endByte - file.position} are left`,
    );
  }
  return shapeGeometry(await file.take(bytes));
}
