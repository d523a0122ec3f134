/** Minimal units of the product as rules of elimination. Pure. */
import type { ListedObject } from '../../polygons-measures.ts';
import { BUILDING, type LandClass } from '../land-classes.ts';
import { affinity } from './affinity.ts';
import type { EliminationRules, Stranded } from './eliminate.ts';
import { leastWidthM } from './widths.ts';

/** Areas below which a region gives way. */
export interface UnitAreas {
  buildingM2: number;
  /** Of other covers in the zone construite. */
  inZoneM2: number;
  outsideM2: number;
  /** Share that a region has more. */
  margin: number;
}

/** Regions have so much more than their unit, so that straightening their borders does not bring them below it. */
const AREA_MARGIN = 0.01;

/** Specification: 200 m² for buildings, 500 m² in the zone construite, 2 500 m² outside. */
export const MINIMAL_UNITS: UnitAreas = { buildingM2: 200, inZoneM2: 500, outsideM2: 2500, margin: AREA_MARGIN };

/**
 * What is noise before anything is measured: buildings count from 50 m² (specification), 25 m² for the others is ours. With no
 * margin: buildings of 50 m² are enlarged before they are drawn.
 */
export const SPECKS: UnitAreas = { buildingM2: 50, inZoneM2: 25, outsideM2: 25, margin: 0 };

/** Narrow ground joins narrow ground only where little else lies beside it. */
const NARROW_WEIGHT = 0.5;

/**
 * Rules for a raster of `classes`; counted are pixels in the zone construite. A region is one of the zone construite when it has the unit of the zone *inside* the zone: so a
 * region that is large enough stays so however it grows, which a share of its area in the zone would not warrant.
 *
 * What has but ossature round it, or ossature and buildings, a traffic island, the verge between a road and a railway, becomes part
 * of the ossature where it is under the zone's unit, the least that other covers have anywhere; what is left of a building where it
 * is under what counts as one. All else stays and is told: a meadow between three roads, a strip however narrow, a courtyard. But a
 * speck that has roofs round it alone is noise in them.
 */
export function unitRules(
  classes: LandClass[],
  pixelAreaM2: number,
  units: UnitAreas = MINIMAL_UNITS,
): EliminationRules {
  const pixelsOf = (areaM2: number, margin = units.margin) => Math.ceil((areaM2 * (1 + margin)) / pixelAreaM2 - 1e-6);
  const [building, inZone, outside] = [units.buildingM2, units.inZoneM2, units.outsideM2].map((areaM2) =>
    pixelsOf(areaM2),
  ) as [number, number, number];
  const [speckBuilding, speck] = [pixelsOf(SPECKS.buildingM2, SPECKS.margin), pixelsOf(SPECKS.inZoneM2, SPECKS.margin)];
  const isFixed = tableOf(classes, ({ ossature }) => ossature);
  const isNarrow = tableOf(classes, ({ narrow }) => narrow === true);
  const isBuilding = tableOf(classes, ({ codeCs }) => codeCs === BUILDING);
  const weights = affinities(classes);
  return {
    isFixed: (value) => isFixed[value] === 1,
    isLarge: (value, pixels, inZonePixels) =>
      isNarrow[value] === 0 &&
      (isBuilding[value] === 1 ? pixels >= building : pixels >= outside || inZonePixels >= inZone),
    isEnclave: (value, pixels) => (isBuilding[value] === 1 ? pixels < speckBuilding : pixels < inZone),
    isSpeck: (value, pixels) => isBuilding[value] === 0 && pixels < speck,
    affinity: (value, other) => weights[value * SIDE + other]!,
    isTold: (value, pixels) => isBuilding[value] === 1 && pixels >= speckBuilding,
  };
}

/** Why nobody may take a region with these round it. */
function enclosure(beside: number[], classes: LandClass[]): string {
  const lands = beside.map((value) => classes[value - 1]!);
  const isBeside = [lands.some(({ ossature }) => ossature), lands.some(({ ossature }) => !ossature)].join();
  return `${ENCLOSURES[isBeside]!} : aucun voisin ne peut le prendre`;
}

/** By whether ossature lies beside, and whether buildings do: all else may take it. */
const ENCLOSURES: Record<string, string> = {
  'true,true': 'entre ossature et bâtiments',
  'true,false': 'entre ossatures',
  'false,true': 'entre bâtiments',
  'false,false': 'entre limites de l’emprise ou sol inconnu',
};

/** The rules that a region breaks which no neighbour could take. Ground that is narrow had no wider ground of its couverture in reach. */
export function brokenRules(
  { value, pixels, counted, beside }: Stranded,
  classes: LandClass[],
  pixelAreaM2: number,
): Omit<ListedObject, 'id'>[] {
  const land = classes[value - 1]!;
  const plain = classes.findIndex(({ codeCs, ossature, narrow }) => codeCs === land.codeCs && !ossature && !narrow) + 1;
  const isSmall = !unitRules(classes, pixelAreaM2).isLarge(plain, pixels, counted);
  const discM2 = (Math.PI / 4) * leastWidthM(land) ** 2;
  const rules: ListedObject['rule'][] = [
    ...(isSmall ? ['surface' as const] : []),
    ...(land.narrow || pixels * pixelAreaM2 < discM2 ? ['largeur' as const] : []),
  ];
  return rules.map((rule) => ({ rule, reason: enclosure(beside, classes) }));
}

const SIDE = 256;

const tableOf = (classes: LandClass[], holds: (land: LandClass) => boolean): Uint8Array =>
  Uint8Array.from({ length: SIDE }, (_, value) =>
    value > 0 && value <= classes.length && holds(classes[value - 1]!) ? 1 : 0,
  );

function affinities(classes: LandClass[]): Float64Array {
  const weights = new Float64Array(SIDE * SIDE);
  classes.forEach((from, i) => {
    classes.forEach((to, j) => {
      weights[(i + 1) * SIDE + j + 1] = affinity(from.codeCs, to.codeCs) * (to.narrow ? NARROW_WEIGHT : 1);
    });
  });
  return weights;
}
