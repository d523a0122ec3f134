/** The network of a model: its tensors, and how it runs. The only place that knows onnxruntime. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { BadInput } from '../errors.ts';
import { release } from '../release.ts';

/** One output of a network: class scores by itself. */
export interface Head {
  /** The output tensor's name. */
  name: string;
  /** Channels of scores; an output without that dimension has one. */
  classes: number;
  /** Whether its tensor has a dimension for the classes. */
  hasChannels: boolean;
  /** The only side it comes in; undefined where it is free. */
  outputSidePx: number | undefined;
  /** Sizes of its shape that are names: equal names, equal sizes. */
  sideNames: string[];
}

/** Tensors of a network, as its file declares them. Structured-cloneable. */
export interface NetworkShape {
  inputName: string;
  inputType: 'float32' | 'uint8';
  bands: number;
  /** The only side its tensors take; undefined where it is free. */
  fixedSidePx: number | undefined;
  sideNames: string[];
  /** Tiles that one run may take: Infinity where the batch is free. */
  maxBatch: number;
  /** In the file's order; never empty. */
  heads: Head[];
}

/** A network that can run. Close it when done. */
export interface Network {
  shape: NetworkShape;
  /**
   * batch × bands × side × side, scaled → batch × classes × outSide × outSide of one head, outSide found in the answer. `into`:
   * where that side is known, an array for the scores.
   */
  run(
    input: Float32Array,
    sidePx: number,
    batch: number,
    head: Head,
    into?: ScoresRoom,
  ): Promise<{ scores: Float32Array; sidePx: number }>;
  close(): Promise<void>;
}

/** Where scores go that are of `sidePx`: an array of the length asked for. */
export interface ScoresRoom {
  sidePx: number;
  of(length: number): Float32Array;
}

type Metadata = InferenceSession.TensorValueMetadata;

/**
 * Opens the network of an ONNX file on `threads` threads.
 * Throws `BadInput` for a file onnxruntime does not read and for tensors that are not [batch, bands, side, side] of float32 or
 * uint8 → [batch, classes, side, side] or [batch, side, side] of float32, one or several of them.
 */
export async function openNetwork(onnxPath: string, threads: number): Promise<Network> {
  const session = await openSession(onnxPath, threads);
  try {
    const shape = readShape(onnxPath, session);
    return {
      shape,
      run: (input, sidePx, batch, head, into) => runSession(session, shape, input, sidePx, batch, head, into),
      close: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

async function openSession(onnxPath: string, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(onnxPath, {
      intraOpNumThreads: threads,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4, // faults come as exceptions; not on the terminal as well
    });
  } catch (error) {
    throw new BadInput(`${onnxPath}: not a model onnxruntime reads (${(error as Error).message})`);
  }
}

function readShape(path: string, session: InferenceSession): NetworkShape {
  const [input, ...others] = session.inputMetadata;
  if (others.length > 0) {
    const names = session.inputNames.join(', ');
    throw new BadInput(`${path}: ${others.length + 1} inputs found (${names}), one wanted with all bands in it`);
  }
  const inputType = input?.isTensor ? input.type : undefined;
  if (!input?.isTensor || (inputType !== 'float32' && inputType !== 'uint8') || input.shape.length !== 4) {
    throw new BadInput(`${path}: input is ${textOf(input)}; float32 or uint8 [batch, bands, side, side] wanted`);
  }
  const [batch, bands, ...sides] = input.shape;
  if (typeof bands !== 'number') throw new BadInput(`${path}: input is ${textOf(input)}; fixed bands wanted`);
  const heads = session.outputMetadata.map((output) => ({ head: readHead(path, output), batch: output }));
  const batches = [batch, ...heads.map(({ batch: output }) => (output as Metadata).shape[0])];
  return {
    inputName: input.name,
    inputType,
    bands,
    fixedSidePx: oneSide(path, input, sides),
    sideNames: namesIn(sides),
    maxBatch: Math.min(
      ...batches.map((size) => (typeof size === 'number' && size > 0 ? size : Number.POSITIVE_INFINITY)),
    ),
    heads: heads.map(({ head }) => head),
  };
}

function readHead(path: string, output: InferenceSession.ValueMetadata): Head {
  if (!output.isTensor || output.type !== 'float32' || ![3, 4].includes(output.shape.length)) {
    throw new BadInput(
      `${path}: output ${output.name} is ${textOf(output)}; float32 scores [batch, classes, side, side] or [batch, side, side] wanted`,
    );
  }
  const classes = output.shape.length === 3 ? 1 : output.shape[1];
  if (typeof classes !== 'number') {
    throw new BadInput(`${path}: output ${output.name} is ${textOf(output)}; fixed classes wanted`);
  }
  const sides = output.shape.slice(-2);
  return {
    name: output.name,
    classes,
    hasChannels: output.shape.length === 4,
    outputSidePx: oneSide(path, output, sides),
    sideNames: namesIn(sides),
  };
}

const namesIn = (sides: readonly (number | string)[]) => sides.filter((side) => typeof side === 'string');

/** The side of a square of pixels; undefined where it is free. */
function oneSide(path: string, tensor: Metadata, sides: readonly (number | string)[]): number | undefined {
  const [fixed, ...others] = new Set(sides.filter((side) => typeof side === 'number' && side > 0));
  if (others.length > 0) throw new BadInput(`${path}: ${tensor.name} is ${textOf(tensor)}; as wide as high wanted`);
  return fixed as number | undefined;
}

const textOf = (tensor: InferenceSession.ValueMetadata | undefined) =>
  tensor?.isTensor ? `${tensor.type} [${tensor.shape.join(', ')}]` : 'no tensor';

async function runSession(
  session: InferenceSession,
  { inputName, inputType, bands, maxBatch }: NetworkShape,
  input: Float32Array,
  sidePx: number,
  batch: number,
  head: Head,
  into: ScoresRoom | undefined,
): Promise<{ scores: Float32Array; sidePx: number }> {
  // A network of a fixed batch takes no less: what lacks is zeros.
  const sent = Number.isFinite(maxBatch) ? maxBatch : batch;
  const size = bands * sidePx * sidePx;
  const whole = sent === batch ? input : new Float32Array(sent * size);
  if (whole !== input) whole.set(input.subarray(0, batch * size));
  const dims = [sent, bands, sidePx, sidePx];
  const tensor =
    inputType === 'uint8'
      ? new Tensor('uint8', new Uint8Array(Uint8ClampedArray.from(whole).buffer), dims)
      : new Tensor('float32', whole, dims);
  const room = into && roomFor(head, sent, into);
  const output = (await session.run({ [inputName]: tensor }, { [head.name]: room ?? null }))[head.name]!;
  const [width, height] = output.dims.slice(-2);
  if (width !== height || output.size !== sent * head.classes * width! * width!) {
    throw new Error(`output [${output.dims.join(', ')}] for an input of [${dims.join(', ')}]`);
  }
  const scores = (room ?? output).data as Float32Array;
  if (room) release(output.data as Float32Array); // what is answered is a copy
  return {
    scores: sent === batch ? scores : scores.subarray(0, batch * head.classes * width! * width!),
    sidePx: width!,
  };
}

function roomFor({ classes, hasChannels }: Head, batch: number, { sidePx, of }: ScoresRoom): Tensor {
  const dims = hasChannels ? [batch, classes, sidePx, sidePx] : [batch, sidePx, sidePx];
  return new Tensor('float32', of(batch * classes * sidePx * sidePx), dims);
}
