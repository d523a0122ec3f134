import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type BandScaling, settleContract, statedOf } from '../../../pipeline/classes/model-contract.ts';
import { readOnnxMetadata } from '../../../pipeline/classes/onnx-metadata.ts';
import { statedByJson } from '../../../pipeline/classes/stated-by-json.ts';
import { contractJson, contractOf, delivered, first, fixture, type Json, withMetadata } from './tiny-model.ts';

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

  test('nDSM by an expression, bands by their common names, one scaling for all, values in any order', async () => {
    const json = contractJson((model) => {
      Object.assign(model, {
        'eo:bands': [
          { name: 'B04', common_name: 'red' },
          { name: 'S', common_name: 'dsm' },
        ],
      });
      Object.assign(first(model, 'mlm:input'), {
        bands: ['B04', { name: 'nir' }, { name: 'nDSM', format: 'rio-calc', expression: 'clip((S-DTM)*5, 0, 255)' }],
        input: { shape: [-1, 3, 256, 256], dim_order: ['batch', 'bands', 'height', 'width'], data_type: 'float32' },
        resize_type: null,
        pre_processing_function: null,
      });
      Object.assign(first(model, 'mlm:output'), {
        result: { shape: [-1, 3, 256, 256], dim_order: ['batch', 'class', 'height', 'width'], data_type: 'float32' },
        post_processing_function: null,
      });
      (first(model, 'mlm:output')['classification:classes'] as Json[]).reverse();
      model['mlm:batch_size_suggestion'] = 4;
    });
    const model = await contractOf(await delivered('bands3', json));
    const bare = { scale: 1, offset: 0 };
    assert.deepEqual(model.bands, [
      { name: 'R', ...bare },
      { name: 'NIR', ...bare },
      { name: 'NDSM', scale: 5, offset: 0, clipMin: 0, clipMax: 255 },
    ]);
    assert.deepEqual([model.tilePx, model.batch], [256, 4]);
    assert.deepEqual(
      model.classes.map(({ index, name }) => [index, name]),
      [
        [0, 'bâti'],
        [1, 'eau'],
        [2, 'autre'],
      ],
    );
  });

  test('an item of STAC has its fields under properties', async () => {
    const path = await delivered('bands3', { type: 'Feature', stac_version: '1.1.0', properties: contractJson() });
    assert.equal((await contractOf(path)).id, 'tiny');
  });

  test('class names as Deepness takes them: Python literals, numbers as keys, the old key, a list per output', async () => {
    const codes = ['CS1.1.1.1', 'CS1.2.2', 'CS2.2.1'];
    const metadata = { band_order: ['R', 'G', 'B'], class_codes_cs: codes };
    const names = ['bâti', "l'eau", 'herbe'];
    for (const given of [
      { class_names: `{0: 'bâti', 1: "l'eau", 2: 'herbe',}` },
      { class_names: `{'2': 'herbe', '0': 'bâti', '1': 'l\\'eau'}` },
      { names: { 0: 'bâti', 1: "l'eau", 2: 'herbe' } },
      { class_names: [{ 0: 'bâti', 1: "l'eau", 2: 'herbe' }] },
      { class_names: `({0: 'b\\xe2ti', 1: "l'eau", 2: 'herbe'},)` },
    ]) {
      const model = await contractOf(await withMetadata('bands3', { ...metadata, ...given }));
      assert.deepEqual(
        model.classes.map(({ name }) => name),
        names,
        JSON.stringify(given),
      );
    }
  });

  test('tile, overlap and standardisation by metadata, and what Deepness takes where they are not said', async () => {
    const metadata = { band_order: ['R', 'G', 'B'], class_codes_cs: ['CS1.1.1.1', 'CS1.2.2', 'CS2.2.1'] };
    const bare = await contractOf(await withMetadata('bands3', metadata));
    assert.deepEqual([bare.scaling[0]!.subtract, bare.scaling[0]!.divide], [0, 255]);
    assert.deepEqual([bare.tilePx, bare.marginPx, bare.resolutionM], [undefined, undefined, undefined]);
    const stated = { tile_size: 128, tiles_size: 64, tiles_overlap: '15', resolution: '20.0' };
    const standard = { standardization_mean: [0.4, 0.5, 0.6], standardization_std: [0.1, 0.2, 0.3] };
    const model = await contractOf(await withMetadata('bands3', { ...metadata, ...stated, ...standard }));
    assert.deepEqual([model.tilePx, model.marginPx, model.resolutionM], [128, 9, 0.2]);
    const { subtract, divide } = model.scaling[2]!;
    const [dn, wanted] = [200, (200 / 255 - 0.6) / 0.3];
    assert.ok(Math.abs((dn - subtract) / divide - wanted) < 1e-9);
  });

  test('a fixed side is the tile, whatever the metadata say; the margin is their share of it', async () => {
    const stated = {
      band_order: ['R', 'G', 'B'],
      class_codes_cs: ['CS1', 'CS1', 'CS2'],
      tiles_size: 256,
      tiles_overlap: 25,
    };
    const model = await contractOf(await withMetadata('bands3-fixed16', stated));
    assert.deepEqual([model.fixedSidePx, model.tilePx, model.marginPx], [16, 16, 2]);
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
    [{ type: null }, 0, 1],
    [{ type: 'clip', minimum: 1, maximum: 2 }, 0, 1],
    [{ type: 'clip-min', minimum: 1 }, 0, 1],
    [{ type: 'clip-max', maximum: 2 }, 0, 1],
    [{ type: 'processing', format: 'rio-calc', expression: '(x - 10) / 50' }, 10, 50],
    [{ type: 'processing', format: 'rio-calc', expression: 'clip((x - 10) / 50, 0, 1)' }, 10, 50],
  ] as const) {
    test(`value_scaling ${JSON.stringify(scaling)}`, async () => {
      const json = contractJson((model) => Object.assign(first(model, 'mlm:input'), { value_scaling: scaling }));
      const model = await contractOf(await delivered('bands3', json));
      assert.deepEqual([model.scaling[0]!.subtract, model.scaling[0]!.divide], [subtract, divide]);
    });
  }

  test('what is clipped', async () => {
    const clips = async (value_scaling: unknown) => {
      const json = contractJson((model) => Object.assign(first(model, 'mlm:input'), { value_scaling }));
      const [{ clipMin, clipMax }] = (await contractOf(await delivered('bands3', json))).scaling as [BandScaling];
      return [clipMin, clipMax];
    };
    assert.deepEqual(await clips({ type: 'clip', minimum: 1, maximum: 2 }), [1, 2]);
    assert.deepEqual(await clips({ type: 'clip-min', minimum: 1 }), [1, Number.POSITIVE_INFINITY]);
    assert.deepEqual(await clips({ type: 'clip-max', maximum: 2 }), [Number.NEGATIVE_INFINITY, 2]);
    assert.deepEqual(await clips({ type: 'processing', expression: 'clip((x - 10) / 50, 0, 1)' }), [10, 60]);
  });

  test('a network of one channel tells a class from the rest', async () => {
    const overrides = { bands: 'R,G,B', codesCs: ['CS2.2.1', 'CS1.1.1.1'] };
    const model = await contractOf(fixture('one-class'), { overrides });
    assert.deepEqual([model.activation, model.classes.length], ['sigmoid', 2]);
    const named = await withMetadata('one-class', {
      class_names: { 0: 'Coffee' },
      class_codes_cs: ['CS2.2.1', 'CS2.1.3'],
    });
    const classes = (await contractOf(named, { overrides: { bands: 'R,G,B' } })).classes;
    assert.deepEqual(
      classes.map(({ name, codeCs }) => [name, codeCs]),
      [
        ['background', 'CS2.2.1'],
        ['Coffee', 'CS2.1.3'],
      ],
    );
  });
});

test('the ten lines of the README are a whole contract', async () => {
  const text = await readFile(new URL('../../../models/README.md', import.meta.url), 'utf8');
  const [, json] = /```json\n([\s\S]*?)```/.exec(text)!;
  const head = { name: 'output', classes: 3, hasChannels: true, outputSidePx: undefined, sideNames: [] };
  const shape = { inputName: 'input', inputType: 'float32' as const, bands: 4, fixedSidePx: undefined, sideNames: [] };
  const stated = statedOf(statedByJson('README.md', json!), [head], head);
  const contract = settleContract('README.md', stated, { ...shape, maxBatch: 1, heads: [head] }, head);
  assert.deepEqual([contract.id, contract.sizeMultiplePx, contract.bands[3]!.name], ['my-rgbn', 32, 'NIR']);
  assert.deepEqual([contract.scaling[1]!.subtract, contract.classes[0]!.colour], [111, '#db0e9a']);
});

const samples = process.env['OCSGE_SAMPLES'];
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
