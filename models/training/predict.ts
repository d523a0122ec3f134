/**
 * Runs a shipped model on patches, as the chain does (its own contract, its own runtime), for evaluate.py.
 *
 *   npx tsx models/training/predict.ts MODEL PATCHES OUT [PATCHES OUT …]
 *
 * OUT/classes.u8 and OUT/confidence.u8: n × side × side, the best class and 255 × its probability.
 */
import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadModel, type Model } from '../../pipeline/classes/load-model.ts';

const [path, ...folders] = process.argv.slice(2);
if (!path || folders.length === 0 || folders.length % 2 !== 0) throw new Error('MODEL PATCHES OUT are wanted');

const model = await loadModel(path, { threads: availableParallelism() });
for (let i = 0; i < folders.length; i += 2) await predict(model, folders[i]!, folders[i + 1]!);
await model.close();

async function predict(model: Model, patches: string, out: string): Promise<void> {
  const { count, sidePx, bands } = JSON.parse(readFileSync(join(patches, 'index.json'), 'utf8'));
  const names = model.bands.map(({ name }) => name);
  const order: string[] = bands ?? names;
  if (order.join() !== names.join()) throw new Error(`${patches} has ${order}, ${path} wants ${names}`);
  mkdirSync(out, { recursive: true });
  const x = openSync(join(patches, 'x.u8'), 'r');
  const classesFile = openSync(join(out, 'classes.u8'), 'w');
  const confidenceFile = openSync(join(out, 'confidence.u8'), 'w');
  const pixels = new Uint8Array(names.length * sidePx * sidePx);
  const allowed = model.classes.filter(({ codeCs }) => codeCs !== null).map(({ index }) => index);
  for (let patch = 0; patch < count; patch++) {
    readSync(x, pixels, 0, pixels.length, patch * pixels.length);
    const scores = await model.run(scaled(pixels, model), sidePx);
    const { classes, confidence } = best(scores, allowed, sidePx * sidePx, model.activation === 'logits');
    writeSync(classesFile, classes);
    writeSync(confidenceFile, confidence);
  }
  for (const file of [x, classesFile, confidenceFile]) closeSync(file);
}

function scaled(pixels: Uint8Array, { scaling }: Model): Float32Array {
  const plane = pixels.length / scaling.length;
  const out = new Float32Array(pixels.length);
  for (const [band, { clipMin, clipMax, subtract, divide }] of scaling.entries()) {
    for (let i = band * plane; i < (band + 1) * plane; i++) {
      out[i] = (Math.min(Math.max(pixels[i]!, clipMin), clipMax) - subtract) / divide;
    }
  }
  return out;
}

/** Best of the allowed channels and its probability; of logits, their softmax. */
function best(scores: Float32Array, allowed: number[], pixels: number, logits: boolean) {
  const classes = new Uint8Array(pixels);
  const confidence = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) {
    let [value, sum] = [Number.NEGATIVE_INFINITY, 0];
    for (const channel of allowed) {
      const score = scores[channel * pixels + i]!;
      if (score > value) [value, classes[i]] = [score, channel];
    }
    for (const channel of allowed) sum += Math.exp(scores[channel * pixels + i]! - value);
    confidence[i] = Math.round(255 * (logits ? 1 / sum : value));
  }
  return { classes, confidence };
}
