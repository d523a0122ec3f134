/** What a production made, as publication reads it. */
import type { Polygon } from 'geojson';
import type {
  ObjetOccupationSol,
  ObjetProperties,
  ObjetsArtefact,
  PolygonsArtefact,
  ZoneConstruite,
} from './artefacts.ts';
import { readFeatures } from './geojsonl.ts';
import { polygonWkb } from './wkb.ts';

/** Ground that is no object: what no image knows, and what of others the limit goes round. */
export async function* readNodata({ nodataPath, enclavesPath }: PolygonsArtefact): AsyncGenerator<Buffer> {
  for (const path of [nodataPath, enclavesPath]) {
    if (path === undefined) continue;
    for await (const { geometry } of readFeatures<Polygon, object>(path)) yield polygonWkb(geometry);
  }
}

/** Undefined where none was asked for. */
export function zonesOf({ zonePath }: PolygonsArtefact): (() => AsyncGenerator<ZoneConstruite>) | undefined {
  return zonePath === undefined ? undefined : () => readZones(zonePath);
}

async function* readZones(zonePath: string): AsyncGenerator<ZoneConstruite> {
  for await (const { properties, geometry } of readFeatures<Polygon, { id: string }>(zonePath)) {
    yield { id: properties.id, wkb: polygonWkb(geometry) };
  }
}

export async function* readObjets({ objetsPath }: ObjetsArtefact): AsyncGenerator<ObjetOccupationSol> {
  for await (const { properties, geometry } of readFeatures<Polygon, ObjetProperties>(objetsPath)) {
    yield { ...properties, wkb: polygonWkb(geometry) };
  }
}
