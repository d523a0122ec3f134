import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type LoadOptions, loadModel } from '../../../pipeline/classes/load-model.ts';
import { readOnnxMetadata } from '../../../pipeline/classes/onnx-metadata.ts';
import { contractJson, fixture, modelFolder } from './tiny-model.ts';

let folder: string;
let count = 0;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocsge-models-'));
});
after(() => rm(folder, { recursive: true, force: true }));

type Json = Record<string, unknown>;
const delivered = (network: string, json?: Json) => modelFolder(join(folder, `model-${count++}`), network, json);
const first = (json: Json, key: string) => (json[key] as Json[])[0]!;

/** Loads, closes and returns a model's contract. */
async function contractOf(path: string, options: LoadOptions = {}) {
  const model = await loadModel(path, options);
  await model.close();
  return model;
}

const refused = (path: string, wanted: RegExp, options: LoadOptions = {}) =>
  assert.rejects(loadModel(path, options), (error: Error) => {
    assert.equal(error.name, 'BadInput', error.message);
    assert.match(error.message, wanted);
    return true;
  });

describe('metadata of an ONNX file', () => {
  test('keys and values come as they were written', async () => {
    const metadata = readOnnxMetadata(await readFile(fixture('bands3-stated')));
    assert.equal(metadata.get('band_order'), '["R", "G", "B"]');
    assert.equal(metadata.get('model_type'), '"Segmentor"');
    assert.equal(metadata.size, 11);
    assert.equal(readOnnxMetadata(await readFile(fixture('bands3'))).size, 0);
  });

  test('bytes that are no model are told', () => {
    assert.throws(() => readOnnxMetadata(Buffer.from('no model at all, only words')), /not an? .*ONNX model/);
    assert.throws(() => readOnnxMetadata(Uint8Array.from([0x72])), /ends inside a field/);
  });
});

describe('the contract', () => {
  test('by ONNX metadata with the keys of Deepness', async () => {
    const model = await contractOf(fixture('bands3-stated'));
    assert.deepEqual(
      model.bands,
      ['R', 'G', 'B'].map((name) => ({ name, scale: 1, offset: 0 })),
    );
    assert.deepEqual(
      model.classes.map(({ name, codeCs }) => [name, codeCs]),
      [
        ['bati', 'CS1.1.1.1'],
        ['eau', 'CS1.2.2'],
        ['autre', null],
      ],
    );
    assert.deepEqual([model.scaling[2]!.subtract, model.scaling[2]!.divide], [0, 255]);
    assert.deepEqual([model.id, model.resolutionM, model.tilePx, model.marginPx], ['bands3-stated', 1, 32, 4]);
    assert.equal(model.activation, 'logits');
    assert.equal(model.inputs.length, 1);
  });

  test('by model.json with the fields of STAC MLM, NDSM with its coding', async () => {
    const json = contractJson((model) => {
      first(model, 'mlm:input')['bands'] = [
        { name: 'red' },
        'NIR',
        { name: 'NDSM', 'ocsge:scale': 5, 'ocsge:offset': 1, 'ocsge:clip': [0, 255] },
      ];
      Object.assign(model, {
        'ocsge:tile_px': 64,
        'ocsge:margin_px': 8,
        'ocsge:size_multiple_px': 4,
        'ocsge:resolution_m': 0.5,
      });
    });
    const path = await delivered('bands3', json);
    const model = await contractOf(path);
    assert.deepEqual(model.bands, [
      { name: 'R', scale: 1, offset: 0 },
      { name: 'NIR', scale: 1, offset: 0 },
      { name: 'NDSM', scale: 5, offset: 1, clipMin: 0, clipMax: 255 },
    ]);
    assert.deepEqual([model.scaling.length, model.scaling[2]!.subtract, model.scaling[2]!.divide], [3, 100, 10]);
    assert.deepEqual([model.tilePx, model.marginPx, model.sizeMultiplePx, model.resolutionM], [64, 8, 4, 0.5]);
    assert.deepEqual(model.classes[0], { index: 0, name: 'bâti', codeCs: 'CS1.1.1.1', colour: '#ff0000' });
    assert.deepEqual(
      model.inputs.map((input) => input.path),
      [join(path, 'model.onnx'), join(path, 'model.json')],
    );
  });

  test('the command line wins over model.json, which wins over the metadata', async () => {
    const json = contractJson((model) => {
      first(model, 'mlm:input')['bands'] = ['B', 'G', 'R'];
    });
    const path = await delivered('bands3-stated', json);
    const bands = (model: { bands: { name: string }[] }) => model.bands.map(({ name }) => name).join();
    const stated = await contractOf(path);
    assert.equal(bands(stated), 'B,G,R');
    assert.equal(stated.id, 'tiny');
    assert.equal(stated.resolutionM, 1); // said by the metadata alone
    assert.equal(bands(await contractOf(path, { overrides: { bands: 'NIR, R, G' } })), 'NIR,R,G');
    const coded = await contractOf(path, { overrides: { bands: 'R,G,NDSM:5' } });
    assert.deepEqual(coded.bands[2], { name: 'NDSM', scale: 5, offset: 0, clipMin: 0, clipMax: 255 });
  });

  for (const [scaling, subtract, divide] of [
    [null, 0, 1],
    [[{ type: 'min-max', minimum: 10, maximum: 60 }], 10, 50],
    [[{ type: 'offset', value: 3 }], 3, 1],
    [{ type: 'scale', value: 255 }, 0, 255],
  ] as const) {
    test(`value_scaling ${JSON.stringify(scaling)}`, async () => {
      const json = contractJson((model) => Object.assign(first(model, 'mlm:input'), { value_scaling: scaling }));
      const model = await contractOf(await delivered('bands3', json));
      assert.deepEqual([model.scaling[0]!.subtract, model.scaling[0]!.divide], [subtract, divide]);
    });
  }

  test('a network of one channel tells a class from the rest', async () => {
    const overrides = { bands: 'R,G,B', codesCs: ['CS2.2.1', 'CS1.1.1.1'] };
    const model = await contractOf(fixture('one-class'), { overrides });
    assert.deepEqual([model.activation, model.classes.length], ['sigmoid', 2]);
  });
});

describe('refusals', () => {
  const cases: [string, (json: Json) => void, RegExp][] = [
    ['no band order', (json) => delete first(json, 'mlm:input')['bands'], /no band order stated; name its 3 bands/],
    [
      'too few bands',
      (json) => Object.assign(first(json, 'mlm:input'), { bands: ['R'] }),
      /1 bands stated \(R\), the network takes 3/,
    ],
    [
      'NDSM uncoded',
      (json) => Object.assign(first(json, 'mlm:input'), { bands: ['R', 'G', 'NDSM'] }),
      /NDSM without its coding/,
    ],
    [
      'a scaling too many',
      (json) =>
        Object.assign(first(json, 'mlm:input'), {
          value_scaling: [
            { type: 'scale', value: 1 },
            { type: 'scale', value: 1 },
          ],
        }),
      /scaling of 2 bands stated, the network takes 3/,
    ],
    [
      'a scaling by code',
      (json) => Object.assign(first(json, 'mlm:input'), { value_scaling: [{ type: 'processing' }] }),
      /type "processing"/,
    ],
    [
      'a scaling of nothing',
      (json) => Object.assign(first(json, 'mlm:input'), { value_scaling: [{ type: 'z-score', mean: 1, stddev: 0 }] }),
      /divides by 0/,
    ],
    [
      'a class too few',
      (json) => (first(json, 'mlm:output')['classification:classes'] as unknown[]).pop(),
      /2 classes stated, 3 wanted/,
    ],
    [
      'classes out of order',
      (json) => (first(json, 'mlm:output')['classification:classes'] as unknown[]).reverse(),
      /values 2,1,0; 0, 1, 2… in order wanted/,
    ],
    [
      'a class without CS code',
      (json) => delete (first(json, 'mlm:output')['classification:classes'] as Json[])[2]!['ocsge:code_cs'],
      /class 2 \(autre\) has CS code none/,
    ],
    [
      'a code that is none',
      (json) =>
        Object.assign((first(json, 'mlm:output')['classification:classes'] as Json[])[1]!, { 'ocsge:code_cs': 'US3' }),
      /class 1 \(eau\) has CS code US3/,
    ],
    [
      'another task',
      (json) => Object.assign(json, { 'mlm:tasks': ['object-detection'] }),
      /model_type object-detection found, Segmentor wanted/,
    ],
    [
      'an unknown activation',
      (json) => Object.assign(json, { 'ocsge:activation': 'relu' }),
      /activation relu stated; logits, softmax or sigmoid wanted/,
    ],
    ['no input', (json) => delete json['mlm:input'], /mlm:input is absent, a list wanted/],
  ];
  for (const [what, change, wanted] of cases) {
    test(what, async () => refused(await delivered('bands3', contractJson(change)), wanted));
  }

  test('an ignored list that leaves a class without code', async () => {
    const codesCs = [null, 'CS1.2.2', null];
    await refused(
      fixture('bands3-stated'),
      /class 0 \(bati\) has CS code none; wanted CS… or to be among the ignored/,
      { overrides: { codesCs } },
    );
  });

  test('no file, no model in the folder, a corrupt or cut one, JSON that is none', async () => {
    await refused(join(folder, 'absent'), /absent: no such model/);
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await refused(empty, /empty: no model\.onnx in this folder/);
    const cut = await delivered('mean5', contractJson());
    await truncate(join(cut, 'model.onnx'), 500);
    await refused(cut, /model\.onnx: not a(n| whole) ONNX model/);
    await writeFile(join(cut, 'model.onnx'), Uint8Array.from([0x08, 0x07]));
    await refused(cut, /model\.onnx: not a model onnxruntime reads/);
    const odd = await delivered('bands3', contractJson());
    await writeFile(join(odd, 'model.json'), '{"mlm:name": ');
    await refused(odd, /model\.json: not JSON/);
  });

  test('--bands that cannot be read', () =>
    refused(fixture('bands3-stated'), /coding of NDSM is x:0/, { overrides: { bands: 'R,G,NDSM:x' } }));
});

const samples = process.env['OCSGE_SAMPLES'];
describe('models of the Deepness plugin', { skip: samples ? false : 'OCSGE_SAMPLES is not set' }, () => {
  const rgb = { bands: 'R,G,B' };
  const at = (name: string) => join(samples!, 'models/deepness', `${name}.onnx`);
  /** Codes the two classes of a model that states none. */
  const two = { ...rgb, codesCs: ['CS2.2.1', 'CS1.1.1.1'] };
  const outcomes: Record<string, RegExp | number> = {
    different_output_size_512_to_484: /input \[1, 3, 512, 512\], output \[1, 2, 484, 484\]; one side for all/,
    dummy_model: /no CS codes|2 classes stated|classes stated, 3 wanted/,
    dummy_recognition_model: /model_type Regression found, Segmentor wanted/,
    dummy_regression_model: /model_type Regressor found, Segmentor wanted/,
    dummy_regression_model_batched: /model_type Regressor found, Segmentor wanted/,
    dummy_superresolution_model: /output \[1, 3, 128, 128\]; one side for all/,
    one_output_sigmoid_bsx1x512x512: 1,
    one_output_sigmoid_bsx512x512: 1,
    one_output_sigmoid_red_detector: 1,
    one_output_softmax_bsx2x512x512: 2,
    two_outputs_sigmoid_bsx1x512x512: /2 output tensors found, one wanted/,
    two_outputs_sigmoid_bsx512x512: /2 output tensors found, one wanted/,
    two_outputs_softmax_bsx2x512x512: /2 output tensors found, one wanted/,
  };

  test('every one is in the list', async () => {
    const names = (await readdir(join(samples!, 'models/deepness'))).filter((name) => name.endsWith('.onnx'));
    assert.deepEqual(
      names.sort(),
      Object.keys(outcomes)
        .map((name) => `${name}.onnx`)
        .sort(),
    );
  });

  for (const [name, outcome] of Object.entries(outcomes)) {
    test(name, async () => {
      if (outcome instanceof RegExp) return refused(at(name), outcome, { overrides: two });
      await refused(at(name), /no band order stated; name its 3 bands/);
      const model = await loadModel(at(name), { overrides: two });
      assert.deepEqual([model.channels.classes, model.fixedSidePx], [outcome, 512]);
      assert.equal((await model.run(new Float32Array(3 * 512 * 512), 512)).length, outcome * 512 * 512);
      await model.close();
    });
  }
});

test('the real fixture states its whole contract in metadata', {
  skip: samples ? false : 'OCSGE_SAMPLES is not set',
}, async () => {
  const model = await contractOf(join(samples!, 'models/fixture_unet8_rgbie_19cl_softmax.onnx'));
  assert.deepEqual(
    model.bands.map(({ name }) => name),
    ['R', 'G', 'B', 'NIR', 'NDSM'],
  );
  assert.deepEqual(model.bands[4], { name: 'NDSM', scale: 5, offset: 0, clipMin: 0, clipMax: 255 });
  assert.ok(Math.abs(model.scaling[4]!.subtract - 53.26) < 1e-3 && Math.abs(model.scaling[4]!.divide - 79.3) < 1e-3);
  assert.deepEqual(
    model.classes.filter(({ codeCs }) => codeCs === null).map(({ index }) => index),
    [14, 15, 16, 18],
  );
  assert.deepEqual([model.tilePx, model.marginPx, model.resolutionM, model.activation], [512, 64, 0.2, 'softmax']);
});
