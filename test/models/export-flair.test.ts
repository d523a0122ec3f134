/** IGN's FLAIR networks by way of models/training/export_flair.py, with random weights in the very architecture. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { loadModel, type Model } from '../../pipeline/classes/load-model.ts';
import { findPython } from './find-python.ts';

const exec = promisify(execFile);
/** On one thread: several would only wait for each other. */
const run = (program: string, words: string[]) =>
  exec(program, words, { env: { ...process.env, OMP_NUM_THREADS: '1' } });

/** FLAIR-1's numbering (masks 1 to 19, logit = value − 1): name, couverture; null is never predicted. Then FLAIR-HUB's (COSIA). */
const FLAIR_1: [string, string | null][] = [
  ['building', 'CS1.1.1.1'],
  ['pervious surface', 'CS1.1.2.1'],
  ['impervious surface', 'CS1.1.1.2'],
  ['bare soil', 'CS1.2.1'],
  ['water', 'CS1.2.2'],
  ['coniferous', 'CS2.1.1.2'],
  ['deciduous', 'CS2.1.1.1'],
  ['brushwood', 'CS2.1.2'],
  ['vineyard', 'CS2.1.3'],
  ['herbaceous vegetation', 'CS2.2.1'],
  ['agricultural land', 'CS2.2.1'],
  ['plowed land', 'CS2.2.1'],
  ['swimming pool', 'CS1.1.1.2'],
  ['snow', 'CS1.2.3'],
  ['clear cut', null],
  ['mixed', null],
  ['ligneous', null],
  ['greenhouse', 'CS1.1.1.1'],
  ['other', null],
];
const COSIA = [
  ...[
    'building',
    'greenhouse',
    'swimming pool',
    'impervious surface',
    'pervious surface',
    'bare soil',
    'water',
    'snow',
  ],
  ...['herbaceous vegetation', 'agricultural land', 'plowed land', 'vineyard', 'deciduous', 'coniferous', 'brushwood'],
  ...['clear cut', 'ligneous', 'mixed', 'other'],
];

const python = await findPython();

describe('export of FLAIR networks', { skip: python ? false : 'no Python with torch, onnx and numpy here' }, () => {
  let folder = '';
  let made: { names: string[]; parameters: number };
  const at = (name: string) => join(folder, name);
  const exported = (name: string, ...options: string[]) =>
    run(python!, ['models/training/export_flair.py', '--checkpoint', at(name), ...options]);
  const floats = (name: string) => {
    const bytes = readFileSync(at(name));
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ocsge-flair-'));
    made = JSON.parse((await run(python!, ['test/models/flair_checkpoints.py', folder])).stdout) as typeof made;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The network gives in our runtime what it gives in torch. */
  async function assertSameScores(model: Model, bands: number, wanted: Float32Array): Promise<void> {
    const scores = await model.run(floats('image.f32').slice(0, bands * 64 * 64), 64);
    assert.equal(scores.length, wanted.length);
    const [top, worst] = scores.reduce(
      ([size, error], value, i) => [
        Math.max(size, Math.abs(wanted[i]!)),
        Math.max(error, Math.abs(value - wanted[i]!)),
      ],
      [0, 0],
    );
    assert.ok(top > 0.1 && worst < 1e-4 * top, `scores up to ${top} differ by ${worst}`);
  }

  test('the names are those of segmentation_models_pytorch, as many parameters as FLAIR counts', () => {
    assert.equal(made.parameters, 24_445_251);
    for (const name of [
      ...['encoder.conv1.weight', 'encoder.bn1.running_mean', 'encoder.layer1.2.conv2.weight'],
      ...['encoder.layer3.0.downsample.1.weight', 'encoder.layer3.5.bn2.running_var', 'encoder.layer4.2.bn1.bias'],
      ...['decoder.blocks.0.conv1.0.weight', 'decoder.blocks.4.conv2.1.running_var', 'segmentation_head.0.bias'],
    ]) {
      assert.ok(made.names.includes(name), name);
    }
  });

  test('FLAIR-INC: R, G, B, NIR, E; logit = value − 1; its means; four classes never predicted', async () => {
    await exported('inc.ckpt', '--project', 'flair-inc', '--out', at('flair-inc'));
    const model = await loadModel(at('flair-inc'));
    try {
      const bare = { scale: 1, offset: 0 };
      const [red, green, blue, infrared] = ['R', 'G', 'B', 'NIR'].map((name) => ({ name, ...bare }));
      const height = { name: 'NDSM', scale: 5, offset: 0, clipMin: 0, clipMax: 255 };
      assert.deepEqual(model.bands, [red, green, blue, infrared, height]);
      assert.deepEqual(
        model.scaling.map(({ subtract, divide }) => [subtract, divide]),
        [
          [105.08, 52.17],
          [110.87, 45.38],
          [101.82, 44],
          [106.38, 39.69],
          [53.26, 79.3],
        ],
      );
      assert.deepEqual(
        model.classes.map(({ name, codeCs }) => [name, codeCs]),
        FLAIR_1,
      );
      assert.deepEqual([model.classes[4]!.colour, model.classes[18]!.colour], ['#1553ae', '#000000']);
      assert.deepEqual([model.activation, model.resolutionM, model.tilePx, model.marginPx], ['logits', 0.2, 512, 128]);
      assert.deepEqual([model.sizeMultiplePx, model.fixedSidePx, model.maxBatch], [32, undefined, Infinity]);
      await assertSameScores(model, 5, floats('inc.f32'));
    } finally {
      await model.close();
    }
  });

  test('FLAIR-HUB: NIR, R, G; classes from 0 in its own order; its means; 16 and 17 the other way round', async () => {
    await exported('hub.safetensors', '--project', 'flair-hub', '--out', at('flair-hub'));
    const model = await loadModel(at('flair-hub'));
    try {
      assert.deepEqual(
        model.bands.map(({ name }, i) => [name, model.scaling[i]!.subtract, model.scaling[i]!.divide]),
        [
          ['NIR', 106.59, 39.78],
          ['R', 105.66, 52.23],
          ['G', 111.35, 45.62],
        ],
      );
      assert.deepEqual(
        model.classes.map(({ name, codeCs }) => [name, codeCs]),
        COSIA.map((name) => [name, FLAIR_1.find(([other]) => other === name)![1]]),
      );
      await assertSameScores(model, 3, floats('hub.f32'));
    } finally {
      await model.close();
    }
  });

  test('networks of 12, 13 or 15 logits, and of 19 of which 12 were trained', async () => {
    const calls = [12, 13, 15].map((logits) => `t.class_table("flair-inc", ${logits}, 15)`);
    calls.push('t.class_table("flair-inc", 19, 12)', 't.class_table("flair-hub", 15, 15)');
    const code = `import sys, json; sys.path.insert(0, "models/training"); import export_flair as t; print(json.dumps([${calls}]))`;
    const tables = JSON.parse((await run(python!, ['-c', code])).stdout) as { name: string; codeCs: string | null }[][];
    const names = (table: number) => tables[table]!.map(({ name }) => name);
    const flair = FLAIR_1.map(([name]) => name);
    assert.deepEqual(names(0), flair.slice(0, 12));
    assert.deepEqual(names(1), [...flair.slice(0, 12), 'other']);
    assert.equal(tables[1]![12]!.codeCs, null);
    assert.deepEqual(names(2), [...flair.slice(0, 14), 'greenhouse']);
    assert.deepEqual(
      tables[3]!.map(({ codeCs }) => codeCs !== null),
      flair.map((_, index) => index < 12),
    );
    assert.deepEqual(names(4), COSIA.slice(0, 15));
  });

  const refusals: [string, string[], RegExp][] = [
    ['two-branches.pth', [], /one branch per source found \(AERIAL_RGBI, DEM_ELEV\); one image with all bands wanted/],
    ['metadata.pth', [], /trained with the images' metadata/],
    ['swin.pth', [], /not the weights of a resnet34-unet: \d+ missing .* say which network by --architecture/],
    ['more-than-tensors.ckpt', [], /tensors only wanted .* save the state_dict alone/],
    ['inc.ckpt', ['--bands', 'R,G,B'], /the network takes 5 bands, R,G,B named/],
  ];
  test('refused: several branches, metadata beside the image, another network, code, other bands', async () => {
    const calls = refusals.map(([name, options]) => [
      ...['--checkpoint', at(name), '--project', 'flair-inc', '--out', at('none')],
      ...options,
    ]);
    const code = `import sys, json
sys.path.insert(0, "models/training")
import export_flair
for words in json.loads(sys.argv[1]):
    try:
        export_flair.main(words)
    except SystemExit as refusal:
        print(refusal)`;
    const said = (await run(python!, ['-c', code, JSON.stringify(calls)])).stdout.trim().split('\n');
    assert.equal(said.length, refusals.length, said.join('\n'));
    for (const [index, [, , wanted]] of refusals.entries()) assert.match(said[index]!, wanted);
  });
});
