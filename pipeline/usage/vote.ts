/** How much of each object a reference layer covers. Pure. */
import type { Grid } from '../grid.ts';
import { burn } from '../rasterise.ts';
import { KIND_LAYERS, OSSATURE_KINDS, segmentWidth } from '../references/ossature-widths.ts';
import type { ReferenceFeature } from '../references/reference-feature.ts';
import { DEFAULT_WIDTH_M, type UsageRule } from './rules.ts';

/**
 * Adds to `covered` the pixels of each region under the features a rule counts; a pixel under several counts once. `regions`: of
 * the pixels of `grid`, 0 = nodata.
 */
export function addCoveredPixels(
  features: ReferenceFeature[],
  rule: UsageRule,
  regions: Uint32Array,
  grid: Grid,
  covered: Uint32Array,
): void {
  const mask = new Uint8Array(regions.length);
  for (const { geometry, properties } of features) {
    const lineM = counts(properties, rule) ? widthM(properties, rule.layer) : undefined;
    if (lineM !== undefined) burn(geometry, lineM, grid, mask);
  }
  for (let i = 0; i < mask.length; i++) if (mask[i]) covered[regions[i]!]!++;
}

const counts = (properties: Record<string, unknown>, { where }: UsageRule) =>
  where === undefined || where.oneOf.includes(String(properties[where.attribute]));

/** Of roads and rail as they are in the ossature; of other lines as stated, or by default. Undefined: it is under the ground. */
function widthM(properties: Record<string, unknown>, layer: string | null): number | undefined {
  const kind = OSSATURE_KINDS.find((candidate) => KIND_LAYERS[candidate] === layer);
  const segment = kind === undefined ? undefined : segmentWidth(kind, properties, 0);
  if (typeof segment === 'object') return segment.widthM;
  if (segment === 'underground' || segment === 'not built yet') return undefined;
  const stated = Number(properties['largeur_de_chaussee']);
  return stated > 0 ? stated : DEFAULT_WIDTH_M;
}
