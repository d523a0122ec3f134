/**
 * A model's contract: what goes in, what comes out, and what it means. It is stated by the command line, by `model.json`
 * (STAC MLM) or by the ONNX file's own metadata, the first named winning; what nobody states is refused, never guessed.
 */
import type { BandRequest, ModelClass } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import type { Head, NetworkShape } from './network.ts';

export type Activation = 'logits' | 'softmax' | 'sigmoid';

/** Input of the network = (clip(value, clipMin, clipMax) − subtract) / divide. */
export interface BandScaling {
  clipMin: number;
  clipMax: number;
  subtract: number;
  divide: number;
}

export type BandCoding = Omit<BandRequest, 'name'>;

/** What one place states of one output of the network. */
export interface StatedHead {
  classNames?: string[];
  /** A CS code per class; null: never to be predicted. */
  codesCs?: (string | null | undefined)[];
  colours?: (string | undefined)[];
  ignoredClasses?: number[];
  activation?: Activation;
}

/** What one place (command line, model.json, ONNX metadata) states; undefined: nothing. */
export interface Stated extends StatedHead {
  id?: string;
  modelType?: string;
  bandOrder?: string[];
  /** Coding of bands that need one, by name. */
  codings?: Record<string, BandCoding>;
  /** One per band, or one for all. */
  scaling?: BandScaling[];
  resolutionM?: number;
  tilePx?: number;
  marginPx?: number;
  /** Share of the tile that neighbours see too, as Deepness says the margin. */
  overlapPercent?: number;
  sizeMultiplePx?: number;
  /** Tiles of one run, as the model's author suggests. */
  batch?: number;
  /** The output to read, by name or number. */
  head?: string;
  /** What is said of each output, by its name or else in the file's order. */
  outputs?: (StatedHead & { name?: string })[];
  /** Sizes and types the network's tensors should have: text → what is found wanting. */
  checks?: ((shape: NetworkShape, head: Head) => void)[];
}

/** Structured-cloneable: a worker thread may have it. */
export interface ModelContract {
  id: string;
  /** In the order of the network's input channels. */
  bands: BandRequest[];
  scaling: BandScaling[];
  /** One per value of the class raster. */
  classes: ModelClass[];
  /** Where nobody states it, as a run shows. */
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
const BANDS = ['R', 'G', 'B', 'NIR', 'MNS', 'MNT', 'NDSM'];
/** Common names of STAC's bands and FLAIR's letters. */
const BAND_NAMES = new Map([
  ...BANDS.map((name) => [name.toLowerCase(), name] as const),
  ...Object.entries({ red: 'R', green: 'G', blue: 'B', i: 'NIR', dsm: 'MNS', dtm: 'MNT', e: 'NDSM' }),
]);
/** The fourteen couvertures and the levels above them (OCS GE). */
const COUVERTURE =
  /^CS(1(\.1(\.1(\.[12])?|\.2(\.[12])?)?|\.2(\.[123])?)?|2(\.1(\.1(\.[123])?|\.[23])?|\.2(\.[12])?)?)$/;

/** Our name of a band; one that has none stays as it is, and is refused when the contract is settled. */
export const bandNamed = (name: string) => BAND_NAMES.get(name.toLowerCase()) ?? name;

/** Values stated first win over those stated later; codings of bands are put together. */
export function firstStated(places: Stated[]): Stated {
  const merged: Stated = {};
  for (const place of [...places].reverse()) {
    const known = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
    const checks = [...(place.checks ?? []), ...(merged.checks ?? [])];
    Object.assign(merged, known, { codings: { ...merged.codings, ...place.codings }, checks });
  }
  return merged;
}

/** What `place` states of one output of the network, beside what it states of the whole. */
export function statedOf(place: Stated, heads: Head[], head: Head): Stated {
  const { outputs = [], ...whole } = place;
  const named = outputs.find(({ name }) => name === head.name);
  const others = outputs.filter(({ name }) => !heads.some((one) => one.name === name));
  const { name: _, ...said } = named ?? others[outputs.length === others.length ? heads.indexOf(head) : -1] ?? {};
  return firstStated([whole, said]);
}

/** Throws `BadInput` unless the model is for segmentation, as far as it says. */
export function refuseOtherTypes(path: string, { modelType }: Stated): void {
  if (modelType !== undefined && modelType.toLowerCase() !== SEGMENTATION) {
    throw new BadInput(`${path}: model_type ${modelType} found, Segmentor wanted (semantic segmentation)`);
  }
}

/** The whole contract, or `BadInput` saying which part is missing or does not fit the network's channels. */
export function settleContract(
  path: string,
  stated: Stated,
  shape: NetworkShape,
  head: Head,
): Omit<ModelContract, 'activation'> {
  for (const check of stated.checks ?? []) check(shape, head);
  const tilePx = shape.fixedSidePx ?? stated.tilePx;
  const share = tilePx === undefined || stated.overlapPercent === undefined ? undefined : stated.overlapPercent / 200;
  return {
    id: stated.id ?? path,
    bands: settleBands(path, stated, shape.bands),
    scaling: settleScaling(path, stated, shape),
    classes: settleClasses(path, stated, head.classes),
    resolutionM: stated.resolutionM,
    tilePx,
    marginPx: stated.marginPx ?? (share === undefined ? undefined : Math.floor(tilePx! * share)),
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
  const names = bandOrder.map(bandNamed);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) throw new BadInput(`${path}: band ${twice} twice in ${bandOrder.join(',')}; each band once wanted`);
  return bandOrder.map((said, index) => {
    const name = names[index]!;
    if (!BANDS.includes(name)) throw new BadInput(`${path}: band ${said} is not known; wanted ${BANDS.join(', ')}`);
    const coding = codings[name];
    // Metres fed to a network trained on fifths of a metre give a map that looks right and is not.
    if (name === 'NDSM' && !coding) {
      throw new BadInput(
        `${path}: band NDSM without its coding; state its expression in model.json, ndsm_scale or --bands …,NDSM:<DN per metre>`,
      );
    }
    return { name, ...(coding ?? { scale: 1, offset: 0 }) };
  });
}

function settleScaling(path: string, { scaling }: Stated, { bands, inputType }: NetworkShape): BandScaling[] {
  if (!scaling)
    throw new BadInput(`${path}: no scaling of the values stated; wanted mlm:input[0].value_scaling (null for none)`);
  if (scaling.length !== 1 && scaling.length !== bands) {
    throw new BadInput(`${path}: scaling of ${scaling.length} bands stated, the network takes ${bands}`);
  }
  if (scaling.some(({ divide }) => !(Math.abs(divide) > 0))) throw new BadInput(`${path}: scaling divides by 0`);
  if (inputType === 'uint8' && scaling.some(({ subtract, divide }) => subtract !== 0 || divide !== 1)) {
    throw new BadInput(
      `${path}: the network takes whole numbers (uint8) and a scaling is stated that makes others; wanted value_scaling null or clip`,
    );
  }
  return Array.from({ length: bands }, (_, band) => scaling[band] ?? scaling[0]!);
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
  const { codesCs, ignoredClasses, colours } = stated;
  const names = stated.classNames ? [...stated.classNames] : codesCs?.map((code) => code ?? 'ignored');
  if (channels === 1 && names?.length === 1) names.unshift('background');
  if (names && names.length !== count) {
    throw new BadInput(`${path}: ${names.length} classes stated, ${count} wanted for ${channels} output channel(s)`);
  }
  if (count > 255) throw new BadInput(`${path}: ${count} classes, at most 255 fit a class raster`);
  if (!names || !codesCs?.some((code) => code !== undefined)) {
    const known = names?.map((name, index) => `${index} ${name}`).join(', ') ?? 'none named';
    throw new BadInput(
      `${path}: no CS codes stated for its ${count} classes (${known}); wanted ocsge:code_cs in model.json, class_codes_cs or --codes-cs CS1.1.1.1,-,…`,
    );
  }
  if (codesCs.length !== count) throw new BadInput(`${path}: ${codesCs.length} CS codes stated for ${count} classes`);
  const outside = ignoredClasses?.find((index) => !Number.isInteger(index) || index < 0 || index >= count);
  if (outside !== undefined) throw new BadInput(`${path}: ignored class ${outside}, wanted 0 to ${count - 1}`);
  const classes = names.map((name, index) => {
    const ignored = ignoredClasses?.includes(index) ?? codesCs[index] === null;
    const codeCs = ignored ? null : codesCs[index];
    if (!ignored && !COUVERTURE.test(codeCs ?? '')) {
      throw new BadInput(
        `${path}: class ${index} (${name}) has CS code ${codeCs ?? 'none'}; wanted a CS code of OCS GE, or to be among the ignored classes`,
      );
    }
    return { index, name, codeCs: codeCs ?? null, colour: colours?.[index] ?? UNNAMED_COLOUR };
  });
  if (classes.some(({ codeCs }) => codeCs !== null)) return classes;
  const ignored = classes.map(({ index, name }) => `${index} ${name}`).join(', ');
  throw new BadInput(
    `${path}: no class left to predict, all ${count} are ignored or of no couverture (${ignored}); a CS code wanted for one at least`,
  );
}
