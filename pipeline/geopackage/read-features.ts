/** The features of a layer of a GeoPackage, a thousand rows at a time. */
import type { Geometry } from 'geojson';
import sqlite3, { type Database as Sqlite } from 'node-sqlite3-wasm';
import { BadInput } from '../errors.ts';
import { geometryOfBlob } from './geometry-of-blob.ts';
import { BadGeometry } from './gpkg-geometry.ts';
import { type GpkgLayer, quoted } from './open-gpkg.ts';
import { makePrivateCopy } from './private-copy.ts';

const ROWS_AT_ONCE = 1_000;

export interface GpkgFeature {
  geometry: Geometry | null;
  properties: Record<string, unknown>;
  /** Why the geometry cannot be read. */
  fault?: string;
}

/** In the order of the primary key, from a private copy under `dataDir`. Throws `BadInput` for a damaged file. */
export async function* readGpkgFeatures(path: string, layer: GpkgLayer, dataDir: string): AsyncGenerator<GpkgFeature> {
  const copy = await makePrivateCopy(path, dataDir);
  let sqlite: Sqlite | undefined;
  try {
    sqlite = new sqlite3.Database(copy.path, { fileMustExist: true, readOnly: true });
    const attributes = layer.columns.filter((name) => name !== layer.geometry && name !== layer.key).map(quoted);
    const columns = [
      `${quoted(layer.key)} as _ocsge_key`,
      `${quoted(layer.geometry)} as _ocsge_geometry`,
      ...attributes,
    ];
    // The primary key.
    const statement = sqlite.prepare(
      `select ${columns.join(', ')} from ${quoted(layer.name)}
        where ${quoted(layer.key)} > ? order by ${quoted(layer.key)} limit ${ROWS_AT_ONCE}`,
    );
    for (let after = Number.MIN_SAFE_INTEGER; ; ) {
      const rows = statement.all([after]) as Record<string, unknown>[];
      for (const { _ocsge_key: key, _ocsge_geometry: blob, ...properties } of rows) {
        after = Number(key);
        yield { ...geometryIn(blob as Uint8Array | null), properties };
      }
      if (rows.length < ROWS_AT_ONCE) break;
    }
    statement.finalize();
  } catch (error) {
    if (!(error instanceof sqlite3.SQLite3Error)) throw error;
    throw new BadInput(`${path}, layer ${layer.name}: cannot be read (${error.message}); wanted a whole .gpkg file`);
  } finally {
    sqlite?.close();
    await copy.remove();
  }
}

function geometryIn(blob: Uint8Array | null): Pick<GpkgFeature, 'geometry' | 'fault'> {
  if (blob === null) return { geometry: null };
  try {
    return { geometry: geometryOfBlob(blob) };
  } catch (error) {
    if (!(error instanceof BadGeometry)) throw error;
    return { geometry: null, fault: error.message };
  }
}
