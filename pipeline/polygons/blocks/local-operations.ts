/** The local operations of the chain, by name: what a thread can be asked for. */
import type { PixelWindow } from '../../grid.ts';
import { buildingsOf } from '../buildings/building-values.ts';
import type { BuiltUpParameters } from '../buildings/built-up.ts';
import { enlargeBuildings, frameOfEnlargement } from '../buildings/enlarge.ts';
import { frameOfGrouping, groupBuildings } from '../buildings/group-buildings.ts';
import { closedBuildings, frameOfZone } from '../buildings/zone-construite.ts';
import { couverturesIn, doubted, heldClasses } from '../hold/couvertures.ts';
import type { HoldTests } from '../hold/hold-options.ts';
import { frameOfGrowth, frameOfPatches, grownPatches, type Pair, widePatches } from '../hold/patches.ts';
import { BUILDING, type LandClass } from '../land-classes.ts';
import { MAJORITY_FRAME_PX, majority } from '../units/majority.ts';
import { frameOfMixedStands, MIXED_STANDS, mixedStands } from '../units/mixed-stands.ts';
import { frameOfWidths, WIDTH_SETTINGS, withoutNarrowParts } from '../units/widths.ts';
import { type Framed, innerOf } from './framed.ts';

/** What decides a local operation, beside the layers it reads. */
export interface LocalParameters {
  /** What the values of the layer `classes` mean. */
  classes: LandClass[];
  resolutionM: number;
  builtUp: BuiltUpParameters;
  /** What it takes for a change since the former millésime to be believed. */
  hold: HoldTests;
}

export interface LocalJob {
  name: LocalName;
  /** Layers it reads, by name: their paths. */
  reads: Record<string, string>;
  block: PixelWindow;
  parameters: LocalParameters;
}

export interface LocalResult {
  /** Pixels of the block, by layer. */
  outputs: Record<string, Uint8Array>;
  /** `tally[before × values + after]`, where the classes were read and written. */
  tally: Float64Array | undefined;
}

interface LocalOperation {
  reads: string[];
  writes: string[];
  /** Pixels round a block that it looks at. */
  frameOf(parameters: LocalParameters): number;
  run(inputs: Record<string, Framed>, parameters: LocalParameters): Record<string, Uint8Array>;
  /** What decides it, beside the classes and the resolution. */
  settings(builtUp: BuiltUpParameters, hold: HoldTests): unknown;
}

const LOCAL_OPERATIONS = {
  majority: {
    reads: ['classes', 'confidence'],
    writes: ['classes'],
    settings: () => ({}),
    frameOf: () => MAJORITY_FRAME_PX,
    run: (inputs) => ({ classes: majority(inputs['classes']!, inputs['confidence']) }),
  },
  group: {
    reads: ['classes'],
    writes: ['classes'],
    settings: ({ gapM }) => ({ gapM }),
    frameOf: ({ builtUp, resolutionM }) => frameOfGrouping(builtUp.gapM, resolutionM),
    run: (inputs, { classes, builtUp, resolutionM }) => ({
      classes: groupBuildings(inputs['classes']!, buildingsOf(classes), builtUp.gapM, resolutionM),
    }),
  },
  enlarge: {
    reads: ['classes'],
    writes: ['classes'],
    settings: ({ enlargement }) => enlargement,
    frameOf: ({ builtUp, resolutionM }) => frameOfEnlargement(builtUp.enlargement, resolutionM),
    run: (inputs, { classes, builtUp, resolutionM }) => ({
      classes: enlargeBuildings(inputs['classes']!, buildingsOf(classes), builtUp.enlargement, resolutionM),
    }),
  },
  vote: {
    reads: ['classes', 'voted'],
    writes: ['classes'],
    settings: () => ({}),
    frameOf: () => 0,
    run: (inputs) => ({ classes: inputs['voted']!.pixels }),
  },
  mixed: {
    reads: ['classes'],
    writes: ['classes'],
    settings: () => MIXED_STANDS,
    frameOf: frameOfMixedStands,
    run: (inputs, parameters) => ({ classes: mixedStands(inputs['classes']!, parameters) }),
  },
  zone: {
    reads: ['classes'],
    writes: ['zone'],
    settings: ({ zone }) => zone,
    frameOf: ({ builtUp, resolutionM }) => frameOfZone(builtUp.zone, resolutionM),
    run: (inputs, { classes, builtUp, resolutionM }) => {
      const isBuilding = Uint8Array.from({ length: 256 }, (_, value) =>
        classes[value - 1]?.codeCs === BUILDING ? 1 : 0,
      );
      return { zone: closedBuildings(inputs['classes']!, isBuilding, builtUp.zone, resolutionM) };
    },
  },
  widths: {
    reads: ['classes'],
    writes: ['classes'],
    settings: () => WIDTH_SETTINGS,
    frameOf: frameOfWidths,
    run: (inputs, parameters) => ({ classes: withoutNarrowParts(inputs['classes']!, parameters) }),
  },
  widthsOfChanged: {
    reads: ['classes', 'unchanged'],
    writes: ['classes'],
    settings: () => WIDTH_SETTINGS,
    frameOf: frameOfWidths,
    run: (inputs, parameters) => {
      const [before, unchanged] = [innerOf(inputs['classes']!).pixels, innerOf(inputs['unchanged']!).pixels];
      const opened = withoutNarrowParts(inputs['classes']!, parameters);
      return { classes: before.map((value, i) => (unchanged[i] === 1 ? value : opened[i]!)) };
    },
  },
  seen: {
    reads: ['classes', 'confidence', 'seen'],
    writes: ['sieved', 'confidence'],
    settings: () => ({}),
    frameOf: () => 0,
    run: (inputs, { classes }) => {
      const { fold } = couverturesIn(classes);
      const [generalised, confidence, seen] = ['classes', 'confidence', 'seen'].map((name) => inputs[name]!.pixels);
      return {
        sieved: generalised!.map((value) => fold[value]!),
        confidence: doubted(confidence!, generalised!, seen!, classes),
      };
    },
  },
  patches: {
    reads: ['sieved', 'frame'],
    writes: ['patches'],
    settings: (_, hold) => hold,
    frameOf: ({ hold }) => frameOfPatches(hold.minWidthPx),
    run: (inputs, { hold }) => ({ patches: widePatches(pairIn(inputs), hold.minWidthPx) }),
  },
  growth: {
    reads: ['believed', 'sieved', 'frame'],
    writes: ['held'],
    settings: (_, hold) => hold,
    frameOf: ({ hold }) => frameOfGrowth(hold.minWidthPx),
    run: (inputs, { hold }) => ({ held: grownPatches(pairIn(inputs), inputs['believed']!, hold.minWidthPx) }),
  },
  held: {
    reads: ['classes', 'confidence', 'marked'],
    writes: ['classes', 'confidence'],
    settings: () => ({}),
    frameOf: () => 0,
    run: heldIn,
  },
  heldWithOssature: {
    reads: ['classes', 'confidence', 'marked', 'ossature'],
    writes: ['classes', 'confidence'],
    settings: () => ({}),
    frameOf: () => 0,
    run: heldIn,
  },
} satisfies Record<string, LocalOperation>;

export type LocalName = keyof typeof LOCAL_OPERATIONS;

export const localOperation = (name: LocalName): LocalOperation => LOCAL_OPERATIONS[name];

const pairIn = (inputs: Record<string, Framed>): Pair => ({ frame: inputs['frame']!, seen: inputs['sieved']! });

function heldIn(inputs: Record<string, Framed>, { classes }: LocalParameters) {
  const [shown, confidence, marked] = ['classes', 'confidence', 'marked'].map((name) => inputs[name]!.pixels);
  return heldClasses(shown!, confidence!, marked!, inputs['ossature']?.pixels, classes);
}
