/** What `model.json` states: fields of STAC MLM 1.5, at the top or under `properties`, and ours under `ocsge:`. Pure. */
import { BadInput } from '../errors.ts';
import { readExpression } from './band-expression.ts';
import { type Activation, type BandCoding, bandNamed, type Stated, type StatedHead } from './model-contract.ts';
import type { Head, NetworkShape } from './network.ts';
import { scalingOf } from './value-scaling.ts';

type Json = Record<string, unknown>;

/** Of the standard's tasks, those that label each pixel. */
const TASKS = ['semantic-segmentation', 'segmentation'];

/**
 * Throws `BadInput` for text that is not JSON, a field of another shape than the standard's, and whatever this software does
 * not do: functions before the network, expressions of no form read here, several inputs.
 */
export function statedByJson(path: string, text: string): Stated {
  const item = parseObject(path, text);
  const model = { ...item, ...objectIn(path, item, 'properties') };
  const inputs = listOf(path, model, 'mlm:input');
  if (inputs.length !== 1) throw new BadInput(`${path}: mlm:input has ${inputs.length} inputs, one wanted`);
  const input = asObject(path, inputs[0], 'mlm:input[0]');
  const outputs = listOf(path, model, 'mlm:output').map((output) => asObject(path, output, 'mlm:output'));
  refuseFunctions(path, input, model);
  const structure = objectIn(path, input, 'input');
  const bands =
    input['bands'] === undefined ? [] : listOf(path, input, 'bands').map((band) => bandOf(path, model, band));
  const suggested = sideOf(structure);
  return {
    id: textIn(path, model, 'mlm:name'),
    modelType: typeOf(model['mlm:tasks']),
    bandOrder: bands.length > 0 ? bands.map(({ name }) => name) : undefined,
    codings: Object.fromEntries(bands.flatMap(({ name, coding }) => (coding ? [[name, coding]] : []))),
    scaling: scalingOf(path, input['value_scaling']),
    outputs: outputs.map((output) => outputOf(path, output)),
    activation: model['ocsge:activation'] as Activation | undefined,
    head: textIn(path, model, 'ocsge:head'),
    resolutionM: positive(path, model, 'ocsge:resolution_m') ?? positive(path, model, 'gsd'),
    tilePx: positive(path, model, 'ocsge:tile_px') ?? suggested,
    marginPx: numberIn(path, model, 'ocsge:margin_px'),
    sizeMultiplePx: positive(path, model, 'ocsge:size_multiple_px'),
    batch: positive(path, model, 'mlm:batch_size_suggestion'),
    checks: [checkNames(path, input, outputs), checkOf(path, structure, outputs)],
  };
}

function parseObject(path: string, text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message})`);
  }
  throw new BadInput(`${path}: a JSON object with the fields of STAC MLM wanted`);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown) => JSON.stringify(value) ?? 'absent';

function asObject(path: string, value: unknown, what: string): Json {
  if (isObject(value)) return value;
  throw new BadInput(`${path}: ${what} is ${shown(value)}, an object wanted`);
}

const objectIn = (path: string, object: Json, key: string): Json =>
  object[key] === undefined ? {} : asObject(path, object[key], key);

function listOf(path: string, object: Json, key: string): unknown[] {
  const value = object[key];
  if (Array.isArray(value)) return value;
  throw new BadInput(`${path}: ${key} is ${shown(value)}, a list wanted`);
}

function textIn(path: string, object: Json, key: string): string | undefined {
  const value = object[key];
  if (value === undefined || typeof value === 'string') return value;
  throw new BadInput(`${path}: ${key} is ${shown(value)}, a text wanted`);
}

/** Undefined where it is absent or null, as the standard has it. */
function numberIn(path: string, object: Json, key: string): number | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || (typeof value === 'number' && value >= 0)) return value;
  throw new BadInput(`${path}: ${key} is ${shown(value)}, a number from 0 wanted`);
}

function positive(path: string, object: Json, key: string): number | undefined {
  const value = numberIn(path, object, key);
  if (value !== 0) return value;
  throw new BadInput(`${path}: ${key} is 0, more wanted`);
}

const typeOf = (tasks: unknown) =>
  !Array.isArray(tasks) || tasks.some((task) => TASKS.includes(task)) ? undefined : tasks.join(', ');

/** What the standard lets an author leave to code of his own is told, never passed over. */
function refuseFunctions(path: string, input: Json, model: Json): void {
  if ((input['variables'] as unknown[] | undefined)?.length) {
    throw new BadInput(`${path}: mlm:input[0].variables are stated; bands wanted`);
  }
  if ((input['pre_processing_function'] ?? null) !== null) {
    const found = shown(input['pre_processing_function']);
    throw new BadInput(
      `${path}: pre_processing_function ${found} is code that is not run here; wanted value_scaling and bands with an expression`,
    );
  }
  const resize = input['resize_type'] ?? null;
  const resampled = typeof resize === 'string' && resize.startsWith('interpolation-');
  // Windows are cut at the grid's resolution, never stretched: the model's own must be known.
  const resolution = model['ocsge:resolution_m'] ?? model['gsd'];
  if (resize === null || resize === 'crop' || resize === 'pad' || (resampled && resolution !== undefined)) return;
  throw new BadInput(
    `${path}: resize_type ${shown(resize)}; wanted null, crop, pad, or interpolation-… with ocsge:resolution_m: images are brought to that resolution, tiles are not stretched`,
  );
}

/** `"R"`, or an object whose `expression`, or `ocsge:scale`, `ocsge:offset` and `ocsge:clip`, say how it is coded. */
function bandOf(path: string, model: Json, band: unknown): { name: string; coding: BandCoding | undefined } {
  const object = isObject(band) ? band : { name: band };
  const said = object['name'];
  if (typeof said !== 'string') throw new BadInput(`${path}: band ${shown(band)}, a name wanted`);
  const name = bandNamed(commonName(model, said));
  const stated = codingStated(path, object);
  if ((object['expression'] ?? null) === null) return { name, coding: stated };
  const { source, ...coding } = expressionOf(path, model, said, object['expression']);
  const same = ['NDSM', 'MNS', 'MNT', 'R', 'G', 'B', 'NIR'].includes(name) ? name === source : true;
  if (!same)
    throw new BadInput(`${path}: band ${said} is said to be ${shown(object['expression'])}, which is of ${source}`);
  if (stated && JSON.stringify(stated) !== JSON.stringify(coding)) {
    throw new BadInput(
      `${path}: band ${said} is coded by its expression as ${shown(coding)} and by ocsge:scale as ${shown(stated)}; one of both wanted`,
    );
  }
  return { name: source, coding };
}

function codingStated(path: string, band: Json): BandCoding | undefined {
  const scale = band['ocsge:scale'];
  if (scale === undefined) return undefined;
  const [clipMin, clipMax] = (band['ocsge:clip'] ?? []) as number[];
  const coding = { scale: scale as number, offset: (band['ocsge:offset'] ?? 0) as number, clipMin, clipMax };
  const numbers = Object.values(coding).every((value) => value === undefined || Number.isFinite(value));
  if (numbers) return coding;
  throw new BadInput(`${path}: band ${shown(band)}; numbers wanted in ocsge:scale, ocsge:offset and ocsge:clip`);
}

function expressionOf(path: string, model: Json, name: string, expression: unknown): BandCoding & { source: string } {
  try {
    if (typeof expression !== 'string') throw new Error(`${shown(expression)} is no text`);
    const coded = readExpression(expression, (band) => bandNamed(commonName(model, band)));
    if (coded.source === undefined) throw new Error(`"${expression}" is a constant`);
    const bound = (value: number) => (Number.isFinite(value) ? value : undefined);
    const { source, scale, offset, clipMin, clipMax } = coded;
    return { source, scale, offset, clipMin: bound(clipMin), clipMax: bound(clipMax) };
  } catch (error) {
    throw new BadInput(`${path}: expression of band ${name}: ${(error as Error).message}`);
  }
}

/** `B04` is red where the item's own list of bands says so. */
function commonName(model: Json, name: string): string {
  const lists = ['bands', 'eo:bands'].flatMap((key) => (Array.isArray(model[key]) ? (model[key] as Json[]) : []));
  const band = lists.find((one) => one['name'] === name);
  return String(band?.['eo:common_name'] ?? band?.['common_name'] ?? name);
}

function outputOf(path: string, output: Json): StatedHead & { name?: string } {
  const list = output['classification:classes'];
  const classes =
    list === undefined ? undefined : inOrder(path, listOf(path, output, 'classification:classes') as Json[]);
  const codes = classes?.map((one) =>
    one['nodata'] === true ? null : (one['ocsge:code_cs'] as string | null | undefined),
  );
  const stated = codes?.some((code) => code !== undefined) ? codes : undefined;
  return {
    name: textIn(path, output, 'name'),
    classNames: classes?.map((one) => String(one['name'] ?? one['title'] ?? one['value'])),
    codesCs: stated,
    ignoredClasses: stated?.flatMap((code, index) => (code === null ? [index] : [])),
    colours: classes?.map((one) => colourOf(one['color_hint'])),
    activation: (output['ocsge:activation'] as Activation | undefined) ?? activationBefore(path, output),
  };
}

const colourOf = (hint: unknown) => (typeof hint === 'string' ? `#${hint.replace('#', '').toLowerCase()}` : undefined);

/** What comes out before a softmax, a sigmoid or an argmax are logits. */
function activationBefore(path: string, output: Json): Activation | undefined {
  const after = output['post_processing_function'] ?? null;
  if (after === null) return undefined;
  const names = (Array.isArray(after) ? after : [after]).map((one) => String((one as Json)['expression'] ?? one));
  if (names.every((name) => /(^|[.:_])(argmax|softmax|sigmoid)(\(.*\))?$/i.test(name))) {
    return names.some((name) => /softmax|sigmoid/i.test(name)) ? 'logits' : undefined;
  }
  throw new BadInput(
    `${path}: post_processing_function ${shown(after)} is code that is not run here; wanted null, softmax, sigmoid or argmax`,
  );
}

function inOrder(path: string, classes: Json[]): Json[] {
  const sorted = [...classes].sort((a, b) => Number(a['value']) - Number(b['value']));
  if (sorted.every((one, index) => one['value'] === index)) return sorted;
  const values = classes.map((one) => shown(one['value'])).join(',');
  throw new BadInput(
    `${path}: classification:classes have the values ${values}; 0, 1, 2… wanted, the numbers of the output's channels`,
  );
}

/** The only side the shape gives; -1 is free. */
function sideOf(structure: Json): number | undefined {
  const shape = structure['shape'];
  const side = Array.isArray(shape) ? Number(shape.at(-1)) : Number.NaN;
  return side > 0 ? side : undefined;
}

const ORDER = [/^b(atch)?$/i, /^(b(ands?)?|c(hannels?)?)$/i, /^(h(eight)?|y)$/i, /^(w(idth)?|x)$/i];

/** Shapes, order and types stated must be those of the network: a model.json beside another model is told. */
function checkOf(path: string, structure: Json, outputs: Json[]) {
  return (network: NetworkShape, head: Head) => {
    const order = structure['dim_order'];
    if (Array.isArray(order) && !(order.length === 4 && ORDER.every((name, at) => name.test(String(order[at]))))) {
      throw new BadInput(`${path}: dim_order ${order.join(', ')}; batch, bands, height, width wanted`);
    }
    const type = structure['data_type'];
    if (type !== undefined && type !== network.inputType) {
      throw new BadInput(`${path}: data_type ${shown(type)} stated, the network takes ${network.inputType}`);
    }
    const side = network.fixedSidePx ?? -1;
    const taken = [Number.isFinite(network.maxBatch) ? network.maxBatch : -1, network.bands, side, side];
    contradicted(path, 'mlm:input', structure['shape'], taken);
    const output = outputs.find(({ name }) => name === head.name) ?? (outputs.length === 1 ? outputs[0]! : {});
    const outSide = head.outputSidePx ?? -1;
    const given = [-1, head.classes, outSide, outSide];
    contradicted(path, 'mlm:output', objectIn(path, output, 'result')['shape'], given);
  };
}

/** A name the standard lets one make up (`RGB Time Series`) says nothing of the network; a tensor's has no blanks. */
function checkNames(path: string, input: Json, outputs: Json[]) {
  const names = [input, ...outputs].flatMap((tensor) => textIn(path, tensor, 'name') ?? []);
  return ({ inputName, heads }: NetworkShape) => {
    const known = [inputName, ...heads.map(({ name }) => name)];
    if (names.length === 0 || names.some((name) => known.includes(name) || /\s/.test(name))) return;
    throw new BadInput(
      `${path}: mlm:input and mlm:output are named ${names.join(', ')}, the network's tensors ${known.join(', ')}; the model.json of this network wanted, or its names`,
    );
  };
}

function contradicted(path: string, what: string, shape: unknown, network: number[]): void {
  if (!Array.isArray(shape) || shape.length !== 4) return;
  if (shape.every((size, at) => size === -1 || network[at] === -1 || size === network[at])) return;
  throw new BadInput(`${path}: shape [${shape.join(', ')}] of ${what} stated, the network has [${network.join(', ')}]`);
}
