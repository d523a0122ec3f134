/**
 * Objects whose geometry was joined to a neighbouring département's: what they were traced as, and what they are published as.
 * The next millésime traces the former again, and publishes the latter.
 */
import { createHash } from 'node:crypto';
import type { Feature, Polygon } from 'geojson';
import { partsOf, polygonLine, readFeatures, type Text } from './geojsonl.ts';

/** What makes two objects the same: couverture and geometry, to the byte. `coordinates` is the text of the GeoJSON member (ASCII). */
export function objectKey(codeCs: string, coordinates: Text): string {
  const hash = createHash('sha256').update(codeCs);
  for (const part of partsOf(coordinates)) hash.update(part);
  return hash.digest('base64');
}

export interface JoinedProperties {
  /** `objectKey` of the geometry as it was traced. */
  key: string;
  id: string;
}

/** A line of `joinedPath`. `coordinates`: text of the GeoJSON member, as published. */
export const joinedLine = (key: string, id: string, coordinates: string) =>
  polygonLine({ key, id } satisfies JoinedProperties, coordinates);

export async function* readJoined({
  joinedPath,
}: {
  joinedPath?: string;
}): AsyncGenerator<Feature<Polygon, JoinedProperties>> {
  if (joinedPath !== undefined) yield* readFeatures<Polygon, JoinedProperties>(joinedPath);
}
