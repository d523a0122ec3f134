/** What the values of a class layer mean. */

/** What value n + 1 of a layer means, by index n; value 0 is nodata. A layer has 255 of them at most. */
export interface LandClass {
  codeCs: string;
  /** Roads, rail and water burnt in from references: nothing merges with them, nothing crosses them. */
  ossature: boolean;
  /** Of ossature classes: the parity of the ground square they lie in, so that a network is cut into objects of bounded size. */
  cell?: 0 | 1;
}

/** Values of a layer, 0 included. */
export const MAX_CLASSES = 255;

/** The value of a class: 0 where `classes` has none such. */
export const landValueOf = (classes: LandClass[], wanted: LandClass): number =>
  classes.findIndex(
    ({ codeCs, ossature, cell }) =>
      codeCs === wanted.codeCs && ossature === wanted.ossature && (cell ?? 0) === (wanted.cell ?? 0),
  ) + 1;
