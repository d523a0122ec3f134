/** GeoJSON FeatureCollections, read whole. */
import { readFile, stat } from 'node:fs/promises';
import type { FeatureCollection } from 'geojson';
import { BadInput } from '../errors.ts';
import type { RawFeature } from './reference-feature.ts';

/** No text of this engine is longer. */
const MAX_BYTES = 512 << 20;

/** The features, and the CRS that `statedCrs` finds; without one RFC 7946 says CRS84. */
export async function readGeoJson(path: string): Promise<{ features: RawFeature[]; srid?: number; crsName: string }> {
  const collection = await readCollection(path);
  const { srid, crsName = 'CRS84, as without a crs member' } = statedCrs(collection);
  const features = collection.features.map(
    (feature): RawFeature => ({
      geometry: feature?.geometry ?? null,
      properties: feature?.properties ?? null,
    }),
  );
  return { features, srid, crsName };
}

/** What the `crs` member of GeoJSON 2008 names, which GDAL, QGIS and IGN write for what is not CRS84. */
export function statedCrs(collection: FeatureCollection): { srid?: number; crsName?: string } {
  const { crs } = collection as { crs?: { properties?: { name?: unknown } } };
  if (crs === undefined) return {};
  const crsName = String(crs?.properties?.name);
  const code = /EPSG:(?:[^:]*:)?(\d+)$/i.exec(crsName)?.[1];
  return { srid: code === undefined ? undefined : Number(code), crsName };
}

/** Throws `BadInput` for what is no FeatureCollection; its features are not looked at. */
export async function readCollection(path: string): Promise<FeatureCollection> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) {
    throw new BadInput(
      `${path}: ${size} bytes found, ${MAX_BYTES} at most wanted of GeoJSON; FlatGeobuf, GeoPackage and Shapefile may be of any size`,
    );
  }
  const text = await readFile(path, 'utf8');
  let found: Partial<FeatureCollection> | null;
  try {
    found = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message}); a GeoJSON FeatureCollection is wanted`);
  }
  if (found?.type !== 'FeatureCollection' || !Array.isArray(found.features)) {
    throw new BadInput(`${path}: ${found?.type ?? 'no GeoJSON type'} found, a GeoJSON FeatureCollection is wanted`);
  }
  return found as FeatureCollection;
}
