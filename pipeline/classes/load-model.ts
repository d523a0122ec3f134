/** A model from disk: its contract settled, its network ready. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hashFile, type InputFile } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import {
  type Activation,
  type BandCoding,
  bandNamed,
  type Channels,
  firstStated,
  type ModelContract,
  refuseOtherTypes,
  type Stated,
  settleContract,
  statedActivation,
  statedOf,
} from './model-contract.ts';
import { type Head, type NetworkShape, openNetwork } from './network.ts';
import { externalFiles } from './onnx-metadata.ts';
import { declaredMargin, type Measured, measureNetwork } from './probe.ts';
import { statedByJson } from './stated-by-json.ts';
import { BY_255, statedByOnnx } from './stated-by-onnx.ts';

/** What the command line may state; it wins over the model's files. */
export interface ModelOverrides {
  /** `R,G,B,NIR,NDSM`; a band may carry its coding: `NDSM:5` or `NDSM:5:0` (DN per metre, offset; clipped to 0–255). */
  bands?: string;
  activation?: Activation;
  /** One per class, in the order of the output's channels; null: never to be predicted. */
  codesCs?: (string | null)[];
  /** Which output of a network of several: its name, or its number from 0. The first unless said. */
  head?: string;
}

export interface LoadOptions {
  overrides?: ModelOverrides;
  /** Threads of one inference. */
  threads?: number;
  /** What a first load has measured, which is not measured again. */
  measured?: Measured;
}

/** All that loads the same model again; structured-cloneable, for a worker thread. */
export interface ModelSource extends LoadOptions {
  path: string;
}

/** A model that can run. Close it when done. */
export interface Model extends ModelContract {
  path: string;
  source: ModelSource;
  channels: Channels;
  /** The only side its tensors take; undefined where it is free. */
  fixedSidePx: number | undefined;
  /** Pixels its output lacks on each side of the tile (512 → 484: 14); the margin is never less. */
  outputMarginPx: number;
  /** Tiles one run may take: 1 where the network's batch is fixed so, Infinity where it is free. */
  maxBatch: number;
  /** The network's tensors as its file declares them. */
  shape: NetworkShape;
  /** Name of the output that is read, and of all there are. */
  head: string;
  heads: string[];
  inputs: InputFile[];
  /**
   * batch × bands × side × side, scaled → batch × channels × outSide × outSide, where outSide = side − 2 × outputMarginPx.
   * `batch` is 1 unless said; `room` gives an array of the length asked for, which the scores are written into. Throws an Error with
   * onnxruntime's message, and for an output of another size.
   */
  run(
    input: Float32Array,
    sidePx: number,
    batch?: number,
    room?: (length: number) => Float32Array,
  ): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Loads `path`: an .onnx file, with `<same name>.json` beside it or not, or a folder with model.onnx and model.json.
 * Throws `BadInput` for a corrupt file, tensors `openNetwork` does not take, a model that is not for segmentation, and a
 * contract that is not whole (see `settleContract`).
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  const { onnxPath, jsonPath } = await findFiles(path);
  const bytes = await readWhole(onnxPath);
  const places: Stated[] = [statedByUser(options.overrides)];
  if (jsonPath) places.push(statedByJson(jsonPath, await readFile(jsonPath, 'utf8')));
  places.push(statedByOnnx(onnxPath, bytes), { id: nameOf(onnxPath), scaling: jsonPath ? undefined : [BY_255] });
  refuseOtherTypes(path, firstStated(places));
  const weights = await weightFiles(onnxPath, bytes);
  const network = await openNetwork(onnxPath, options.threads ?? 1);
  try {
    const { shape } = network;
    const head = chooseHead(path, shape, firstStated(places).head);
    declaredMargin(path, shape, head);
    const stated = firstStated(places.map((place) => statedOf(place, shape.heads, head)));
    const contract = settleContract(path, stated, shape, head);
    const activation = statedActivation(path, stated, head.classes);
    const measured = options.measured ?? (await measureNetwork(path, network, head, { ...contract, activation }));
    const margins = contract.marginPx === undefined ? [] : [contract.marginPx, measured.outputMarginPx];
    return {
      ...contract,
      ...measured,
      marginPx: margins.length > 0 ? Math.max(...margins) : undefined,
      path,
      source: { path, ...options, measured },
      channels: { bands: shape.bands, classes: head.classes },
      shape,
      fixedSidePx: shape.fixedSidePx,
      maxBatch: shape.maxBatch,
      head: head.name,
      heads: shape.heads.map(({ name }) => name),
      inputs: await Promise.all([onnxPath, ...(jsonPath ? [jsonPath] : []), ...weights].map(hashFile)),
      run: async (input, sidePx, batch = 1, room) => {
        const wanted = sidePx - 2 * measured.outputMarginPx;
        const into = room && { sidePx: wanted, of: room };
        const { scores, sidePx: found } = await network.run(input, sidePx, batch, head, into);
        if (found !== wanted) throw new Error(`an output of ${found} × ${found} px, ${wanted} wanted`);
        return scores;
      },
      close: () => network.close(),
    };
  } catch (error) {
    await network.close();
    throw error;
  }
}

/** The file's bytes. Throws `BadInput` for what a clone or a broken download leaves in a model's place. */
async function readWhole(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (bytes.length === 0) throw new BadInput(`${path}: is empty, an ONNX model wanted`);
  const pointer = bytes.subarray(0, LFS_POINTER.length).toString('latin1') === LFS_POINTER;
  if (pointer)
    throw new BadInput(`${path}: is a Git LFS pointer, not the model; wanted the file itself (git lfs pull)`);
  return bytes;
}

/** Files beside the model that hold its weights. Throws `BadInput` where one is not there. */
async function weightFiles(onnxPath: string, bytes: Uint8Array): Promise<string[]> {
  const paths = externalFiles(bytes).map((name) => join(dirname(onnxPath), name));
  const missing = paths.find((path) => !existsSync(path));
  if (missing) throw new BadInput(`${onnxPath}: its weights are in ${missing}, which is not there; both files wanted`);
  return paths;
}

/** By name, or by number from 0; the first of a network unless said. */
function chooseHead(path: string, { heads }: NetworkShape, wanted = '0'): Head {
  const head = heads.find(({ name }) => name === wanted) ?? heads[Number(wanted)];
  if (head) return head;
  const known = heads.map(({ name }, index) => `${index} (${name})`).join(', ');
  throw new BadInput(`${path}: no output ${wanted}; it has ${known}`);
}

const LFS_POINTER = 'version https://git-lfs';

async function findFiles(path: string): Promise<{ onnxPath: string; jsonPath: string | undefined }> {
  const kind = await stat(path).catch(() => undefined);
  if (!kind) throw new BadInput(`${path}: no such model; an .onnx file or a folder with model.onnx wanted`);
  const onnxPath = kind.isDirectory() ? join(path, 'model.onnx') : path;
  if (!existsSync(onnxPath)) throw new BadInput(`${path}: no model.onnx in this folder`);
  const jsonPath = join(dirname(onnxPath), `${basename(onnxPath, '.onnx')}.json`);
  return { onnxPath, jsonPath: existsSync(jsonPath) ? jsonPath : undefined };
}

/** `model.onnx` says nothing: its folder's name does. */
function nameOf(onnxPath: string): string {
  const name = basename(onnxPath, '.onnx');
  return name === 'model' ? basename(dirname(onnxPath)) : name;
}

function statedByUser({ bands, activation, codesCs, head }: ModelOverrides = {}): Stated {
  const parts = bands?.split(',').map((band) => band.trim().split(':'));
  const codings: Record<string, BandCoding> = {};
  for (const [name, scale, offset = '0'] of parts ?? []) {
    if (scale === undefined) continue;
    if (!Number.isFinite(Number(scale)) || !Number.isFinite(Number(offset))) {
      throw new BadInput(`--bands ${bands}: coding of ${name} is ${scale}:${offset}, numbers wanted (NDSM:5:0)`);
    }
    codings[bandNamed(name!)] = { scale: Number(scale), offset: Number(offset), clipMin: 0, clipMax: 255 };
  }
  const ignoredClasses = codesCs?.flatMap((code, index) => (code === null ? [index] : []));
  return { bandOrder: parts?.map(([name]) => name!), codings, activation, codesCs, ignoredClasses, head };
}
