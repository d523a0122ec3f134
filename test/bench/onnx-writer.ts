/** ONNX files from scratch: the few protobuf messages a feed-forward network needs (onnx.proto of ONNX 1.12). */

export interface Node {
  op: string;
  inputs: string[];
  output: string;
  /** Whole numbers, lists of them, and text. */
  attributes?: Record<string, number | number[] | string>;
}

export interface Tensor {
  name: string;
  dims: number[];
  values: Float32Array;
}

export interface Graph {
  nodes: Node[];
  weights: Tensor[];
  /** Channels of `input` and `output`, both float32 [batch, channels, h, w]. */
  inputChannels: number;
  outputChannels: number;
}

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;

/** The bytes of a model whose tensors are named `input` and `output`. */
export function encodeOnnx({ nodes, weights, inputChannels, outputChannels }: Graph): Buffer {
  const graph = message(
    ...nodes.map((node) => bytesField(1, encodeNode(node))),
    textField(2, 'bench'),
    ...weights.map((tensor) => bytesField(5, encodeTensor(tensor))),
    bytesField(11, encodeValue('input', inputChannels)),
    bytesField(12, encodeValue('output', outputChannels)),
  );
  return message(numberField(1, IR_VERSION), bytesField(7, graph), bytesField(8, message(numberField(2, OPSET))));
}

function encodeNode({ op, inputs, output, attributes = {} }: Node): Buffer {
  const named = Object.entries(attributes).map(([name, value]) => bytesField(5, encodeAttribute(name, value)));
  return message(...inputs.map((input) => textField(1, input)), textField(2, output), textField(4, op), ...named);
}

function encodeAttribute(name: string, value: number | number[] | string): Buffer {
  if (typeof value === 'string') return message(textField(1, name), textField(4, value), numberField(20, 3));
  if (typeof value === 'number') return message(textField(1, name), numberField(3, value), numberField(20, 2));
  return message(textField(1, name), ...value.map((item) => numberField(8, item)), numberField(20, 7));
}

function encodeTensor({ name, dims, values }: Tensor): Buffer {
  const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return message(
    ...dims.map((dim) => numberField(1, dim)),
    numberField(2, FLOAT),
    textField(8, name),
    bytesField(9, raw),
  );
}

function encodeValue(name: string, channels: number): Buffer {
  const dims = [textField(2, 'batch'), numberField(1, channels), textField(2, 'h'), textField(2, 'w')];
  const shape = message(...dims.map((dim) => bytesField(1, dim)));
  const tensorType = message(numberField(1, FLOAT), bytesField(2, shape));
  return message(textField(1, name), bytesField(2, message(bytesField(1, tensorType))));
}

const message = (...fields: Buffer[]) => Buffer.concat(fields);
const numberField = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)]);
const textField = (field: number, text: string) => bytesField(field, Buffer.from(text));
const bytesField = (field: number, bytes: Buffer) =>
  Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
