/** What an ONNX file's metadata states: the keys of QGIS Deepness, and ours beside them. Pure. */
import { BadInput } from '../errors.ts';
import type { Activation, BandScaling, Stated, StatedHead } from './model-contract.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';
import { readPythonLiteral } from './python-literal.ts';

/** E of FLAIR is 8 bits. */
const NDSM_CLIP = { clipMin: 0, clipMax: 255 };
const FREE = { clipMin: Number.NEGATIVE_INFINITY, clipMax: Number.POSITIVE_INFINITY };
/** Deepness: (DN / 255 − 0) / 1 where the file says nothing. */
export const BY_255: BandScaling = { ...FREE, subtract: 0, divide: 255 };

type Metadata = Map<string, unknown>;

/**
 * Reads `bytes` of the file at `path`. Values are JSON text, or Python literals as Deepness takes them. Deepness counts resolution
 * in centimetres, overlap in percent of the tile, and standardises DN / 255.
 * (PUTvision/qgis-plugin-deepness: creators_add_metadata_to_model.rst, model_base.py; the code reads `tile_size`, its tool and
 * documentation write `tiles_size`.)
 */
export function statedByOnnx(path: string, bytes: Uint8Array): Stated {
  const metadata = readAll(path, bytes);
  const number = (key: string) => numberIn(path, metadata, key);
  const resolutionCm = number('resolution');
  const ndsmScale = number('ndsm_scale');
  return {
    modelType: textOf(metadata.get('model_type')),
    bandOrder: list<string>(path, metadata, 'band_order'),
    codings:
      ndsmScale === undefined ? {} : { NDSM: { scale: ndsmScale, offset: number('ndsm_offset') ?? 0, ...NDSM_CLIP } },
    scaling: standardisation(path, metadata),
    outputs: outputsIn(path, metadata),
    activation: metadata.get('activation') as Activation | undefined,
    resolutionM: resolutionCm === undefined ? undefined : resolutionCm / 100,
    tilePx: number('tile_size') ?? number('tiles_size'),
    overlapPercent: number('tiles_overlap'),
  };
}

const textOf = (value: unknown) => (value === undefined ? undefined : String(value));

/** Metadata with their values read; text that is none stays as it is. */
function readAll(path: string, bytes: Uint8Array): Metadata {
  try {
    return new Map([...readOnnxMetadata(bytes)].map(([key, text]) => [key, valueIn(text)]));
  } catch (error) {
    throw new BadInput(`${path}: ${(error as Error).message}`);
  }
}

function valueIn(text: string): unknown {
  for (const read of [JSON.parse, readPythonLiteral]) {
    try {
      return read(text);
    } catch {}
  }
  return text;
}

function numberIn(path: string, metadata: Metadata, key: string): number | undefined {
  const value = metadata.get(key);
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  throw new BadInput(`${path}: metadata ${key} is ${JSON.stringify(value)}, a number wanted`);
}

function list<Item>(path: string, metadata: Metadata, key: string): Item[] | undefined {
  const value = metadata.get(key);
  if (value === undefined || Array.isArray(value)) return value;
  throw new BadInput(`${path}: metadata ${key} is ${JSON.stringify(value)}, a JSON list wanted`);
}

/** (DN / 255 − mean) / std. Deepness passes over one of both without the other; it is refused here. */
function standardisation(path: string, metadata: Metadata): BandScaling[] | undefined {
  const means = list<number>(path, metadata, 'standardization_mean');
  const deviations = list<number>(path, metadata, 'standardization_std');
  if (!means && !deviations) return undefined;
  if (
    means?.length !== deviations?.length ||
    ![...means!, ...deviations!].every((value) => Number.isFinite(Number(value)))
  ) {
    throw new BadInput(
      `${path}: standardization_mean is ${JSON.stringify(means) ?? 'absent'} and standardization_std ${JSON.stringify(deviations) ?? 'absent'}; as many numbers in both wanted`,
    );
  }
  return means!.map((mean, band) => ({
    ...FREE,
    subtract: Number(mean) * 255,
    divide: Number(deviations![band]) * 255,
  }));
}

/** Names, codes and ignored classes: of the only output, or a list of them, one per output. */
function outputsIn(path: string, metadata: Metadata): StatedHead[] {
  const names = perOutput(metadata.get('class_names') ?? metadata.get('names'), (one) => !Array.isArray(one));
  const codes = perOutput(list<unknown>(path, metadata, 'class_codes_cs'), isFlat);
  const ignored = perOutput(list<unknown>(path, metadata, 'ignored_classes'), isFlat);
  const count = Math.max(names.length, codes.length, ignored.length);
  return Array.from({ length: count }, (_, index) => ({
    classNames: classNames(path, names[index]),
    codesCs: codes[index] as (string | null)[] | undefined,
    ignoredClasses: ignored[index] as number[] | undefined,
  }));
}

const isFlat = (value: unknown) => !Array.isArray(value) || value.length === 0 || !Array.isArray(value[0]);

const perOutput = (value: unknown, isOne: (value: unknown) => boolean): unknown[] =>
  value === undefined ? [] : isOne(value) ? [value] : (value as unknown[]);

/** `{"0": …, "1": …}`, in the order of the numbers. */
function classNames(path: string, value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const names = Object.entries((value ?? {}) as Record<string, unknown>).sort(([a], [b]) => Number(a) - Number(b));
  const numbered = names.length > 0 && names.every(([key], index) => Number(key) === index);
  if (typeof value === 'object' && numbered) return names.map(([, name]) => String(name));
  throw new BadInput(
    `${path}: class_names are ${JSON.stringify(value)}, a dictionary numbered "0", "1", "2"… without a gap wanted`,
  );
}
