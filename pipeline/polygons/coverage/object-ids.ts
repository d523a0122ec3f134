/** Identifiers of objects: equal objects have equal ids, in every run and from one millésime to the next. */
import { createHash } from 'node:crypto';
import type { Polygon } from 'geojson';
import type { PolygonProperties, PolygonsArtefact } from '../../artefacts.ts';
import { readFeatures } from '../../geojsonl.ts';
import { objectKey, readJoined } from '../../joined.ts';

const DIGITS = 19;

/** `OCSGE` and 19 digits, as in IGN's deliveries; drawn from the département and the object's key, so that a rerun gives it again. */
export function newObjectId(departement: string, key: string): string {
  const number = createHash('sha256').update(departement).update(key).digest().readBigUInt64BE();
  return `OCSGE${String(number % 10n ** BigInt(DIGITS)).padStart(DIGITS, '0')}`;
}

/**
 * Ids of a millésime's objects by key: an object of the next one with the same couverture and geometry takes the id over. In memory,
 * by object.
 */
export async function idsByKey(former: PolygonsArtefact): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for await (const { properties, geometry } of readFeatures<Polygon, PolygonProperties>(former.polygonsPath)) {
    ids.set(objectKey(properties.code_cs, JSON.stringify(geometry.coordinates)), properties.id);
  }
  for await (const { properties } of readJoined(former)) ids.set(properties.key, properties.id);
  return ids;
}

/**
 * Geometries of a millésime's objects that got the junctions of a neighbouring département, by the key of what was traced: where
 * the next one traces the same, they stay byte for byte. Text of the GeoJSON `coordinates` member.
 */
export async function joinedByKey(former: PolygonsArtefact): Promise<Map<string, string>> {
  const joined = new Map<string, string>();
  for await (const { properties, geometry } of readJoined(former)) {
    joined.set(properties.key, JSON.stringify(geometry.coordinates));
  }
  return joined;
}
