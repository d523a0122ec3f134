/** The ground truth, on the prediction's grid. */
import type { TruthSource } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import { type BboxLocal, type Grid, gridBbox, type PixelWindow } from '../grid.ts';
import type { ScoredClass } from './labels.ts';

/**
 * Truth read at the centres of the prediction's pixels: `grid` is the prediction's, whatever grid the annotations were drawn
 * on; of a finer or shifted mask the pixel under each centre counts (nearest neighbour).
 */
export interface Truth extends TruthSource {
  /** By index in `codes`. */
  classes: ScoredClass[];
  /** Boxes of ground outside of which nothing is annotated; absent: anywhere may be. */
  annotated?: BboxLocal[];
}

/** Throws `BadInput` where no annotated box meets the prediction, saying where both are. */
export function checkOverlap(truth: Truth, grid: Grid): void {
  if (!truth.annotated || truth.annotated.some((box) => meets(box, gridBbox(grid)))) return;
  const paths = truth.inputs.map(({ path }) => path).join(', ');
  throw new BadInput(
    `${paths}: the annotations lie in [${boxOfAll(truth.annotated)}], the prediction in [${gridBbox(grid)}] (EPSG:${grid.srid}); an overlap wanted`,
  );
}

/** Whether anything may be annotated in a window of the grid. */
export function mayBeAnnotated(truth: Truth, { originX, originY, resolutionM }: Grid, window: PixelWindow): boolean {
  const box: BboxLocal = [
    originX + window.xPx * resolutionM,
    originY - (window.yPx + window.heightPx) * resolutionM,
    originX + (window.xPx + window.widthPx) * resolutionM,
    originY - window.yPx * resolutionM,
  ];
  return truth.annotated?.some((annotated) => meets(annotated, box)) ?? true;
}

const meets = (a: BboxLocal, b: BboxLocal) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

const boxOfAll = (boxes: BboxLocal[]): BboxLocal => [
  Math.min(...boxes.map(([x]) => x)),
  Math.min(...boxes.map(([, y]) => y)),
  Math.max(...boxes.map(([, , x]) => x)),
  Math.max(...boxes.map(([, , , y]) => y)),
];
