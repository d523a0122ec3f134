/** What the values of a class layer mean. */

/** What value n + 1 of a layer means, by index n; value 0 is nodata. A layer has 255 of them at most. */
export interface LandClass {
  codeCs: string;
  /** Roads, rail and water burnt in from references: nothing merges with them, nothing crosses them. */
  ossature: boolean;
  /** Of ossature classes: which of four colours the ground square has that they lie in, so that a network is cut into objects of bounded size. */
  cell?: 0 | 1 | 2 | 3;
  /** Ground of this couverture that is narrower than its width and stands by itself: it must join a neighbour, whatever its size. */
  narrow?: true;
}

/** The cover of buildings. */
export const BUILDING = 'CS1.1.1.1';

/** Values of a layer, 0 included. */
const MAX_CLASSES = 255;

/** The value of a class: 0 where `classes` has none such. */
export const landValueOf = (classes: LandClass[], wanted: LandClass): number =>
  classes.findIndex(
    ({ codeCs, ossature, cell, narrow }) =>
      codeCs === wanted.codeCs &&
      ossature === wanted.ossature &&
      (cell ?? 0) === (wanted.cell ?? 0) &&
      narrow === wanted.narrow,
  ) + 1;

/** `classes` and, after them, the narrow ones of those that are no ossature: values that are known stay what they are. */
export const withNarrow = (classes: LandClass[]): LandClass[] => [
  ...classes,
  ...classes
    .filter(({ ossature, narrow }) => !ossature && !narrow)
    .map(({ codeCs, ossature }) => narrowOf(codeCs, ossature)),
];

const narrowOf = (codeCs: string, ossature: boolean): LandClass => ({ codeCs, ossature, narrow: true });

/** By value: that of its narrow class, or itself where `classes` has none. */
export const narrowValues = (classes: LandClass[]): Uint8Array =>
  Uint8Array.from({ length: MAX_CLASSES + 1 }, (_, value) => {
    const own = classes[value - 1];
    return own === undefined || own.ossature ? value : landValueOf(classes, narrowOf(own.codeCs, false)) || value;
  });

/** By value: that of its class without the mark of being narrow. */
export const plainValues = (classes: LandClass[]): Uint8Array =>
  Uint8Array.from({ length: MAX_CLASSES + 1 }, (_, value) => {
    const own = classes[value - 1];
    return own?.narrow === undefined ? value : landValueOf(classes, { codeCs: own.codeCs, ossature: false });
  });
