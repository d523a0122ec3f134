/** How much of each object a reference layer covers. Pure. */
import type { Grid } from '../grid.ts';
import { burn } from '../rasterise.ts';
import type { ReferenceFeature } from '../references/reference-feature.ts';
import { DEFAULT_WIDTH_M, type UsageRule } from './rules.ts';

/** Pixels of each region (0 = nodata) under the features a rule counts; a pixel under several counts once. */
export function coveredPixels(
  features: ReferenceFeature[],
  rule: UsageRule,
  regions: Uint32Array,
  regionCount: number,
  grid: Grid,
): Uint32Array {
  const mask = new Uint8Array(regions.length);
  for (const { geometry, properties } of features) {
    if (counts(properties, rule)) burn(geometry, widthM(properties), grid, mask);
  }
  const covered = new Uint32Array(regionCount + 1);
  for (let i = 0; i < mask.length; i++) if (mask[i]) covered[regions[i]!]!++;
  return covered;
}

const counts = (properties: Record<string, unknown>, { where }: UsageRule) =>
  where === undefined || where.oneOf.includes(String(properties[where.attribute]));

/** Width of a line: BD TOPO's, metres. */
function widthM(properties: Record<string, unknown>): number {
  const found = Number(properties['largeur_de_chaussee']);
  return found > 0 ? found : DEFAULT_WIDTH_M;
}
