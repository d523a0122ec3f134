/** What `model.json` states: fields of STAC MLM 1.5, at the top or under `properties`, and ours under `ocsge:`. Pure. */
import { BadInput } from '../errors.ts';
import type { Activation, BandCoding, BandScaling, Stated } from './model-contract.ts';

type Json = Record<string, unknown>;

/** Common names of STAC's bands and ours. */
const BAND_NAMES: Record<string, string> = {
  red: 'R',
  green: 'G',
  blue: 'B',
  nir: 'NIR',
  ndsm: 'NDSM',
  dsm: 'MNS',
  dtm: 'MNT',
};

const FREE = { clipMin: Number.NEGATIVE_INFINITY, clipMax: Number.POSITIVE_INFINITY };

/** Throws `BadInput` for text that is not JSON, for a field of another shape than the standard's, and for scaling by code. */
export function statedByJson(path: string, text: string): Stated {
  const item = parseObject(path, text);
  const model = { ...item, ...(item['properties'] as Json | undefined) };
  const input = firstOf(path, model, 'mlm:input');
  const output = firstOf(path, model, 'mlm:output');
  const bands = input['bands'] === undefined ? undefined : listOf(path, input, 'bands').map(bandOf);
  const classes = listOf(path, output, 'classification:classes') as Json[];
  const codes = classes.map((one) => one['ocsge:code_cs'] as string | null | undefined);
  return {
    id: model['mlm:name'] as string | undefined,
    modelType: typeOf(model['mlm:tasks']),
    bandOrder: bands?.map(({ name }) => name),
    codings: Object.fromEntries((bands ?? []).flatMap(({ name, coding }) => (coding ? [[name, coding]] : []))),
    scaling: scalingOf(path, input['value_scaling']),
    classNames: inOrder(path, classes).map((one) => String(one['name'])),
    codesCs: codes as (string | null)[],
    ignoredClasses: codes.flatMap((code, index) => (code === null ? [index] : [])),
    colours: classes.map((one) =>
      one['color_hint'] === undefined ? undefined : `#${String(one['color_hint']).replace('#', '')}`,
    ),
    activation: model['ocsge:activation'] as Activation | undefined,
    resolutionM: model['ocsge:resolution_m'] as number | undefined,
    tilePx: model['ocsge:tile_px'] as number | undefined,
    marginPx: model['ocsge:margin_px'] as number | undefined,
    sizeMultiplePx: model['ocsge:size_multiple_px'] as number | undefined,
  };
}

function parseObject(path: string, text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message})`);
  }
  throw new BadInput(`${path}: a JSON object with the fields of STAC MLM wanted`);
}

function listOf(path: string, object: Json, key: string): unknown[] {
  const value = object[key];
  if (Array.isArray(value)) return value;
  throw new BadInput(`${path}: ${key} is ${JSON.stringify(value) ?? 'absent'}, a list wanted`);
}

function firstOf(path: string, model: Json, key: string): Json {
  const [first] = listOf(path, model, key);
  if (typeof first === 'object' && first !== null) return first as Json;
  throw new BadInput(`${path}: ${key} is empty, one object wanted`);
}

const typeOf = (tasks: unknown) =>
  !Array.isArray(tasks) || tasks.includes('semantic-segmentation') ? undefined : tasks.join(', ');

/** `"R"`, or `{name, "ocsge:scale", "ocsge:offset", "ocsge:clip"}`. */
function bandOf(band: unknown): { name: string; coding: BandCoding | undefined } {
  const object: Json = typeof band === 'object' && band !== null ? (band as Json) : { name: band };
  const name = BAND_NAMES[String(object['name']).toLowerCase()] ?? String(object['name']);
  const scale = object['ocsge:scale'] as number | undefined;
  if (scale === undefined) return { name, coding: undefined };
  const [clipMin, clipMax] = (object['ocsge:clip'] as [number, number] | undefined) ?? [undefined, undefined];
  return { name, coding: { scale, offset: (object['ocsge:offset'] as number | undefined) ?? 0, clipMin, clipMax } };
}

/** The standard's Value Scaling Objects; absent: not stated; null: none. */
function scalingOf(path: string, value: unknown): BandScaling[] | undefined {
  if (value === undefined) return undefined;
  if (value === null) return [{ ...FREE, subtract: 0, divide: 1 }];
  return (Array.isArray(value) ? value : [value]).map((one: Json) => scalingOne(path, one));
}

function scalingOne(path: string, one: Json): BandScaling {
  const number = (key: string) => {
    const value = one[key];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new BadInput(
      `${path}: value_scaling ${String(one['type'])} has ${key} ${JSON.stringify(value) ?? 'absent'}, a number wanted`,
    );
  };
  switch (one['type']) {
    case 'z-score':
      return { ...FREE, subtract: number('mean'), divide: number('stddev') };
    case 'min-max':
      return { ...FREE, subtract: number('minimum'), divide: number('maximum') - number('minimum') };
    case 'offset':
      return { ...FREE, subtract: number('value'), divide: 1 };
    case 'scale':
      return { ...FREE, subtract: 0, divide: number('value') };
    case 'clip':
      return { clipMin: number('minimum'), clipMax: number('maximum'), subtract: 0, divide: 1 };
    case 'clip-min':
      return { ...FREE, clipMin: number('minimum'), subtract: 0, divide: 1 };
    case 'clip-max':
      return { ...FREE, clipMax: number('maximum'), subtract: 0, divide: 1 };
    default:
      throw new BadInput(
        `${path}: value_scaling of type ${JSON.stringify(one['type'])}; wanted z-score, min-max, offset, scale or clip`,
      );
  }
}

function inOrder(path: string, classes: Json[]): Json[] {
  const values = classes.map((one) => one['value']);
  if (values.every((value, index) => value === index)) return classes;
  throw new BadInput(`${path}: classification:classes have the values ${values.join(',')}; 0, 1, 2… in order wanted`);
}
