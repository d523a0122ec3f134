/**
 * Writes patches of synthetic scenes for train.py and evaluate.py.
 *
 *   npx tsx models/training/patches.ts FOLDER FIRST_SEED LAST_SEED WINDOWS SIDE balanced|uniform
 *
 * FOLDER/x.u8: n × 5 × side × side (R, G, B, NIR, coded nDSM); FOLDER/y.u8: n × side × side; FOLDER/index.json says n, side,
 * classes and seeds. WINDOWS are cut from each seed at each of its two dates.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SCENE_CLASSES } from '../../pipeline/scenes/classes.ts';
import { anyWindow, balancedWindow, renderPatch } from '../../pipeline/scenes/patches.ts';
import { Random } from '../../pipeline/scenes/random.ts';
import { makeScene } from '../../pipeline/scenes/scene.ts';

const [folder, first, last, windows, side, mode] = process.argv.slice(2);
if (!folder || !mode) throw new Error('FOLDER FIRST_SEED LAST_SEED WINDOWS SIDE balanced|uniform are wanted');

mkdirSync(folder, { recursive: true });
const x = openSync(join(folder, 'x.u8'), 'w');
const y = openSync(join(folder, 'y.u8'), 'w');
const sidePx = Number(side);
let count = 0;
for (let seed = Number(first); seed <= Number(last); seed++) {
  const scene = makeScene({ seed, widthM: 1400, heightM: 1100 });
  const random = new Random(seed, 'patches');
  for (const date of [0, 1] as const) {
    for (let i = 0; i < Number(windows); i++, count++) {
      const balanced = mode === 'balanced' && i % 3 !== 0;
      const window = balanced ? balancedWindow(scene, date, sidePx, random) : anyWindow(scene, sidePx, random);
      const { bands, truth } = renderPatch(scene, date, window);
      for (const band of bands) writeSync(x, band);
      writeSync(y, truth);
    }
  }
  console.log(`seed ${seed}: ${count} patches`);
}
closeSync(x);
closeSync(y);
const index = { count, sidePx, seeds: [Number(first), Number(last)], mode, classes: SCENE_CLASSES };
writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 1)}\n`);
