/** What the geometric step may do at most (issue of the vector process): each bound with what was measured. Pure. */
import type { GeometryMeasures } from '../polygons-measures.ts';

const FARTHEST_M = 2;
const CLASS_SHARE = 0.005;
const SQUARED_SHARE = 0.01;
const LEAST_IOU = 0.9;
/** Displacements are measured to a 64th of a pixel: rounding breaks no bound. */
const ROUNDING_PX = 1 / 128;

export interface GeometricBound {
  quantity:
    | 'déplacement moyen'
    | 'déplacement maximal'
    | 'surface de la couverture'
    | 'surface du bâti d’équerre'
    | 'IoU du bâti d’équerre';
  /** Of which couverture, where it is of one. */
  codeCs?: string;
  /** Shares are parts of one; those of areas have a sign. */
  unit: 'm' | 'part';
  measured: number;
  /** At most so far from 0; of the IoU at least. */
  bound: number;
  holds: boolean;
}

/** None where nothing was drawn. `areas` with squared buildings and ossature apart, as the issue asks for. */
export function geometricBounds(geometry: GeometryMeasures | undefined, resolutionM: number): GeometricBound[] {
  if (geometry === undefined) return [];
  const { displacement, areas, squared } = geometry;
  const far = (quantity: GeometricBound['quantity'], measured: number, bound: number): GeometricBound => {
    return { quantity, unit: 'm', measured, bound, holds: measured <= bound + ROUNDING_PX * resolutionM };
  };
  const kept = (quantity: GeometricBound['quantity'], measured: number, bound: number, codeCs?: string) => {
    const holds = Math.abs(measured) <= bound;
    return { quantity, ...(codeCs === undefined ? {} : { codeCs }), unit: 'part' as const, measured, bound, holds };
  };
  return [
    far('déplacement moyen', displacement.meanM, resolutionM),
    far('déplacement maximal', displacement.maxM, FARTHEST_M),
    ...areas
      .filter(({ beforeM2 }) => beforeM2 > 0)
      .map(({ codeCs, beforeM2, afterM2 }) =>
        kept('surface de la couverture', afterM2 / beforeM2 - 1, CLASS_SHARE, codeCs),
      ),
    ...(squared && squared.beforeM2 > 0 ? squaredBounds(squared, kept) : []),
  ];
}

function squaredBounds(
  { leastIou, beforeM2, afterM2 }: NonNullable<GeometryMeasures['squared']>,
  kept: (quantity: GeometricBound['quantity'], measured: number, bound: number) => GeometricBound,
): GeometricBound[] {
  const iou = { quantity: 'IoU du bâti d’équerre', unit: 'part', measured: leastIou, bound: LEAST_IOU } as const;
  return [
    kept('surface du bâti d’équerre', afterM2 / beforeM2 - 1, SQUARED_SHARE),
    { ...iou, holds: leastIou >= LEAST_IOU },
  ];
}

/** Those that do not hold, each in a few words. */
export const brokenBounds = (bounds: GeometricBound[]): string[] =>
  bounds.flatMap(({ quantity, codeCs, holds }) =>
    holds ? [] : [codeCs === undefined ? quantity : `${quantity} ${codeCs}`],
  );
