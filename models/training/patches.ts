/**
 * Writes patches of synthetic scenes for train.py and evaluate.py.
 *
 *   npx tsx models/training/patches.ts FOLDER FIRST_SEED LAST_SEED WINDOWS SIDE balanced|uniform [--patterns LIST]
 *
 * FOLDER/x.u8: n × 5 × side × side (R, G, B, NIR, coded nDSM); FOLDER/y.u8: n × side × side; FOLDER/index.json says what they
 * are. WINDOWS are cut from each seed at each of its two dates. LIST, comma separated: land patterns of
 * pipeline/scenes/patterns.ts, or the names of their roles (train, valid, test); the seeds take them in turn. Without it,
 * the default pattern.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SCENE_CLASSES } from '../../pipeline/scenes/classes.ts';
import { anyWindow, balancedWindow, renderPatch } from '../../pipeline/scenes/patches.ts';
import {
  DEFAULT_PATTERN,
  isPatternName,
  PATTERNS,
  type PatternName,
  patternsFor,
} from '../../pipeline/scenes/patterns.ts';
import { Random } from '../../pipeline/scenes/random.ts';
import { makeScene, RESOLUTION_M, SCENE_ORIGIN } from '../../pipeline/scenes/scene.ts';

/** Tops left of patches, Lambert-93, and what they show. */
interface PatchPlace {
  xM: number;
  yM: number;
  seed: number;
  date: 0 | 1;
  pattern: PatternName;
}

interface Wanted {
  folder: string;
  seeds: [first: number, last: number];
  windows: number;
  sidePx: number;
  mode: 'balanced' | 'uniform';
  patterns: PatternName[];
}

const USAGE = 'wanted: FOLDER FIRST_SEED LAST_SEED WINDOWS SIDE balanced|uniform [--patterns LIST]';

function wantedOf(args: string[]): Wanted {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { patterns: { type: 'string', default: DEFAULT_PATTERN } },
  });
  const [folder, first, last, windows, side, mode] = positionals;
  const numbers = [first, last, windows, side].map(Number);
  if (!folder || numbers.some((n) => !Number.isInteger(n))) throw new Error(USAGE);
  if (mode !== 'balanced' && mode !== 'uniform') throw new Error(USAGE);
  const [firstSeed, lastSeed, count, sidePx] = numbers as [number, number, number, number];
  const patterns = values.patterns.split(',').flatMap(namesOf);
  return { folder, seeds: [firstSeed, lastSeed], windows: count, sidePx, mode, patterns };
}

function namesOf(name: string): PatternName[] {
  if (name === 'train' || name === 'valid' || name === 'test') return patternsFor(name);
  if (isPatternName(name)) return [name];
  throw new Error(`pattern ${name}: wanted train, valid, test or one of ${Object.keys(PATTERNS).join(', ')}`);
}

/** Renders the patches of one seed and hands them over. */
function* patchesOf(seed: number, pattern: PatternName, { windows, sidePx, mode }: Wanted) {
  const scene = makeScene({ seed, widthM: 1400, heightM: 1100, pattern });
  const random = new Random(seed, 'patches');
  for (const date of [0, 1] as const) {
    for (let i = 0; i < windows; i++) {
      const balanced = mode === 'balanced' && i % 3 !== 0;
      const window = balanced ? balancedWindow(scene, date, sidePx, random) : anyWindow(scene, sidePx, random);
      const xM = SCENE_ORIGIN.x + window.xPx * RESOLUTION_M;
      const yM = SCENE_ORIGIN.y - window.yPx * RESOLUTION_M;
      const place: PatchPlace = { xM, yM, seed, date, pattern };
      yield { place, ...renderPatch(scene, date, window) };
    }
  }
}

function main(): void {
  const wanted = wantedOf(process.argv.slice(2));
  const { folder, seeds, sidePx, mode, patterns } = wanted;
  mkdirSync(folder, { recursive: true });
  const x = openSync(join(folder, 'x.u8'), 'w');
  const y = openSync(join(folder, 'y.u8'), 'w');
  const patches: PatchPlace[] = [];
  for (let seed = seeds[0]; seed <= seeds[1]; seed++) {
    const pattern = patterns[(seed - seeds[0]) % patterns.length]!;
    for (const { place, bands, truth } of patchesOf(seed, pattern, wanted)) {
      for (const band of bands) writeSync(x, band);
      writeSync(y, truth);
      patches.push(place);
    }
    console.log(`seed ${seed}, ${pattern}: ${patches.length} patches`);
  }
  closeSync(x);
  closeSync(y);
  const index = {
    count: patches.length,
    sidePx,
    bands: ['R', 'G', 'B', 'NIR', 'NDSM'],
    resolutionM: RESOLUTION_M,
    classes: SCENE_CLASSES,
    ignoreIndex: 255,
    source: 'synthetic scenes (pipeline/scenes/), not real ground',
    patterns,
    seeds,
    mode,
    patches,
  };
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 1)}\n`);
}

main();
