/** Models for tests: the tiny networks of test/fixtures/models, with a contract written beside a copy. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/models/${name}.onnx`, import.meta.url));

type Json = Record<string, unknown>;

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
