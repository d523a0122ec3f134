/** Metadata of an ONNX file: what its author wrote in `metadata_props`. onnxruntime-node has no call for it. Pure. */

/** Field numbers of onnx.proto: ModelProto.graph and .metadata_props, StringStringEntryProto.key and .value. */
const GRAPH = 7;
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;
/** GraphProto.initializer, TensorProto.external_data. */
const INITIALIZER = 5;
const EXTERNAL_DATA = 13;

/** Bytes after the tag, by protobuf wire type; those of type 2 (bytes) say their own, a varint (0) is walked over. */
const FIXED_LENGTHS = new Map([
  [0, 0],
  [1, 8],
  [5, 4],
]);

/** Reads the metadata of a serialised ModelProto. Throws an Error where the bytes are no protobuf message. */
export function readOnnxMetadata(bytes: Uint8Array): Map<string, string> {
  const metadata = new Map<string, string>();
  for (const [field, entry] of fields(bytes)) {
    if (field !== METADATA_PROPS) continue;
    metadata.set(...readEntry(entry));
  }
  return metadata;
}

function readEntry(bytes: Uint8Array): [string, string] {
  const texts = new Map([...fields(bytes)].map(([number, text]) => [number, new TextDecoder().decode(text)]));
  return [texts.get(KEY) ?? '', texts.get(VALUE) ?? ''];
}

/** Names of the files beside the model that hold its weights (`location` of external tensors); most models have none. */
export function externalFiles(bytes: Uint8Array): string[] {
  const names = new Set<string>();
  for (const tensor of inside(inside([bytes], GRAPH), INITIALIZER)) {
    for (const entry of inside([tensor], EXTERNAL_DATA)) {
      const [key, value] = readEntry(entry);
      if (key === 'location') names.add(value);
    }
  }
  return [...names].sort();
}

function* inside(messages: Iterable<Uint8Array>, wanted: number): Generator<Uint8Array> {
  for (const message of messages) for (const [field, bytes] of fields(message)) if (field === wanted) yield bytes;
}

/** Fields of a message that carry bytes (wire type 2), with their numbers; the others are walked over. */
function* fields(bytes: Uint8Array): Generator<[number, Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63) throw new Error('not an ONNX model (protobuf ends inside a field)');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag % 8;
    let length = FIXED_LENGTHS.get(wire);
    if (wire === 0) varint();
    else if (wire === 2) length = varint();
    if (length === undefined) throw new Error(`not an ONNX model (wire type ${wire})`);
    if (at + length > bytes.length) throw new Error('not a whole ONNX model (protobuf field past the end)');
    if (wire === 2) yield [Math.floor(tag / 8), bytes.subarray(at, at + length)];
    at += length;
  }
}
