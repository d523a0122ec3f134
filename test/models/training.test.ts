import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { loadModel } from '../../pipeline/classes/load-model.ts';
import { Random } from '../../pipeline/scenes/random.ts';
import { findPython } from './find-python.ts';

const run = promisify(execFile);
const SIDE = 64;
const CLASSES = ['grass', 'road', 'meadow'].map((name, index) => ({
  index,
  name,
  colour: '#102030',
  codeCs: index === 1 ? 'CS1.1.1.2' : 'CS2.2.1',
}));

/** Patches whose class is written in their colours: halves of two classes, some pixels that nobody knows. */
function writePatches(folder: string, seed: number): void {
  mkdirSync(folder, { recursive: true });
  const random = new Random(seed, 'training test');
  const count = 6;
  const x = new Uint8Array(count * 4 * SIDE * SIDE);
  const y = new Uint8Array(count * SIDE * SIDE);
  for (let patch = 0; patch < count; patch++) {
    for (let i = 0; i < SIDE * SIDE; i++) {
      const truth = (patch + (i % SIDE < SIDE / 2 ? 0 : 1)) % CLASSES.length;
      y[patch * SIDE * SIDE + i] = i < SIDE ? 255 : truth;
      for (let band = 0; band < 4; band++) {
        x[(patch * 4 + band) * SIDE * SIDE + i] = (band === truth ? 190 : 60) + random.range(-9, 9);
      }
    }
  }
  writeFileSync(join(folder, 'x.u8'), x);
  writeFileSync(join(folder, 'y.u8'), y);
  const index = { count, sidePx: SIDE, bands: ['R', 'G', 'B', 'NIR'], resolutionM: 0.6, ignoreIndex: 255 };
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ ...index, source: 'a test', classes: CLASSES }));
}

const python = await findPython();

describe('training', { skip: python ? false : 'no Python with torch, onnx and numpy here' }, () => {
  let folder = '';
  const train = (out: string) =>
    run(python!, [
      ...['models/training/train.py', '--train', join(folder, 'train'), '--valid', join(folder, 'valid')],
      ...['--out', join(folder, out), '--steps', '60', '--check', '30', '--batch', '4', '--crop', '48'],
      ...['--widths', '8,16,16', '--margin', '8', '--seed', '7'],
    ]);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ocsge-training-'));
    for (const [index, split] of ['train', 'valid', 'test'].entries()) writePatches(join(folder, split), index + 1);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('a few steps on tiny patches: a model that loads, says what it is and scores', async () => {
    await train('tiny');
    const model = await loadModel(join(folder, 'tiny'));
    try {
      assert.deepEqual(
        model.bands.map(({ name }) => name),
        ['R', 'G', 'B', 'NIR'],
      );
      assert.deepEqual(
        model.classes.map(({ name, codeCs }) => [name, codeCs]),
        CLASSES.map(({ name, codeCs }) => [name, codeCs]),
      );
      assert.equal(model.resolutionM, 0.6);
      assert.equal(model.marginPx, 8);
      assert.equal(model.sizeMultiplePx, 4);
    } finally {
      await model.close();
    }
    await run(python!, [
      ...['models/training/evaluate.py', '--model', join(folder, 'tiny'), '--test', join(folder, 'test')],
    ]);
    const scores = JSON.parse(readFileSync(join(folder, 'tiny', 'scores.json'), 'utf8'));
    assert.ok(scores['this model'].cs_accuracy > 0.9, `accuracy ${scores['this model'].cs_accuracy}`);
  });

  test('the same seed makes the same weights', async () => {
    await train('again');
    const image = Float32Array.from({ length: 4 * SIDE * SIDE }, (_, i) => Math.sin(i));
    const answers = await Promise.all(
      ['tiny', 'again'].map(async (name) => {
        const model = await loadModel(join(folder, name));
        try {
          return await model.run(image, SIDE);
        } finally {
          await model.close();
        }
      }),
    );
    assert.deepEqual(answers[0], answers[1]);
  });
});
