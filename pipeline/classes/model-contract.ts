/**
 * A model's contract: what goes in, what comes out, and what it means. It is stated by the command line, by `model.json`
 * (STAC MLM) or by the ONNX file's own metadata, the first named winning; what nobody states is refused, never guessed.
 */
import type { BandRequest, ModelClass } from '../artefacts.ts';
import { BadInput } from '../errors.ts';

export type Activation = 'logits' | 'softmax' | 'sigmoid';

/** Input of the network = (clip(value, clipMin, clipMax) − subtract) / divide. */
export interface BandScaling {
  clipMin: number;
  clipMax: number;
  subtract: number;
  divide: number;
}

export type BandCoding = Omit<BandRequest, 'name'>;

/** What one place (command line, model.json, ONNX metadata) states; undefined: nothing. */
export interface Stated {
  id?: string;
  modelType?: string;
  bandOrder?: string[];
  /** Coding of bands that need one, by name. */
  codings?: Record<string, BandCoding>;
  /** One per band, or one for all. */
  scaling?: BandScaling[];
  classNames?: string[];
  /** A CS code per channel; null: never to be predicted. */
  codesCs?: (string | null)[];
  colours?: (string | undefined)[];
  ignoredClasses?: number[];
  activation?: Activation;
  resolutionM?: number;
  tilePx?: number;
  marginPx?: number;
  sizeMultiplePx?: number;
  /** Tiles of one run, as the model's author suggests. */
  batch?: number;
}

/** Structured-cloneable: a worker thread may have it. */
export interface ModelContract {
  id: string;
  /** In the order of the network's input channels. */
  bands: BandRequest[];
  scaling: BandScaling[];
  /** One per value of the class raster. */
  classes: ModelClass[];
  /** Where nobody states it, softmax or logits as a run shows. */
  activation: Activation;
  resolutionM: number | undefined;
  tilePx: number | undefined;
  marginPx: number | undefined;
  /** Sides of a tile must be multiples of it. */
  sizeMultiplePx: number;
  /** Tiles of one run, as the model's author suggests. */
  batch: number | undefined;
}

/** Channels of the network's tensors. */
export interface Channels {
  bands: number;
  classes: number;
}

const SEGMENTATION = 'segmentor';
const UNNAMED_COLOUR = '#9e9e9e';

/** Values stated first win over those stated later. */
export function firstStated(places: Stated[]): Stated {
  const merged: Stated = {};
  for (const place of [...places].reverse()) {
    const known = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
    Object.assign(merged, known, { codings: { ...merged.codings, ...place.codings } });
  }
  return merged;
}

/** Throws `BadInput` unless the model is for segmentation, as far as it says. */
export function refuseOtherTypes(path: string, { modelType }: Stated): void {
  if (modelType !== undefined && modelType.toLowerCase() !== SEGMENTATION) {
    throw new BadInput(`${path}: model_type ${modelType} found, Segmentor wanted (semantic segmentation)`);
  }
}

/** The whole contract, or `BadInput` saying which part is missing or does not fit the network's channels. */
export function settleContract(path: string, stated: Stated, channels: Channels): Omit<ModelContract, 'activation'> {
  return {
    id: stated.id ?? path,
    bands: settleBands(path, stated, channels.bands),
    scaling: settleScaling(path, stated, channels.bands),
    classes: settleClasses(path, stated, channels.classes),
    resolutionM: stated.resolutionM,
    tilePx: stated.tilePx,
    marginPx: stated.marginPx,
    sizeMultiplePx: stated.sizeMultiplePx ?? 1,
    batch: stated.batch,
  };
}

function settleBands(path: string, { bandOrder, codings = {} }: Stated, channels: number): BandRequest[] {
  if (!bandOrder) {
    throw new BadInput(
      `${path}: no band order stated; name its ${channels} bands in model.json, in band_order or by --bands`,
    );
  }
  if (bandOrder.length !== channels) {
    throw new BadInput(
      `${path}: ${bandOrder.length} bands stated (${bandOrder.join(',')}), the network takes ${channels}`,
    );
  }
  return bandOrder.map((name) => {
    const coding = codings[name];
    // Metres fed to a network trained on fifths of a metre give a map that looks right and is not.
    if (name === 'NDSM' && !coding) {
      throw new BadInput(
        `${path}: band NDSM without its coding; state ocsge:scale, ndsm_scale or --bands …,NDSM:<DN per metre>`,
      );
    }
    return { name, ...(coding ?? { scale: 1, offset: 0 }) };
  });
}

function settleScaling(path: string, { scaling }: Stated, channels: number): BandScaling[] {
  if (!scaling)
    throw new BadInput(`${path}: no scaling of the values stated; wanted mlm:input[0].value_scaling (null for none)`);
  if (scaling.length !== 1 && scaling.length !== channels) {
    throw new BadInput(`${path}: scaling of ${scaling.length} bands stated, the network takes ${channels}`);
  }
  if (scaling.some(({ divide }) => !(Math.abs(divide) > 0))) throw new BadInput(`${path}: scaling divides by 0`);
  return Array.from({ length: channels }, (_, band) => scaling[band] ?? scaling[0]!);
}

/** Undefined: to be found out by running the network. One channel is a probability unless it is said not to be (Deepness). */
export function statedActivation(path: string, { activation }: Stated, channels: number): Activation | undefined {
  if (activation !== undefined && !['logits', 'softmax', 'sigmoid'].includes(activation)) {
    throw new BadInput(`${path}: activation ${activation} stated; logits, softmax or sigmoid wanted`);
  }
  return activation ?? (channels === 1 ? 'sigmoid' : undefined);
}

/** A network of one channel tells a class from the rest: two values, the rest first, as Deepness has it. */
function settleClasses(path: string, stated: Stated, channels: number): ModelClass[] {
  const count = Math.max(channels, 2);
  const names = [...(stated.classNames ?? stated.codesCs?.map((code) => code ?? 'ignored') ?? [])];
  if (channels === 1 && names.length === 1) names.unshift('background');
  if (names.length !== count) {
    throw new BadInput(`${path}: ${names.length} classes stated, ${count} wanted for ${channels} output channel(s)`);
  }
  if (count > 255) throw new BadInput(`${path}: ${count} classes, at most 255 fit a class raster`);
  const { codesCs, ignoredClasses, colours } = stated;
  if (!codesCs)
    throw new BadInput(`${path}: no CS codes stated for its ${count} classes (ocsge:code_cs or class_codes_cs)`);
  if (codesCs.length !== count) throw new BadInput(`${path}: ${codesCs.length} CS codes stated for ${count} classes`);
  return names.map((name, index) => {
    const ignored = ignoredClasses?.includes(index) ?? codesCs[index] === null;
    const codeCs = ignored ? null : codesCs[index];
    if (!ignored && !/^CS\d(\.\d)*$/.test(codeCs ?? '')) {
      throw new BadInput(
        `${path}: class ${index} (${name}) has CS code ${codeCs ?? 'none'}; wanted CS… or to be among the ignored`,
      );
    }
    return { index, name, codeCs: codeCs ?? null, colour: colours?.[index] ?? UNNAMED_COLOUR };
  });
}
