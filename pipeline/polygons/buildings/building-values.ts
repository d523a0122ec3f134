/** Which values of a layer are buildings, and which no building may take. Pure. */
import { BUILDING, type LandClass, landValueOf } from '../land-classes.ts';

export interface BuildingValues {
  /** The layer's value of buildings; 0: it has none. */
  building: number;
  /** By value: 1 where no building may grow: ossature. Nodata (0) never is taken. */
  isFixed: Uint8Array;
}

export function buildingsOf(classes: LandClass[]): BuildingValues {
  return {
    building: landValueOf(classes, { codeCs: BUILDING, ossature: false }),
    isFixed: Uint8Array.from({ length: 256 }, (_, value) => (classes[value - 1]?.ossature ? 1 : 0)),
  };
}
