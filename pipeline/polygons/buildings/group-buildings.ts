/** Buildings close to each other are one object. Pure. */
import { closed, frameOfClosing } from '../blocks/closing.ts';
import { type Framed, innerOf } from '../blocks/framed.ts';

export interface BuildingValues {
  /** The layer's value of buildings (CS1.1.1.1); 0: it has none. */
  building: number;
  /** By value: 1 where no building may grow: ossature. Nodata (0) never is taken. */
  isFixed: Uint8Array;
}

/**
 * Buildings less than this apart are grouped. An assumption of ours: less than the narrowest road (5 m), so that no street
 * between two rows of houses is built over.
 */
export const GROUPING_GAP_M = 4;

export const frameOfGrouping = (gapM: number, resolutionM: number) => frameOfClosing(gapM / 2 / resolutionM);

/** The block's values, gaps between buildings narrower than `gapM` filled. The frame is `frameOfGrouping` at least. */
export function groupBuildings(
  framed: Framed,
  { building, isFixed }: BuildingValues,
  gapM: number,
  resolutionM: number,
): Uint8Array {
  const { widthPx, heightPx, framePx, pixels } = framed;
  const values = innerOf(framed).pixels;
  if (building === 0 || !pixels.includes(building)) return values;
  const buildings = pixels.map((value) => (value === building ? 1 : 0));
  const [width, height] = [widthPx + 2 * framePx, heightPx + 2 * framePx];
  const grouped = innerOf({ ...framed, pixels: closed(buildings, width, height, gapM / 2 / resolutionM) }).pixels;
  return values.map((value, i) => (grouped[i] === 1 && value !== 0 && isFixed[value] !== 1 ? building : value));
}
