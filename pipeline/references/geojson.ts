/** GeoJSON FeatureCollections, read whole. */
import { readFile, stat } from 'node:fs/promises';
import type { FeatureCollection } from 'geojson';
import { BadInput } from '../errors.ts';
import type { RawFeature } from './reference-feature.ts';

/** No text of this engine is longer. */
const MAX_BYTES = 512 << 20;

/** The features, and the CRS that its `crs` member of 2008 names, which GDAL and IGN write; without it RFC 7946 says CRS84. */
export async function readGeoJson(path: string): Promise<{ features: RawFeature[]; srid?: number; crsName: string }> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) {
    throw new BadInput(
      `${path}: ${size} bytes found, ${MAX_BYTES} at most wanted of GeoJSON; FlatGeobuf, GeoPackage and Shapefile may be of any size`,
    );
  }
  const collection = parse(await readFile(path, 'utf8'), path);
  const { crs } = collection as { crs?: { properties?: { name?: unknown } } };
  const crsName = crs === undefined ? 'CRS84, as without a crs member' : String(crs?.properties?.name);
  const code = /EPSG:(?:[^:]*:)?(\d+)$/i.exec(crsName)?.[1];
  const features = collection.features.map(
    (feature): RawFeature => ({
      geometry: feature?.geometry ?? null,
      properties: feature?.properties ?? null,
    }),
  );
  return { features, srid: code === undefined ? undefined : Number(code), crsName };
}

function parse(text: string, path: string): FeatureCollection {
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
