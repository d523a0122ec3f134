/**
 * The zone construite: built-up ground, inside which the minimal unit is 500 m² instead of 2 500 m². Pure.
 *
 * How IGN draws it is not published, only that it is a layer of its own. Ours, every number of it an assumption of ours: the
 * closing of the buildings of 50 m² and more, so that ground between buildings less than 50 m apart belongs to it; then
 * islands and holes too small to hold an object of the other side go. First `closedBuildings`, block by block; then an
 * `Elimination` with `zoneRules` over its result.
 */
import { closed, frameOfClosing } from '../blocks/closing.ts';
import type { Framed } from '../blocks/framed.ts';
import { innerOf } from '../blocks/framed.ts';
import type { EliminationRules } from '../units/eliminate.ts';

export interface ZoneParameters {
  /** Radius of the closing. */
  closingM: number;
  /** A smaller piece of the zone is none: it could not hold five objects of the zone's own minimal unit. */
  islandM2: number;
  /** A smaller hole is filled: it could not hold two objects of the minimal unit outside. */
  holeM2: number;
}

export const ZONE_PARAMETERS: ZoneParameters = { closingM: 25, islandM2: 2500, holeM2: 5000 };

/** Values while the zone is made; 0 is ground that no image knows. */
const OUTSIDE = 1;
export const INSIDE = 2;

export const frameOfZone = ({ closingM }: ZoneParameters, resolutionM: number) =>
  frameOfClosing(closingM / resolutionM);

/**
 * `INSIDE`, `OUTSIDE` or 0 for each pixel of a block. `isBuilding`: by value of the layer, 1 for buildings; the layer has no
 * building below 50 m² any more. The frame is `frameOfZone` at least.
 */
export function closedBuildings(
  framed: Framed,
  isBuilding: Uint8Array,
  { closingM }: ZoneParameters,
  resolutionM: number,
): Uint8Array {
  const zone = innerOf(framed).pixels.map((value) => (value === 0 ? 0 : OUTSIDE));
  const buildings = framed.pixels.map((value) => isBuilding[value]!);
  if (!buildings.includes(1)) return zone;
  const widthPx = framed.widthPx + 2 * framed.framePx;
  const inside = innerOf({ ...framed, pixels: closed(buildings, widthPx, closingM / resolutionM) }).pixels;
  return zone.map((value, i) => value + (value === OUTSIDE ? inside[i]! : 0));
}

/** By pixel of a block with a frame of one pixel: 1 where known ground has unknown ground beside it, or the raster's edge. */
export function besideUnknown({ widthPx, heightPx, pixels }: Framed): Uint8Array {
  const stride = widthPx + 2;
  const beside = new Uint8Array(widthPx * heightPx);
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0, at = (y + 1) * stride + 1; x < widthPx; x++, i++, at++) {
      const isKnown = pixels[at] !== 0;
      if (isKnown && (!pixels[at - 1] || !pixels[at + 1] || !pixels[at - stride] || !pixels[at + stride]))
        beside[i] = 1;
    }
  }
  return beside;
}

/**
 * Small islands become outside, small holes inside, the smallest first. Counted are pixels `besideUnknown`: ground outside that has
 * any is no hole, nobody knows what lies beyond; a piece of the zone counts for what is known of it.
 */
export function zoneRules({ islandM2, holeM2 }: ZoneParameters, resolutionM: number): EliminationRules {
  const leastPx = [0, holeM2, islandM2].map((areaM2) => Math.ceil(areaM2 / (resolutionM * resolutionM)));
  return {
    isLarge: (value, pixels, besideUnknownPixels) =>
      pixels >= leastPx[value]! || (value === OUTSIDE && besideUnknownPixels > 0),
    isFixed: () => false,
    affinity: () => 1,
  };
}
