/** What a person said of the ground, whatever the file it is kept in. */
import type { InputFile } from '../artefacts.ts';
import type { BboxLocal, Grid, PixelWindow } from '../grid.ts';
import type { AnnotationClass } from './class-table.ts';

/** Annotations, open: masks or polygons. */
export interface Annotations {
  /** EPSG code of their coordinates. */
  srid: number;
  /** Classes that have a couverture, in the order of the values `read` gives. */
  classes: (AnnotationClass & { codeCs: string })[];
  /** Boxes of ground outside of which nothing is annotated. */
  annotated: BboxLocal[];
  /** The grid they were drawn on; polygons have none. */
  ownGrid: Grid | undefined;
  inputs: InputFile[];
  /**
   * heightPx × widthPx values for a window of any north-up grid of their CRS: 1 + index in `classes` of what lies under each
   * pixel's centre, 0 where nobody knows.
   */
  read(grid: Grid, window: PixelWindow): Promise<Uint8Array>;
  close(): Promise<void>;
}
