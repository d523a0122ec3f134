/** Rows as GeoJSON. */
import { type RawBuilder, sql } from 'kysely';
import type { Crs } from './crs.ts';
import type { FeatureRow } from './feature-source.ts';

/**
 * The geometry as GeoJSON text in the CRS asked for. In CRS84 it was written when the object was loaded: transforming 1 000
 * features takes ten times as long as reading their text.
 */
export function geometryText(crs: Crs, storageSrid: number): RawBuilder<string> {
  if (crs.srid === 4326 && !crs.latitudeFirst) return sql`geojson_wgs84`;
  const transformed = crs.srid === storageSrid ? sql`geom` : sql`st_transform(geom, ${crs.srid}::int)`;
  const oriented = crs.latitudeFirst ? sql`st_flipcoordinates(${transformed})` : transformed;
  return sql`published.geojson(${oriented}, ${crs.decimals}::int)`;
}

/** The feature as GeoJSON text. The geometry's text goes in as it is: parsing it would take longer than reading it. */
export const featureText = ({ key: _key, featureId, geometry, ...properties }: FeatureRow) =>
  `{"type":"Feature","id":${JSON.stringify(featureId)},"geometry":${geometry},"properties":${JSON.stringify(properties)}}`;
