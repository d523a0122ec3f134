/** When a piece of the ossature floats: one rule for the passes that drop such pieces and the report that looks for them. Pure. */

/**
 * A piece of road or of rail that meets no other of its kind, does not reach the limit and has less of axis than this is dropped;
 * the figure is ours.
 */
export const MIN_PIECE_M = 2_000;

/** No road or rail of the ossature is narrower, by the product's rule. */
const LEAST_WIDTH_M = 5;

/**
 * A piece that covers less ground than this floats as well: lanes side by side may cover each other by half, so half of what the
 * least length would cover. Ground is what can be seen of a piece once it is drawn.
 */
export const floatingBelowM2 = (minPieceM: number) => (minPieceM * LEAST_WIDTH_M) / 2;
