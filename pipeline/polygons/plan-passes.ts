/** The chain of passes for a source and its settings. Pure. */
import type { PolygonsArtefact } from '../artefacts.ts';
import { pixelsForArea } from '../couverture.ts';
import { pixelAreaM2 } from '../grid.ts';
import { regionPass } from './blocks/region-pass.ts';
import type { BuiltUpParameters } from './buildings/built-up.ts';
import { zoneRules } from './buildings/zone-construite.ts';
import { type HoldOptions, holdTestsOf } from './hold/hold-options.ts';
import { holdPasses } from './hold/hold-passes.ts';
import { type LandClass, withNarrow } from './land-classes.ts';
import { localPass } from './local-pass.ts';
import type { Pass } from './passes.ts';
import { checkResolution } from './resolution.ts';
import { canVote, codesOf, gridOf, type Source, sourcePass } from './source-pass.ts';
import { eliminationPass } from './units/elimination-pass.ts';
import { brokenRules, MINIMAL_UNITS, SPECKS, unitRules } from './units/minimal-units.ts';
import { withMixedStands } from './units/mixed-stands.ts';

export interface PassSettings {
  minAreaM2: number;
  /** False: specks only. */
  generalise: boolean;
  /** Of a raster held to a former one its pass leaves the layer `ossature`. */
  ossature?: { pass: Pass; classes: LandClass[] } | undefined;
  builtUp: BuiltUpParameters;
  /** The former millésime, and what it takes for a change since then to be believed; absent: the raster is held to none. */
  former?: { polygons: PolygonsArtefact; hold: HoldOptions } | undefined;
}

export interface Plan {
  /** What the values of the layers mean. */
  classes: LandClass[];
  passes: Pass[];
}

/** Throws `BadInput` for a raster too coarse for the rules asked of it. */
export function planPasses(source: Source, settings: PassSettings): Plan {
  const { generalise, former, ossature } = settings;
  if (generalise) checkResolution(gridOf(source).resolutionM);
  const seen = [...new Set([...codesOf(source), ...(former?.polygons.codesCs ?? [])])].sort();
  const codesCs = generalise ? withMixedStands(seen) : seen;
  const plain = codesCs.map((codeCs) => ({ codeCs, ossature: false }));
  const hasOssature = generalise && ossature !== undefined;
  const decided = decidedBy(source, settings);
  const hold = former === undefined ? [] : holdPasses(former.polygons, gridOf(source), decided, hasOssature);
  if (!generalise) {
    return {
      classes: plain,
      passes: [
        sourcePass(source, codesCs, { isSeen: former !== undefined, isVoted: false }),
        ...hold,
        plainSpecks(source, settings),
      ],
    };
  }
  return {
    classes: withNarrow([...plain, ...(ossature?.classes ?? [])]),
    passes: [
      sourcePass(source, codesCs, { isSeen: true, isVoted: canVote(source) }),
      ...semanticPasses(source, settings),
      ...hold,
      ...passesAfterHold(source, settings),
    ],
  };
}

/** What decides local operations, beside the classes. */
const decidedBy = (source: Source, { builtUp, former }: PassSettings) => ({
  resolutionM: gridOf(source).resolutionM,
  builtUp,
  hold: holdTestsOf(former?.hold ?? {}, gridOf(source)),
});

/** What is believed to have changed keeps the rules too; what has not changed is not touched for its own sake. */
function passesAfterHold(source: Source, settings: PassSettings): Pass[] {
  if (settings.former === undefined) return [];
  const local = decidedBy(source, settings);
  return [
    localPass({ ...local, operation: 'enlarge', name: 'enlarge-again' }),
    localPass({ ...local, operation: 'widthsOfChanged', drops: ['unchanged'] }),
    unitsPass(source, 'units-again', true),
  ];
}

function semanticPasses(source: Source, settings: PassSettings): Pass[] {
  const { minAreaM2, ossature, builtUp } = settings;
  const local = decidedBy(source, settings);
  const specks = { ...SPECKS, inZoneM2: minAreaM2, outsideM2: minAreaM2 };
  return [
    canVote(source)
      ? localPass({ ...local, operation: 'vote', tally: 'recode', drops: ['voted'] })
      : localPass({ ...local, operation: 'majority', tally: 'recode' }),
    localPass({ ...local, operation: 'mixed', tally: 'recode' }),
    eliminationPass({
      name: 'specks',
      layer: 'classes',
      parameters: { specks },
      rules: (classes) => unitRules(classes, pixelAreaM2(gridOf(source)), specks),
      tally: 'specks',
    }),
    regionPass({
      name: 'spared',
      rule: 'spared',
      parameters: local,
      tally: 'recode',
      drops: settings.former === undefined ? ['seen'] : [],
    }),
    localPass({ ...local, operation: 'zone' }),
    eliminationPass({
      name: 'zone-construite',
      layer: 'zone',
      parameters: builtUp.zone,
      rules: () => zoneRules(builtUp.zone, local.resolutionM),
      counts: 'edge',
    }),
    ...(ossature === undefined ? [] : [ossature.pass]),
    localPass({ ...local, operation: 'group', tally: 'buildings' }),
    localPass({ ...local, operation: 'enlarge', tally: 'buildings' }),
    localPass({ ...local, operation: 'widths', tally: 'widths' }),
    unitsPass(source, 'units', settings.former === undefined),
  ];
}

/** `isLast`: what it leaves below its unit is told; a pass that comes again would tell it twice. */
const unitsPass = (source: Source, name: string, isLast: boolean): Pass =>
  eliminationPass({
    name,
    layer: 'classes',
    parameters: { units: MINIMAL_UNITS },
    rules: (classes) => unitRules(classes, pixelAreaM2(gridOf(source))),
    counts: 'zone',
    tally: 'units',
    ...(isLast && { told: (stranded, classes) => brokenRules(stranded, classes, pixelAreaM2(gridOf(source))) }),
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
