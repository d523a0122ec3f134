/** Networks of known sizes with random, seeded weights: what they answer means nothing, what they cost does. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeOnnx, type Graph, type Node, type Tensor } from './onnx-writer.ts';
import { draw } from './seeded.ts';

const BANDS = 5;
const CLASSES = 19;

/** Nodes in order, their weights, and the name of what the last one gives. */
class Layers {
  readonly nodes: Node[] = [];
  readonly weights: Tensor[] = [];

  /** A convolution with bias that keeps the size (÷ stride); `gain` scales its answer. */
  conv(from: string, channels: [number, number], kernelPx: number, stride = 1, gain = 1, pads?: number): string {
    const [input, output] = channels;
    const [weight, bias] = [this.#next('w'), this.#next('b')];
    const fan = input * kernelPx * kernelPx;
    const values = randomWeights(output * fan, gain * Math.sqrt(6 / fan), this.weights.length);
    this.weights.push({ name: weight, dims: [output, input, kernelPx, kernelPx], values });
    this.weights.push({ name: bias, dims: [output], values: randomWeights(output, gain * 0.1, this.weights.length) });
    const pad = pads ?? (kernelPx - 1) / 2;
    return this.#add('Conv', [from, weight, bias], {
      kernel_shape: [kernelPx, kernelPx],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
  }

  relu = (from: string) => this.#add('Relu', [from]);
  sum = (a: string, b: string) => this.#add('Add', [a, b]);
  concat = (a: string, b: string) => this.#add('Concat', [a, b], { axis: 1 });
  halve = (from: string) => this.#add('MaxPool', [from], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });

  /** Twice as wide and high, pixels repeated. */
  double(from: string): string {
    const scales = this.#next('s');
    this.weights.push({ name: scales, dims: [4], values: Float32Array.of(1, 1, 2, 2) });
    const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
    return this.#add('Resize', [from, '', scales], attributes);
  }

  /** Four times as wide and high, bilinear: channel by channel, as a transposed convolution. */
  quadruple(from: string, channels: number): string {
    const weight = this.#next('u');
    const ramp = Array.from({ length: 8 }, (_, i) => 1 - Math.abs(i - 3.5) / 4);
    const kernel = ramp.flatMap((y) => ramp.map((x) => x * y));
    const values = Float32Array.from({ length: channels * 64 }, (_, i) => kernel[i % 64]!);
    this.weights.push({ name: weight, dims: [channels, 1, 8, 8], values });
    const attributes = { kernel_shape: [8, 8], strides: [4, 4], pads: [2, 2, 2, 2], group: channels };
    return this.#add('ConvTranspose', [from, weight], attributes);
  }

  /** What was built, its last answer named as the file wants it. */
  graph(): Graph {
    this.nodes.at(-1)!.output = 'output';
    return { nodes: this.nodes, weights: this.weights, inputChannels: BANDS, outputChannels: CLASSES };
  }

  #add(op: string, inputs: string[], attributes?: Node['attributes']): string {
    const output = this.#next('x');
    this.nodes.push({ op, inputs, output, attributes });
    return output;
  }

  #next = (kind: string) => `${kind}${this.nodes.length}-${this.weights.length}`;
}

/**
 * A few thousand weights, most on a grid four times as coarse: it costs little, its classes lie in patches as real ones do, and its
 * confidence is as noisy as the imagery.
 */
function smallNetwork(): Graph {
  const layers = new Layers();
  const features = layers.relu(layers.conv('input', [BANDS, 16], 4, 4, 1, 0));
  const coarse = layers.quadruple(layers.conv(features, [16, CLASSES], 1, 1, 1.5), CLASSES);
  layers.sum(coarse, layers.conv('input', [BANDS, CLASSES], 1, 1, 0.2));
  return layers.graph();
}

/** Blocks and channels of ResNet34's four stages (He et al. 2015, table 1). */
const STAGES: [blocks: number, channels: number][] = [
  [3, 64],
  [4, 128],
  [6, 256],
  [3, 512],
];
/** Channels of the decoder, as segmentation_models.pytorch has them for the U-Net of FLAIR. */
const DECODER = [256, 128, 64, 32, 16];

/** A U-Net on a ResNet34, normalisations folded: 24 million weights. */
function unetResNet34(): Graph {
  const layers = new Layers();
  let x = layers.relu(layers.conv('input', [BANDS, 64], 7, 2));
  const skips: [string, number][] = [[x, 64]];
  x = layers.halve(x);
  let channels = 64;
  for (const [stage, [blocks, wide]] of STAGES.entries()) {
    for (let block = 0; block < blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const inner = layers.relu(layers.conv(x, [channels, wide], 3, stride));
      const straight = stride === 1 ? x : layers.conv(x, [channels, wide], 1, stride);
      x = layers.relu(layers.sum(layers.conv(inner, [wide, wide], 3, 1, 0.2), straight));
      channels = wide;
    }
    skips.push([x, wide]);
  }
  skips.pop();
  for (const wide of DECODER) {
    x = layers.double(x);
    const [skip, more] = skips.pop() ?? [undefined, 0];
    if (skip !== undefined) x = layers.concat(x, skip);
    x = layers.relu(layers.conv(x, [channels + more, wide], 3));
    x = layers.relu(layers.conv(x, [wide, wide], 3));
    channels = wide;
  }
  layers.conv(x, [channels, CLASSES], 3);
  return layers.graph();
}

function randomWeights(count: number, limit: number, seed: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = (2 * draw(seed, i, 7) - 1) * limit;
  return values;
}

const NETWORKS = { small: smallNetwork, 'unet-resnet34': unetResNet34 };

/** Mean and standard deviation of R, G, B, NIR and nDSM (5 DN per metre) over the demonstration scenes. */
const SCALING: [mean: number, stddev: number][] = [
  [108, 54],
  [105, 43],
  [79, 36],
  [124, 48],
  [10, 16],
];
const CODES_CS = ['CS1.1.1.1', 'CS1.1.1.2', 'CS1.1.2.1', 'CS1.2.2', 'CS2.1.1.1', 'CS2.1.1.2', 'CS2.1.2', 'CS2.2.1'];

/** Writes a model's folder (network and contract): five bands in, 19 classes out. Returns the number of its weights. */
export async function writeNetwork(folder: string, name: keyof typeof NETWORKS): Promise<number> {
  const graph = NETWORKS[name]();
  const bands = ['R', 'G', 'B', 'NIR'].map((band) => ({ name: band }));
  const ndsm = { name: 'NDSM', format: 'rio-calc', expression: 'clip(max(MNS - MNT, 0) * 5, 0, 255)' };
  const coded = { ...ndsm, 'ocsge:scale': 5, 'ocsge:offset': 0, 'ocsge:clip': [0, 255] };
  const classes = Array.from({ length: CLASSES }, (_, value) => ({
    value,
    name: `class ${value}`,
    color_hint: '808080',
    'ocsge:code_cs': CODES_CS[value % CODES_CS.length],
  }));
  const contract = {
    'mlm:name': name,
    'mlm:architecture': name,
    'mlm:tasks': ['semantic-segmentation'],
    'mlm:input': [
      {
        bands: [...bands, coded],
        value_scaling: SCALING.map(([mean, stddev]) => ({ type: 'z-score', mean, stddev })),
      },
    ],
    'mlm:output': [{ 'classification:classes': classes }],
    'ocsge:activation': 'logits',
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), encodeOnnx(graph));
  await writeFile(join(folder, 'model.json'), JSON.stringify(contract));
  return graph.weights.reduce((sum, { values }) => sum + values.length, 0);
}
