/** Objects under their unit or their width, and why they may be. */
import type { PolygonProperties, PolygonsArtefact } from '../artefacts.ts';
import { pixelAreaM2 } from '../grid.ts';
import type { ListedObject } from '../polygons-measures.ts';
import { isAsWide, widestPx, widthTest } from '../region-widths.ts';
import { type RegionTable, widestOf } from './regions-pass.ts';
import { isOfZone, leastAreaM2, leastWidthM } from './rules.ts';

/** What lines and right angles leave of an object at least. */
const DRAWN_SHARE = 0.9;
const DRAWN_BELOW = 'ramené sous l’unité par le dessin de son contour';
const NARROWED = 'au-dessus de la largeur avec le sol de ses bâtiments, qui ne rétrécissent rien';

export interface SizeFault {
  rule: ListedObject['rule'];
  found: string;
  /** Of what was measured here; what was listed before has reasons of its own. */
  reason?: string | undefined;
}

/**
 * `region`: its number in the rasters. Widths are measured as the pass that sees to them does; ossature is as wide as its references
 * say, of which a band's pixels may lose one.
 */
export function sizeFaults(
  properties: PolygonProperties & { ossature?: number },
  areaM2: number,
  region: number,
  { regions, polygons }: { regions: RegionTable; polygons: PolygonsArtefact },
): SizeFault[] {
  const { code_cs: codeCs, ossature } = properties;
  const faults: SizeFault[] = [];
  const inZone = isOfZone(regions.zonePixels[region]! * pixelAreaM2(polygons.grid));
  const leastM2 = leastAreaM2(codeCs, ossature === 1, inZone);
  if (areaM2 < leastM2) {
    const where = inZone ? 'en zone construite' : 'hors zone construite';
    const found = `${areaM2.toFixed(1)} m² de ${codeCs}, ${leastM2} m² voulus ${where}`;
    const regionM2 = properties.pixels * pixelAreaM2(polygons.grid);
    const isDrawnBelow = ossature !== 1 && regionM2 >= leastM2 && areaM2 >= DRAWN_SHARE * leastM2;
    faults.push({ rule: 'surface', found, reason: isDrawnBelow ? DRAWN_BELOW : undefined });
  }
  const { resolutionM } = polygons.grid;
  const leastM = leastWidthM(codeCs, ossature === 1);
  const test = widthTest((ossature === 1 ? leastM - resolutionM : leastM) / resolutionM);
  const plain = widestOf(regions.plainWidths, region);
  if (leastM > 0 && !isAsWide(test, plain)) {
    const found = `${(widestPx(plain) * resolutionM).toFixed(1)} m au plus large de ${codeCs}, ${leastM} m voulus`;
    const isNarrowed = isAsWide(test, widestOf(regions.widths, region));
    faults.push({ rule: 'largeur', found, reason: isNarrowed ? NARROWED : undefined });
  }
  return faults;
}
