/** A model from disk: its contract settled, its network ready. The only place that knows onnxruntime. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { hashFile, type InputFile } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import {
  type Activation,
  type BandCoding,
  type Channels,
  firstStated,
  type ModelContract,
  refuseOtherTypes,
  type Stated,
  settleContract,
} from './model-contract.ts';
import { statedByJson } from './stated-by-json.ts';
import { statedByOnnx } from './stated-by-onnx.ts';

/** What the command line may state; it wins over the model's files. */
export interface ModelOverrides {
  /** `R,G,B,NIR,NDSM`; a band may carry its coding: `NDSM:5` or `NDSM:5:0` (DN per metre, offset; clipped to 0–255). */
  bands?: string;
  activation?: Activation;
  codesCs?: (string | null)[];
}

export interface LoadOptions {
  overrides?: ModelOverrides;
  /** Threads of one inference. */
  threads?: number;
}

/** A model that can run. Close it when done. */
export interface Model extends ModelContract {
  path: string;
  channels: Channels;
  /** The only side its tensors take; undefined where it is free. */
  fixedSidePx: number | undefined;
  inputs: InputFile[];
  /** bands × side × side, scaled → channels × side × side. Throws an Error with onnxruntime's message. */
  run(input: Float32Array, sidePx: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Loads `path`: an .onnx file, with `<same name>.json` beside it or not, or a folder with model.onnx and model.json.
 * Throws `BadInput` for a corrupt file, tensors of another shape than [batch, bands, side, side] → [batch, classes, side, side],
 * a model that is not for segmentation, and a contract that is not whole (see `settleContract`).
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  const { onnxPath, jsonPath } = await findFiles(path);
  const places: Stated[] = [statedByUser(options.overrides)];
  if (jsonPath) places.push(statedByJson(jsonPath, await readFile(jsonPath, 'utf8')));
  places.push(statedByOnnx(onnxPath, await readFile(onnxPath)), { id: nameOf(onnxPath) });
  const stated = firstStated(places);
  refuseOtherTypes(path, stated);
  const session = await openSession(onnxPath, options.threads ?? 1);
  try {
    const { channels, fixedSidePx } = readShapes(path, session);
    return {
      ...settleContract(path, stated, channels),
      path,
      channels,
      fixedSidePx,
      inputs: await Promise.all([onnxPath, ...(jsonPath ? [jsonPath] : [])].map(hashFile)),
      run: (input, sidePx) => runNetwork(session, channels, input, sidePx),
      close: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

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

function statedByUser({ bands, activation, codesCs }: ModelOverrides = {}): Stated {
  const parts = bands?.split(',').map((band) => band.trim().split(':'));
  const codings: Record<string, BandCoding> = {};
  for (const [name, scale, offset = '0'] of parts ?? []) {
    if (scale === undefined) continue;
    if (!Number.isFinite(Number(scale)) || !Number.isFinite(Number(offset))) {
      throw new BadInput(`--bands ${bands}: coding of ${name} is ${scale}:${offset}, numbers wanted (NDSM:5:0)`);
    }
    codings[name!] = { scale: Number(scale), offset: Number(offset), clipMin: 0, clipMax: 255 };
  }
  return { bandOrder: parts?.map(([name]) => name!), codings, activation, codesCs };
}

async function openSession(onnxPath: string, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(onnxPath, {
      intraOpNumThreads: threads,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new BadInput(`${onnxPath}: not a model onnxruntime reads (${(error as Error).message})`);
  }
}

/** Channels and side from the tensors' shapes; sizes that are names (`batch`, `h`) are free. */
function readShapes(path: string, session: InferenceSession): { channels: Channels; fixedSidePx: number | undefined } {
  const shape = (kind: string, tensors: readonly InferenceSession.ValueMetadata[], ranks: number[]) => {
    const [tensor, ...others] = tensors;
    if (others.length > 0) throw new BadInput(`${path}: ${tensors.length} ${kind} tensors found, one wanted`);
    if (!tensor?.isTensor || tensor.type !== 'float32' || !ranks.includes(tensor.shape.length)) {
      const found = tensor?.isTensor ? `${tensor.type} [${tensor.shape.join(', ')}]` : 'no tensor';
      throw new BadInput(`${path}: ${kind} is ${found}; float32 [batch, channels, side, side] wanted`);
    }
    return tensor.shape;
  };
  const input = shape('input', session.inputMetadata, [4]);
  const output = shape('output', session.outputMetadata, [3, 4]);
  const classes = output.length === 3 ? 1 : output[1];
  const sides = [...input.slice(2), ...output.slice(-2)].filter((side) => typeof side === 'number');
  const text = `input [${input.join(', ')}], output [${output.join(', ')}]`;
  if (typeof input[1] !== 'number' || typeof classes !== 'number')
    throw new BadInput(`${path}: ${text}; fixed channels wanted`);
  if (new Set(sides).size > 1)
    throw new BadInput(`${path}: ${text}; one side for all, output as large as input, wanted`);
  if (typeof input[0] === 'number' && input[0] !== 1) throw new BadInput(`${path}: ${text}; a batch of 1 wanted`);
  return { channels: { bands: input[1], classes }, fixedSidePx: sides[0] };
}

async function runNetwork(
  session: InferenceSession,
  channels: Channels,
  input: Float32Array,
  sidePx: number,
): Promise<Float32Array> {
  const feeds = { [session.inputNames[0]!]: new Tensor('float32', input, [1, channels.bands, sidePx, sidePx]) };
  const output = (await session.run(feeds))[session.outputNames[0]!]!;
  const wanted = channels.classes * sidePx * sidePx;
  if (output.size !== wanted) throw new Error(`output [${output.dims.join(', ')}], ${wanted} values wanted`);
  return output.data as Float32Array;
}
