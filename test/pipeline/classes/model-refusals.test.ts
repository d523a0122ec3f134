import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { contractJson, delivered, first, fixture, type Json, refused, unused, withMetadata } from './tiny-model.ts';

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
      (json) =>
        Object.assign(first(json, 'mlm:input'), {
          value_scaling: [{ type: 'processing', format: 'gdal-calc', expression: 'A * logical_or( A<=177, A>=185 )' }],
        }),
      /value_scaling by an expression: .* has < in it; forms read/,
    ],
    [
      'a scaling of no type',
      (json) => Object.assign(first(json, 'mlm:input'), { value_scaling: [{ type: 'zscore', mean: 0 }] }),
      /value_scaling of type "zscore"; wanted z-score, min-max, clip/,
    ],
    [
      'no scaling, and none said to be none',
      (json) => delete first(json, 'mlm:input')['value_scaling'],
      /no scaling of the values stated; wanted mlm:input\[0\]\.value_scaling \(null for none\)/,
    ],
    [
      'a band nobody knows',
      (json) => Object.assign(first(json, 'mlm:input'), { bands: ['R', 'G', 'B8A'] }),
      /band B8A is not known; wanted R, G, B, NIR, MNS, MNT, NDSM/,
    ],
    [
      'a band by an expression of no form read here',
      (json) =>
        Object.assign(first(json, 'mlm:input'), {
          bands: ['R', 'G', { name: 'NDVI', format: 'rio-calc', expression: '(NIR - R) / (NIR + R)' }],
        }),
      /expression of band NDVI: R is taken from NIR; forms read: one band with/,
    ],
    [
      'a band whose expression is of another',
      (json) => Object.assign(first(json, 'mlm:input'), { bands: ['R', 'G', { name: 'NDSM', expression: 'MNS * 5' }] }),
      /band NDSM is said to be "MNS \* 5", which is of MNS/,
    ],
    [
      'a band coded twice, not the same',
      (json) =>
        Object.assign(first(json, 'mlm:input'), {
          bands: ['R', 'G', { name: 'NDSM', expression: 'clip((MNS-MNT)*5,0,255)', 'ocsge:scale': 4 }],
        }),
      /NDSM is coded by its expression as .*"scale":5.* and by ocsge:scale as .*"scale":4/,
    ],
    [
      'variables',
      (json) => Object.assign(first(json, 'mlm:input'), { variables: ['temperature'] }),
      /variables are stated; bands wanted/,
    ],
    [
      'code before the network',
      (json) =>
        Object.assign(first(json, 'mlm:input'), {
          pre_processing_function: { format: 'python', expression: 'my.module:prepare' },
        }),
      /pre_processing_function .*my\.module:prepare.* is code that is not run here/,
    ],
    [
      'code after the network',
      (json) =>
        Object.assign(first(json, 'mlm:output'), {
          post_processing_function: { format: 'python', expression: 'my.module:clean' },
        }),
      /post_processing_function .* is code that is not run here; wanted null, softmax, sigmoid or argmax/,
    ],
    [
      'tiles that were stretched',
      (json) => Object.assign(first(json, 'mlm:input'), { resize_type: 'interpolation-linear' }),
      /resize_type "interpolation-linear"; wanted null, crop, pad, or interpolation-… with ocsge:resolution_m/,
    ],
    [
      'another shape',
      (json) => Object.assign(first(json, 'mlm:input'), { input: { shape: [-1, 5, 512, 512], data_type: 'float32' } }),
      /shape \[-1, 5, 512, 512\] of mlm:input stated, the network has \[-1, 3, -1, -1\]/,
    ],
    [
      'another order of dimensions',
      (json) =>
        Object.assign(first(json, 'mlm:input'), { input: { dim_order: ['batch', 'height', 'width', 'bands'] } }),
      /dim_order batch, height, width, bands; batch, bands, height, width wanted/,
    ],
    [
      'another type',
      (json) => Object.assign(first(json, 'mlm:input'), { input: { data_type: 'uint8' } }),
      /data_type "uint8" stated, the network takes float32/,
    ],
    [
      'two inputs',
      (json) => (json['mlm:input'] as Json[]).push({ bands: ['MNS'] }),
      /mlm:input has 2 inputs, one wanted/,
    ],
    [
      'a number that is none',
      (json) => Object.assign(json, { 'ocsge:resolution_m': '0.2 m' }),
      /ocsge:resolution_m is "0\.2 m", a number from 0 wanted/,
    ],
    [
      'classes numbered as FLAIR-1 masks',
      (json) => {
        for (const one of first(json, 'mlm:output')['classification:classes'] as Json[]) {
          one['value'] = Number(one['value']) + 1;
        }
      },
      /values 1,2,3; 0, 1, 2… wanted, the numbers of the output's channels/,
    ],
    [
      'a class too many',
      (json) =>
        (first(json, 'mlm:output')['classification:classes'] as Json[]).push({
          value: 3,
          name: 'sol',
          'ocsge:code_cs': 'CS1.2.1',
        }),
      /4 classes stated, 3 wanted for 3 output channel/,
    ],
    [
      'no codes at all',
      (json) => {
        for (const one of first(json, 'mlm:output')['classification:classes'] as Json[]) delete one['ocsge:code_cs'];
      },
      /no CS codes stated for its 3 classes \(0 bâti, 1 eau, 2 autre\); wanted ocsge:code_cs .* --codes-cs/,
    ],
    [
      'a code OCS GE has not',
      (json) =>
        Object.assign((first(json, 'mlm:output')['classification:classes'] as Json[])[1]!, {
          'ocsge:code_cs': 'CS1.1.3',
        }),
      /class 1 \(eau\) has CS code CS1\.1\.3; wanted a CS code of OCS GE/,
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
    [
      'a band twice, by two of its names',
      (json) => Object.assign(first(json, 'mlm:input'), { bands: ['R', 'G', 'red'] }),
      /band R twice in R,G,R; each band once wanted/,
    ],
    [
      'no class to predict',
      (json) => {
        for (const one of first(json, 'mlm:output')['classification:classes'] as Json[]) one['ocsge:code_cs'] = null;
      },
      /no class left to predict, all 3 are ignored or of no couverture \(0 bâti, 1 eau, 2 autre\)/,
    ],
    [
      "another network's tensors",
      (json) => {
        first(json, 'mlm:input')['name'] = 'image';
        first(json, 'mlm:output')['name'] = 'cover';
      },
      /mlm:input and mlm:output are named image, cover, the network's tensors input, output; the model\.json of this/,
    ],
    ['no input', (json) => delete json['mlm:input'], /mlm:input is absent, a list wanted/],
  ];
  for (const [what, change, wanted] of cases) {
    test(what, async () => refused(await delivered('bands3', contractJson(change)), wanted));
  }

  const stated = {
    band_order: ['R', 'G', 'B'],
    class_names: { 0: 'bati', 1: 'eau', 2: 'autre' },
    class_codes_cs: ['CS1.1.1.1', 'CS1.2.2', null],
    ignored_classes: [2],
  };
  const metadata: [string, Json, RegExp][] = [
    [
      'an ignored list that leaves a class without code',
      { class_codes_cs: [null, 'CS1.2.2', null] },
      /class 0 \(bati\) has CS code none; wanted a CS code of OCS GE, or to be among the ignored/,
    ],
    ['an ignored class that is none', { ignored_classes: [2, 15] }, /ignored class 15, wanted 0 to 2/],
    ['a gap in the names', { class_names: "{0: 'bati', 2: 'autre', 3: 'eau'}" }, /class_names are .* without a gap/],
    ['names that are no dictionary', { class_names: 'bati, eau, autre' }, /class_names are "bati, eau, autre"/],
    ['names of fewer classes', { class_names: { 0: 'bati' } }, /1 classes stated, 3 wanted for 3 output channel/],
    ['codes of fewer classes', { class_codes_cs: ['CS1'] }, /1 CS codes stated for 3 classes/],
    ['codes that are no list', { class_codes_cs: 'CS1' }, /metadata class_codes_cs is "CS1", a JSON list wanted/],
    ['a resolution that is no number', { resolution: 'twenty' }, /metadata resolution is "twenty", a number wanted/],
    [
      'a mean without its deviation',
      { standardization_mean: [0.4, 0.4, 0.4] },
      /standardization_mean is \[0\.4,0\.4,0\.4\] and standardization_std absent; as many numbers in both wanted/,
    ],
    [
      'means of fewer bands',
      { standardization_mean: [0.4, 0.4], standardization_std: [0.1, 0.1] },
      /scaling of 2 bands stated, the network takes 3/,
    ],
    ['all classes ignored', { ignored_classes: [0, 1, 2] }, /no class left to predict, all 3 are ignored/],
    ['a band twice', { band_order: ['R', 'G', 'G'] }, /band G twice in R,G,G/],
    ['another model', { model_type: 'Detector' }, /model_type Detector found, Segmentor wanted/],
    ['NDSM uncoded', { band_order: ['R', 'G', 'NDSM'] }, /band NDSM without its coding; .* ndsm_scale or --bands/],
  ];
  for (const [what, change, wanted] of metadata) {
    test(`metadata: ${what}`, async () => refused(await withMetadata('bands3', { ...stated, ...change }), wanted));
  }

  test('no file, no model in the folder, JSON that is none', async () => {
    await refused(unused('absent'), /absent-\d+: no such model/);
    const empty = unused('empty');
    await mkdir(empty);
    await refused(empty, /empty-\d+: no model\.onnx in this folder/);
    const odd = await delivered('bands3', contractJson());
    await writeFile(join(odd, 'model.json'), '{"mlm:name": ');
    await refused(odd, /model\.json: not JSON/);
    await writeFile(join(odd, 'model.json'), '[]');
    await refused(odd, /model\.json: a JSON object with the fields of STAC MLM wanted/);
  });

  test('a corrupt file: cut, empty, of zeros, of something else', async () => {
    const cut = await delivered('mean5', contractJson());
    await truncate(join(cut, 'model.onnx'), 500);
    await refused(cut, /model\.onnx: not a(n| whole) ONNX model/);
    for (const [bytes, wanted] of [
      [Uint8Array.from([0x08, 0x07]), /model\.onnx: not a model onnxruntime reads/],
      [new Uint8Array(0), /model\.onnx: is empty/],
      [new Uint8Array(1000), /model\.onnx: not an? (whole )?(ONNX )?model/],
      [Buffer.from('<!DOCTYPE html><html>404 Not Found</html>'), /model\.onnx: not an? (whole )?ONNX model/],
      [Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 97'), /is a Git LFS pointer/],
    ] as const) {
      await writeFile(join(cut, 'model.onnx'), bytes);
      await refused(cut, wanted);
    }
  });

  test('--bands that cannot be read', () =>
    refused(fixture('bands3-stated'), /coding of NDSM is x:0/, { overrides: { bands: 'R,G,NDSM:x' } }));
});
