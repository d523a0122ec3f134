/** What an ONNX file's metadata states: the keys of QGIS Deepness, and ours beside them. Pure. */
import { BadInput } from '../errors.ts';
import type { Activation, BandScaling, Stated } from './model-contract.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';

/** E of FLAIR is 8 bits. */
const NDSM_CLIP = { clipMin: 0, clipMax: 255 };

/**
 * Reads `bytes` of the file at `path`. Values are JSON text. Deepness counts resolution in centimetres, overlap in percent of
 * the tile, and standardises DN / 255 by mean 0 and deviation 1 unless the file says otherwise.
 * (PUTvision/qgis-plugin-deepness: creators_add_metadata_to_model.rst, model_base.py.)
 */
export function statedByOnnx(path: string, bytes: Uint8Array): Stated {
  const metadata = readAll(path, bytes);
  const number = (key: string) => numberIn(path, metadata, key);
  const tilePx = number('tile_size') ?? number('tiles_size');
  const overlap = number('tiles_overlap');
  const resolutionCm = number('resolution');
  const ndsmScale = number('ndsm_scale');
  return {
    modelType: metadata.get('model_type') as string | undefined,
    bandOrder: list<string>(path, metadata, 'band_order'),
    codings:
      ndsmScale === undefined ? {} : { NDSM: { scale: ndsmScale, offset: number('ndsm_offset') ?? 0, ...NDSM_CLIP } },
    scaling: standardisation(path, metadata),
    classNames: classNames(path, metadata.get('class_names') ?? metadata.get('names')),
    codesCs: list<string | null>(path, metadata, 'class_codes_cs'),
    ignoredClasses: list<number>(path, metadata, 'ignored_classes'),
    activation: metadata.get('activation') as Activation | undefined,
    resolutionM: resolutionCm === undefined ? undefined : resolutionCm / 100,
    tilePx,
    // Deepness cuts half the overlap on each side.
    marginPx: tilePx !== undefined && overlap !== undefined ? Math.floor((tilePx * overlap) / 200) : undefined,
  };
}

/** Metadata with their JSON read; text that is none stays as it is. */
function readAll(path: string, bytes: Uint8Array): Map<string, unknown> {
  try {
    return new Map([...readOnnxMetadata(bytes)].map(([key, text]) => [key, parsed(text)]));
  } catch (error) {
    throw new BadInput(`${path}: ${(error as Error).message}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function numberIn(path: string, metadata: Map<string, unknown>, key: string): number | undefined {
  const value = metadata.get(key);
  if (value === undefined || typeof value === 'number') return value;
  throw new BadInput(`${path}: metadata ${key} is ${JSON.stringify(value)}, a number wanted`);
}

function list<Item>(path: string, metadata: Map<string, unknown>, key: string): Item[] | undefined {
  const value = metadata.get(key);
  if (value === undefined || Array.isArray(value)) return value;
  throw new BadInput(`${path}: metadata ${key} is ${JSON.stringify(value)}, a JSON list wanted`);
}

/** (DN / 255 − mean) / std. */
function standardisation(path: string, metadata: Map<string, unknown>): BandScaling[] {
  const means = list<number>(path, metadata, 'standardization_mean') ?? [0];
  const deviations = list<number>(path, metadata, 'standardization_std') ?? means.map(() => 1);
  if (means.length !== deviations.length) {
    throw new BadInput(`${path}: ${means.length} standardization_mean and ${deviations.length} standardization_std`);
  }
  const free = { clipMin: Number.NEGATIVE_INFINITY, clipMax: Number.POSITIVE_INFINITY };
  return means.map((mean, band) => ({ ...free, subtract: mean * 255, divide: deviations[band]! * 255 }));
}

/** `{"0": …, "1": …}`, or a list of such, one per output head: the first head's. */
function classNames(path: string, value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const names = (Array.isArray(value) ? value[0] : value) as Record<string, string>;
  const indexes = Object.keys(names ?? {});
  if (indexes.length === 0 || indexes.some((_, index) => typeof names[index] !== 'string')) {
    throw new BadInput(`${path}: class_names are ${JSON.stringify(value)}, a dictionary numbered from "0" wanted`);
  }
  return indexes.map((_, index) => names[index]!);
}
