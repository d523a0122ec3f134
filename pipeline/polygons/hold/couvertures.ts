/** Both millésimes in one numbering: couvertures, whatever else the classes of a layer tell. Pure. */
import { BUILDING, type LandClass, landValueOf } from '../land-classes.ts';
import { couverturesOf } from '../tally.ts';

export interface Couvertures {
  /** Value n + 1 is `codesCs[n]`; 0 is nodata. */
  codesCs: string[];
  /** By value of the layer: its couverture. */
  fold: Uint8Array;
  /** By couverture: the layer's value of ground that is no ossature; 0 where there is none. */
  plain: Uint8Array;
  /** By value of the layer. */
  isOssature: Uint8Array;
}

export function couverturesIn(classes: LandClass[]): Couvertures {
  const codesCs = couverturesOf(classes);
  return {
    codesCs,
    fold: Uint8Array.from([0, ...classes.map(({ codeCs }) => codesCs.indexOf(codeCs) + 1)]),
    plain: Uint8Array.from([0, ...codesCs.map((codeCs) => landValueOf(classes, { codeCs, ossature: false }))]),
    isOssature: Uint8Array.from([0, ...classes.map(({ ossature }) => (ossature ? 1 : 0))]),
  };
}

const KEPT_CONFIDENCE = [BUILDING, 'CS2.1.1.3'];

/**
 * Confidence is the image's in the class it showed. Where generalising gave another, what is left of it at most is what speaks for
 * that one; but enlarging a building does not make it doubtful, nor does a stand become so by being called mixed.
 */
export function doubted(confidence: Uint8Array, classes: Uint8Array, seen: Uint8Array, lands: LandClass[]): Uint8Array {
  const keeps = Uint8Array.from([1, ...lands.map(({ codeCs }) => (KEPT_CONFIDENCE.includes(codeCs) ? 1 : 0))]);
  return confidence.map((value, i) => (classes[i] !== seen[i] && keeps[classes[i]!] === 0 ? 255 - value : value));
}

/**
 * Confidence in `couvertures` where the image shows `shown`: its own where they are the same, else what it leaves at most to
 * that class. Nothing is known of a class the image has a hole at.
 */
export const confidenceIn = (couvertures: Uint8Array, shown: Uint8Array, confidence: Uint8Array): Uint8Array =>
  confidence.map((value, i) =>
    shown[i] === 0 || couvertures[i] === 0 ? 0 : couvertures[i] === shown[i] ? value : 255 - value,
  );

/**
 * Classes and confidence of a layer held to `marked`: couvertures, and beyond them those of regions that have not changed. Ground
 * of a couverture that only ossature has stays. Ossature is what `ossature` says wherever either millésime knows the ground; what it
 * took within it in the new image is given back, and is its own again once it is known what is round it in the end.
 */
export function heldClasses(
  classes: Uint8Array,
  confidence: Uint8Array,
  marked: Uint8Array,
  ossature: Uint8Array | undefined,
  lands: LandClass[],
): { classes: Uint8Array; confidence: Uint8Array } {
  const { codesCs, fold, plain } = couverturesIn(lands);
  const held = marked.map((value) => (value > codesCs.length ? value - codesCs.length : value));
  const shown = classes.map((value) => fold[value]!);
  return {
    classes: classes.map((value, i) => (held[i] === 0 ? value : ossature?.[i] || plain[held[i]!]! || value)),
    confidence: confidenceIn(held, shown, confidence),
  };
}
