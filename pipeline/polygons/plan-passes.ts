/** The chain of passes for a source and its settings. Pure. */
import { pixelsForArea } from '../couverture.ts';
import { pixelAreaM2 } from '../grid.ts';
import { eliminationPass } from './elimination-pass.ts';
import { type HoldRaster, holdPass } from './hold-pass.ts';
import { type LandClass, withNarrow } from './land-classes.ts';
import { localPass } from './local-pass.ts';
import { AREA_MARGIN, brokenRules, MINIMAL_UNITS, SPECKS, unitRules } from './minimal-units.ts';
import { withMixedStands } from './mixed-stands.ts';
import type { Pass } from './passes.ts';
import { codesOf, gridOf, type Source, sourcePass } from './source-pass.ts';
import { ZONE_PARAMETERS, zoneRules } from './zone-construite.ts';

export interface PassSettings {
  minAreaM2: number;
  /** False: specks only. */
  generalise: boolean;
  ossature?: { pass: Pass; classes: LandClass[] } | undefined;
  /** Couvertures of the former millésime, and what holds the new raster to it. */
  former?: { codesCs: string[]; hold: HoldRaster } | undefined;
}

export interface Plan {
  /** What the values of the layers mean. */
  classes: LandClass[];
  passes: Pass[];
}

export function planPasses(source: Source, settings: PassSettings): Plan {
  const { generalise, former, ossature } = settings;
  const seen = [...new Set([...codesOf(source), ...(former?.codesCs ?? [])])].sort();
  const codesCs = generalise ? withMixedStands(seen) : seen;
  const plain = codesCs.map((codeCs) => ({ codeCs, ossature: false }));
  const hold = former === undefined ? [] : [holdPass(former.hold, gridOf(source))];
  if (!generalise) {
    return { classes: plain, passes: [sourcePass(source, codesCs), ...hold, plainSpecks(source, settings)] };
  }
  const again = former === undefined ? [] : [...hold, unitsPass(source, 'units-again')];
  return {
    classes: withNarrow([...plain, ...(ossature?.classes ?? [])]),
    passes: [sourcePass(source, codesCs), ...semanticPasses(source, settings), ...again],
  };
}

function semanticPasses(source: Source, { minAreaM2, ossature }: PassSettings): Pass[] {
  const { resolutionM } = gridOf(source);
  const specks = { ...SPECKS, inZoneM2: minAreaM2, outsideM2: minAreaM2 };
  return [
    localPass({ operation: 'majority', resolutionM, tally: 'recode' }),
    localPass({ operation: 'mixed', resolutionM, tally: 'recode' }),
    eliminationPass({
      name: 'specks',
      layer: 'classes',
      parameters: { specks, margin: AREA_MARGIN },
      rules: (classes) => unitRules(classes, pixelAreaM2(gridOf(source)), specks),
      tally: 'specks',
    }),
    localPass({ operation: 'zone', resolutionM }),
    eliminationPass({
      name: 'zone-construite',
      layer: 'zone',
      parameters: ZONE_PARAMETERS,
      rules: () => zoneRules(ZONE_PARAMETERS, resolutionM),
    }),
    ...(ossature === undefined ? [] : [ossature.pass]),
    localPass({ operation: 'group', resolutionM, tally: 'buildings' }),
    localPass({ operation: 'enlarge', resolutionM, tally: 'buildings' }),
    localPass({ operation: 'widths', resolutionM, tally: 'widths' }),
    unitsPass(source, 'units'),
  ];
}

const unitsPass = (source: Source, name: string): Pass =>
  eliminationPass({
    name,
    layer: 'classes',
    parameters: { units: MINIMAL_UNITS, margin: AREA_MARGIN },
    rules: (classes) => unitRules(classes, pixelAreaM2(gridOf(source))),
    inZone: true,
    tally: 'units',
    told: (stranded, classes) => brokenRules(stranded, classes, pixelAreaM2(gridOf(source))),
  });

/** What is too small goes where it has most of its border, whatever it is. */
function plainSpecks(source: Source, { minAreaM2 }: PassSettings): Pass {
  const minPixels = pixelsForArea(minAreaM2, gridOf(source));
  return eliminationPass({
    name: 'specks',
    layer: 'classes',
    parameters: { minPixels },
    rules: () => ({ isLarge: (_value, pixels) => pixels >= minPixels, isFixed: () => false, affinity: () => 1 }),
    tally: 'specks',
  });
}
