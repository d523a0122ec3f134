/** Models for tests: the tiny networks of test/fixtures/models, with a contract written beside a copy. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { appendFile, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type LoadOptions, loadModel, type Model } from '../../../pipeline/classes/load-model.ts';

export const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/models/${name}.onnx`, import.meta.url));

export type Json = Record<string, unknown>;
export const first = (json: Json, key: string) => (json[key] as Json[])[0]!;

/** model.json of a network of three bands and three classes; `change` edits it before it is written. */
export function contractJson(change: (model: Json) => void = () => {}): Json {
  const classOf = (value: number, name: string, code: string | null) => ({
    value,
    name,
    color_hint: 'ff0000',
    'ocsge:code_cs': code,
  });
  const model: Json = {
    'mlm:name': 'tiny',
    'mlm:architecture': '1 × 1 convolution',
    'mlm:tasks': ['semantic-segmentation'],
    'mlm:input': [{ bands: ['R', 'G', 'B'], value_scaling: [{ type: 'z-score', mean: 100, stddev: 10 }] }],
    'mlm:output': [
      {
        'classification:classes': [
          classOf(0, 'bâti', 'CS1.1.1.1'),
          classOf(1, 'eau', 'CS1.2.2'),
          classOf(2, 'autre', null),
        ],
      },
    ],
    'ocsge:activation': 'logits',
  };
  change(model);
  return model;
}

/** A folder with model.onnx and model.json, as a model is delivered. */
export async function modelFolder(folder: string, network: string, json?: Json): Promise<string> {
  await mkdir(folder, { recursive: true });
  await copyFile(fixture(network), join(folder, 'model.onnx'));
  if (json) await writeFile(join(folder, 'model.json'), JSON.stringify(json));
  return folder;
}

const scratch = mkdtempSync(join(tmpdir(), 'ocsge-models-'));
after(() => rm(scratch, { recursive: true, force: true }));
let count = 0;

/** A path nobody uses yet, in a folder that goes when the file's tests end. */
export const unused = (name = 'model') => join(scratch, `${name}-${count++}`);

/** A folder of a fixture's network with a model.json. */
export const delivered = (network: string, json?: Json) => modelFolder(unused(), network, json);

/** A copy of a fixture's network with metadata written into the file: JSON text unless it is text already. */
export async function withMetadata(network: string, metadata: Record<string, unknown>): Promise<string> {
  const path = `${unused()}.onnx`;
  await copyFile(fixture(network), path);
  for (const [key, value] of Object.entries(metadata)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const entry = Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(text))]);
    await appendFile(path, field(14, entry));
  }
  return path;
}

/** A protobuf field of bytes: its number and wire type 2, its length as a varint, itself. */
function field(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
}

/** Loads, closes and returns a model's contract. */
export async function contractOf(path: string, options: LoadOptions = {}): Promise<Model> {
  const model = await loadModel(path, options);
  await model.close();
  return model;
}

/** The model is refused, and the message says so. */
export const refused = (path: string, wanted: RegExp, options: LoadOptions = {}) =>
  assert.rejects(loadModel(path, options), (error: Error) => {
    assert.equal(error.name, 'BadInput', error.message);
    assert.match(error.message, wanted);
    return true;
  });
