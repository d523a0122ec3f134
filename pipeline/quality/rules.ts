/**
 * The product's rules as the report looks for them (specification of OCS GE: minimal units, widths). Written from the
 * specification, not from the code that applies it. Pure.
 */

/** The unit of buildings, wherever they are. */
const BUILDING_M2 = 200;
const IN_ZONE_M2 = 500;
const OUTSIDE_ZONE_M2 = 2_500;

const NETWORK_M = 5;
const OTHER_M = 10;

/** The widest that a rule asks of a couverture. */
export const WIDEST_RULE_M = OTHER_M;

export const BUILDING = 'CS1.1.1.1';
/** The cover of roads; no cover tells them from a car park. */
const PAVED = 'CS1.1.1.2';

/**
 * An object is one of the zone construite when it has the zone's unit inside the zone. The published zone is drawn in lines: its
 * border may have moved a little from where the objects were decided on.
 */
export const isOfZone = (inZoneM2: number) => inZoneM2 >= IN_ZONE_M2 * (1 - ZONE_TOLERANCE);

/** Share of the unit that the drawing of the zone may take. */
export const ZONE_TOLERANCE = 0.05;

/** Least area of an object, m². Ossature under the least of the others has no fault where its place says why it is so small. */
export function leastAreaM2(codeCs: string, ossature: boolean, inZone: boolean): number {
  if (ossature) return IN_ZONE_M2;
  if (codeCs === BUILDING) return BUILDING_M2;
  return inZone ? IN_ZONE_M2 : OUTSIDE_ZONE_M2;
}

/**
 * Width an object must reach somewhere, m; 0: none. It is that of the widest disc in the object's region, by `region-widths.ts`; in
 * SQL, of the widest disc in the drawn polygon, less what pixels and lines may take. What is narrow elsewhere in an object is a matter
 * of the pass that opens widths, which leaves short passages. Buildings have a unit of area only; the ossature is as wide as its references
 * say, 5 m at least. The 20 m of woods used as such wait for the use: they are looked at before publication.
 */
export function leastWidthM(codeCs: string, ossature: boolean): number {
  if (codeCs === BUILDING) return 0;
  return ossature || codeCs === PAVED ? NETWORK_M : OTHER_M;
}

/** Two edges that meet at less than this are a spike: no ground has such a corner at the product's scale. */
export const SPIKE_DEGREES = 1;

export const LOW_CONFIDENCE = 0.5;
