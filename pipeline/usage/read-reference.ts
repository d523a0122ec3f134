/** Reference layers as the rules of usage ask for them: whole, from whatever files hold them. */
import type { Report } from '../log.ts';
import { findReferences, type ReferenceSource } from '../references/find-layers.ts';
import { readLayer } from '../references/read-layer.ts';
import { newNotes, type ReferenceFeature } from '../references/reference-feature.ts';
import { type ReferenceLayer, USAGE_RULES } from './rules.ts';

/** Files of the layers the rules ask for, those that are there, in the order of the layers. `BadInput` as `findReferences`. */
export async function referenceFiles(
  references: string | string[],
  dataDir: string,
): Promise<Map<ReferenceLayer, ReferenceSource[]>> {
  const asked = new Set<string | null>(USAGE_RULES.map(({ layer }) => layer));
  const found = new Map<ReferenceLayer, ReferenceSource[]>();
  for (const source of await findReferences(references, dataDir)) {
    if (!asked.has(source.role)) continue;
    const layer = source.role as ReferenceLayer;
    found.set(layer, [...(found.get(layer) ?? []), source]);
  }
  return found;
}

/** Reads a layer whole; what was repaired or left out is told. Throws `BadInput` where it is not in EPSG:`srid`. */
export async function readReference(
  sources: ReferenceSource[],
  srid: number,
  dataDir: string,
  report: Report,
): Promise<ReferenceFeature[]> {
  const [features, notes, seen] = [[] as ReferenceFeature[], newNotes(), new Set<string>()];
  for (const source of sources) {
    for await (const feature of readLayer(source, { srid, dataDir, notes, seen })) features.push(feature);
  }
  const faults = [notes.leftOut, notes.repaired, notes.lacks].some((found) => Object.keys(found).length > 0);
  if (faults) report.warn('Usage:ReferenceRead', { layer: sources[0]!.role, ...notes });
  return features;
}
