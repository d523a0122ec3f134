/** How much of each object a reference layer covers. Pure. */
import type { Grid } from '../grid.ts';
import { burn } from '../rasterise.ts';
import type { Reference } from './read-reference.ts';
import { DEFAULT_WIDTH_M, type UsageRule } from './rules.ts';

/** Pixels of each region (0 = nodata) under the features a rule counts; a pixel under several counts once. */
export function coveredPixels(
  features: Reference[],
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

const counts = (properties: Record<string, unknown> | null, { where }: UsageRule) =>
  where === undefined || where.oneOf.includes(String(properties?.[where.attribute]));

/** Width of a line: BD TOPO's `largeur`, metres. */
function widthM(properties: Record<string, unknown> | null): number {
  const found = Number(properties?.['largeur']);
  return found > 0 ? found : DEFAULT_WIDTH_M;
}
