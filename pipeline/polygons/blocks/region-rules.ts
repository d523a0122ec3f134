/** What is decided of whole regions, by name: what a thread can be asked to measure. Pure. */
import { buildingsOf } from '../buildings/building-values.ts';
import { confidenceIn, couverturesIn } from '../hold/couvertures.ts';
import { brokenPixels, FRAME_OF_UNCHANGED_PX } from '../hold/unchanged.ts';
import { SPECKS } from '../units/minimal-units.ts';
import { type Framed, innerOf } from './framed.ts';
import type { LocalParameters } from './local-operations.ts';
import type { Measured } from './region-sums.ts';
import type { Verdict } from './region-verdicts.ts';

interface RegionRule {
  reads: string[];
  writes: string;
  /** Pixels round a block that it looks at. */
  framePx: number;
  measured(inputs: Record<string, Framed>, parameters: LocalParameters): Measured;
  verdict(parameters: LocalParameters): Verdict;
  /** What is written, of pixels whose regions are made of `values` and were `judged` so. */
  written(judged: Uint8Array, values: Uint8Array, about: Judging): Uint8Array;
}

/** What a rule reads and is decided by. */
interface Judging {
  inputs: Record<string, Framed>;
  parameters: LocalParameters;
}

/** 1: all of it is of the former millésime; known not to be as soon as one pixel is not. */
const isUnchanged: Verdict = (_, broken, isWhole) => (broken > 0 ? 0 : isWhole ? 1 : undefined);

const REGION_RULES = {
  /** Votes and specks leave of a building that counts what they like, but not nothing: then it is as it was seen. */
  spared: {
    reads: ['classes', 'seen'],
    writes: 'classes',
    framePx: 0,
    measured: (inputs, { classes }) => {
      const { building } = buildingsOf(classes);
      const isBuilding = ({ pixels }: Framed) => pixels.map((value) => (value === building ? 1 : 0));
      return { values: isBuilding(inputs['seen']!), weights: isBuilding(inputs['classes']!) };
    },
    verdict: ({ resolutionM }) => {
      const leastPx = Math.ceil(SPECKS.buildingM2 / resolutionM ** 2 - 1e-6);
      return (pixels, left, isWhole) => (left > 0 ? 0 : isWhole ? (pixels >= leastPx ? 1 : 0) : undefined);
    },
    written: (judged, _, { inputs, parameters }) => {
      const { building } = buildingsOf(parameters.classes);
      return inputs['classes']!.pixels.map((value, i) => (judged[i] === 1 ? building : value));
    },
  },
  /** A patch is believed when it is large enough and its mean confidence is. */
  believed: {
    reads: ['patches', 'sieved', 'classes', 'confidence'],
    writes: 'believed',
    framePx: 0,
    measured: (inputs, { classes }) => {
      const { fold } = couverturesIn(classes);
      const shown = inputs['classes']!.pixels.map((value) => fold[value]!);
      const weights = confidenceIn(inputs['sieved']!.pixels, shown, inputs['confidence']!.pixels);
      return { values: inputs['patches']!.pixels, weights };
    },
    verdict:
      ({ hold: { minPixels, minConfidence } }) =>
      (pixels, sum, isWhole) => {
        if (!isWhole) return undefined;
        return pixels >= minPixels && sum >= pixels * (255 * minConfidence) ? 1 : 0;
      },
    written: (judged) => judged,
  },
  /** Regions of what is held that are the frame's get values of their own, after those of all couvertures. */
  marked: {
    reads: ['held', 'frame'],
    writes: 'marked',
    framePx: FRAME_OF_UNCHANGED_PX,
    measured: (inputs) => measuredAgainst(inputs['held']!, inputs['frame']!),
    verdict: () => isUnchanged,
    written: (judged, values, { parameters }) => {
      const { length } = couverturesIn(parameters.classes).codesCs;
      return values.map((value, i) => (judged[i] === 1 ? value + length : value));
    },
  },
  /** Ossature is burnt in again each time, and objects that were told to break a rule are looked at again: they count as changed. */
  unchanged: {
    reads: ['classes', 'frame', 'listed'],
    writes: 'unchanged',
    framePx: FRAME_OF_UNCHANGED_PX,
    measured: (inputs, { classes }) => {
      const { fold, isOssature } = couverturesIn(classes);
      const [result, frame, listed] = [inputs['classes']!, inputs['frame']!, inputs['listed']!.pixels];
      const now = result.pixels.map((value) => (isOssature[value] ? 0 : fold[value]!));
      const then = frame.pixels.map((value, i) => (isOssature[result.pixels[i]!] || listed[i] ? 0 : value));
      return measuredAgainst({ ...result, pixels: now }, { ...frame, pixels: then });
    },
    verdict: () => isUnchanged,
    written: (judged) => judged,
  },
} satisfies Record<string, RegionRule>;

export type RegionRuleName = keyof typeof REGION_RULES;

export const regionRule = (name: RegionRuleName): RegionRule => REGION_RULES[name];

const measuredAgainst = (now: Framed, then: Framed): Measured => ({
  values: innerOf(now).pixels,
  weights: brokenPixels(now, then),
});
