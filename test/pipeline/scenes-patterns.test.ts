import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { silentReport } from '../../pipeline/log.ts';
import { classIndex, SCENE_CLASSES, type SceneClassName } from '../../pipeline/scenes/classes.ts';
import { paint } from '../../pipeline/scenes/paint.ts';
import { balancedWindow, renderPatch } from '../../pipeline/scenes/patches.ts';
import { PATTERNS, type PatternName, patternsFor } from '../../pipeline/scenes/patterns.ts';
import { areaM2, holds } from '../../pipeline/scenes/plane.ts';
import { Random } from '../../pipeline/scenes/random.ts';
import { DEMO_SCENE, renderScene } from '../../pipeline/scenes/render-scene.ts';
import { dateBit, makeScene, renderImages, type Scene } from '../../pipeline/scenes/scene.ts';

const folder = mkdtempSync(join(tmpdir(), 'ocsge-patterns-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = Object.keys(PATTERNS) as PatternName[];
const SIZE = { widthM: 1400, heightM: 1100 };
const COARSE_M = 2;
const [COLS, ROWS] = [SIZE.widthM / COARSE_M, SIZE.heightM / COARSE_M];

/** Class of the whole scene's ground, a pixel every 2 m. */
function coarseTruth(scene: Scene, date: 0 | 1): Uint8Array {
  const origin = { originXM: 0, originYM: 0, resolutionM: COARSE_M, colPx: 0, rowPx: 0 };
  const { object } = paint(scene.plan.brushes, dateBit(date), { ...origin, widthPx: COLS, heightPx: ROWS });
  return Uint8Array.from(object, (brush) => scene.classes[brush]!);
}

/** Share of each class's ground at the first date, over three seeds. */
function sharesOf(pattern: PatternName): number[] {
  const shares = SCENE_CLASSES.map(() => 0);
  for (const seed of [71, 72, 73]) {
    for (const value of coarseTruth(makeScene({ ...SIZE, seed, pattern }), 0)) shares[value]! += 1 / (3 * COLS * ROWS);
  }
  return shares;
}

const digest = (arrays: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const array of arrays) hash.update(array);
  return hash.digest('hex');
};

describe('every land pattern', () => {
  for (const pattern of NAMES) {
    test(`${pattern}: a whole scene at both dates, the same again from its seed`, () => {
      const scene = makeScene({ ...SIZE, seed: 71, pattern });
      const [before, now] = [coarseTruth(scene, 0), coarseTruth(scene, 1)];
      for (const truth of [before, now]) {
        assert.ok(truth.every((value) => value < SCENE_CLASSES.length));
        assert.ok(new Set(truth).size >= 10, `${new Set(truth).size} classes`);
      }
      assert.ok(scene.plan.changes.length >= 3, `${scene.plan.changes.length} changes`);
      assertChangesSeen(scene, before, now);
      const window = { xPx: 3300, yPx: 2600, widthPx: 160, heightPx: 140 };
      const patches = ([0, 1] as const).map((date) => renderPatch(scene, date, window));
      for (const { bands, truth } of patches) {
        assert.deepEqual([bands.length, truth.length], [5, 160 * 140]);
        for (const band of bands.slice(0, 4)) assert.ok(new Set(band).size > 20, 'an image, not a flat colour');
      }
      const again = makeScene({ ...SIZE, seed: 71, pattern });
      assert.deepEqual(again.plan.references, scene.plan.references);
      assert.equal(digest(renderPatch(again, 0, window).bands), digest(patches[0]!.bands));
    });
  }

  /** What differs between the dates lies in the changes, arable ground under another crop and cars aside. */
  function assertChangesSeen(scene: Scene, before: Uint8Array, now: Uint8Array): void {
    let [changed, elsewhere] = [0, 0];
    before.forEach((value, i) => {
      if (SCENE_CLASSES[value]!.codeCs === SCENE_CLASSES[now[i]!]!.codeCs) return;
      changed++;
      const at: [number, number] = [((i % COLS) + 0.5) * COARSE_M, (Math.floor(i / COLS) + 0.5) * COARSE_M];
      if (!scene.plan.changes.some(({ ring }) => holds(ring, at))) elsewhere++;
    });
    assert.ok(changed * COARSE_M ** 2 > 2_000, `${changed * COARSE_M ** 2} m² changed`);
    assert.ok(elsewhere / before.length < 0.002, `${elsewhere} pixels changed outside the changes`);
  }
});

describe('the patterns', () => {
  let shares: Map<PatternName, number[]>;
  before(() => {
    shares = new Map(NAMES.map((name) => [name, sharesOf(name)]));
  });
  const share = (name: PatternName, of: SceneClassName) => shares.get(name)![classIndex(of)]!;
  const most = (of: SceneClassName) => NAMES.reduce((a, b) => (share(a, of) >= share(b, of) ? a : b));

  test('differ from one another by what covers the ground', () => {
    for (const a of NAMES) {
      for (const b of NAMES.slice(NAMES.indexOf(a) + 1)) {
        const apart = shares.get(a)!.reduce((sum, value, i) => sum + Math.abs(value - shares.get(b)![i]!), 0) / 2;
        assert.ok(apart > 0.06, `${a} and ${b}: ${(100 * apart).toFixed(1)} % of the ground apart`);
      }
    }
  });

  test('are what their names say', () => {
    assert.equal(most('herbaceous vegetation'), 'bocage');
    assert.equal(most('agricultural land'), 'openfield');
    assert.equal(most('vineyard'), 'vignoble');
    assert.equal(most('building'), 'lotissements');
    assert.equal(most('coniferous'), 'landes');
    assert.equal(most('brushwood'), 'garrigue');
    assert.equal(most('pervious surface'), 'carrieres');
    assert.equal(most('deciduous'), 'vallee-boisee');
    assert.equal(most('water'), 'etangs');
  });

  test('cut fields as their country does: hedged plots in the bocage, long strips in the village-rue', () => {
    const parcels = (pattern: PatternName) => {
      const { references } = makeScene({ ...SIZE, seed: 71, pattern }).plan;
      const rings = references.filter(({ layer }) => layer === 'rpg').map(({ points }) => points);
      const slender = rings.map((ring) => perimeterM(ring) ** 2 / Math.max(areaM2(ring), 1));
      return { areaM2: median(rings.map(areaM2)), slender: median(slender) };
    };
    assert.ok(parcels('bocage').areaM2 < 0.7 * parcels('varie').areaM2);
    assert.ok(parcels('village-rue').slender > 1.5 * parcels('varie').slender);
  });
});

describe('patches for training', () => {
  test('held-out patterns have one role only', () => {
    const roles = (['train', 'valid', 'test'] as const).map(patternsFor);
    assert.deepEqual(roles.flat().sort(), [...NAMES].sort());
    assert.equal(new Set(roles.flat()).size, NAMES.length);
    assert.ok(roles[2]!.length >= 4);
    assert.ok(roles[0]!.includes('varie'), 'the demonstration is of a pattern trained on, its seed is not');
  });

  test('a set drawn from the training patterns has none of the held-out ones, and says what it is', async () => {
    const out = join(folder, 'train');
    await writePatches([out, '1', '8', '1', '64', 'balanced', '--patterns', 'train']);
    const index = JSON.parse(readFileSync(join(out, 'index.json'), 'utf8'));
    assert.deepEqual(index.bands, ['R', 'G', 'B', 'NIR', 'NDSM']);
    assert.deepEqual([index.count, index.sidePx, index.resolutionM, index.ignoreIndex], [16, 64, 0.2, 255]);
    assert.deepEqual(index.patterns, patternsFor('train'));
    const drawn = new Set(index.patches.map((patch: { pattern: PatternName }) => patch.pattern));
    assert.deepEqual([...drawn].sort(), [...patternsFor('train')].sort());
    for (const held of patternsFor('test')) assert.ok(!drawn.has(held), held);
    assert.equal(statSync(join(out, 'x.u8')).size, 16 * 5 * 64 * 64);
    const [{ xM, yM, seed, date, pattern }] = index.patches;
    const window = { xPx: (xM - 506_000) / 0.2, yPx: (6_287_000 - yM) / 0.2, widthPx: 64, heightPx: 64 };
    const rounded = { ...window, xPx: Math.round(window.xPx), yPx: Math.round(window.yPx) };
    const { truth } = renderPatch(makeScene({ ...SIZE, seed, pattern }), date, rounded);
    assert.deepEqual(Uint8Array.from(readFileSync(join(out, 'y.u8')).subarray(0, 64 * 64)), truth);
  });

  test('without patterns they are of the default one; an unknown one is refused by name', async () => {
    const out = join(folder, 'plain');
    await writePatches([out, '5', '5', '1', '64', 'uniform']);
    assert.deepEqual(JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')).patterns, ['varie']);
    await assert.rejects(writePatches([out, '5', '5', '1', '64', 'uniform', '--patterns', 'savane']), /pattern savane/);
  });

  test('balanced windows show more mineral and bare ground than there is', () => {
    const scene = makeScene({ ...SIZE, seed: 71, pattern: 'varie' });
    const weak = (values: Uint8Array) =>
      values.reduce((sum, value) => sum + (value === 1 || value === 3 ? 1 : 0), 0) / values.length;
    const truth = coarseTruth(scene, 0);
    const random = new Random(1, 'windows');
    const seen = Array.from({ length: 150 }, () => {
      const { xPx, yPx, widthPx } = balancedWindow(scene, 0, 512, random);
      return weak(crop(truth, xPx / 10, yPx / 10, widthPx / 10));
    });
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    assert.ok(mean > 1.5 * weak(truth), `${(100 * mean).toFixed(1)} % against ${(100 * weak(truth)).toFixed(1)} %`);
  });
});

describe('a scene of a pattern as files', () => {
  const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };
  const small = { seed: 31, widthM: 220, heightM: 200, date: 2019 as const };

  test('is another than the default one, and refuses an unknown pattern', async () => {
    const [plain, other] = await Promise.all([
      renderScene({ ...small, outDir: join(folder, 'varie') }, ctx),
      renderScene({ ...small, pattern: 'gravieres', outDir: join(folder, 'gravieres') }, ctx),
    ]);
    assert.notDeepEqual(readFileSync(plain.truth), readFileSync(other.truth));
    const unknown = { ...small, pattern: 'savane' as PatternName, outDir: join(folder, 'savane') };
    await assert.rejects(renderScene(unknown, ctx), { name: 'BadInput', message: /savane.*bocage/ });
  });

  test('the demonstration is what it was before there were patterns', () => {
    const scene = makeScene(DEMO_SCENE);
    const window = { xPx: 2600, yPx: 2200, widthPx: 400, heightPx: 300 };
    const drawn = ([0, 1] as const).map((date) => {
      const { bands, truth } = renderImages(scene, date, window);
      return digest([...bands, truth]);
    });
    assert.deepEqual(drawn, [
      '62e7fc6b7ddaa076707340aafcd57ad4fbbd89243f6f5e2cd64886182cf9c1b7',
      '7865bab164f5aa6698157ea8543eb36d044d062f2434e2bd2822488b832d4915',
    ]);
  });
});

const writePatches = (args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'models/training/patches.ts', ...args]);

function crop(truth: Uint8Array, col: number, row: number, side: number): Uint8Array {
  const [c, r, n] = [Math.round(col), Math.round(row), Math.floor(side)];
  const rows = Array.from({ length: n }, (_, i) => truth.subarray((r + i) * COLS + c, (r + i) * COLS + c + n));
  return Uint8Array.from(rows.flatMap((values) => [...values]));
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const perimeterM = (ring: [number, number][]) =>
  ring.reduce((sum, [x, y], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length]!;
    return sum + Math.hypot(x2 - x, y2 - y);
  }, 0);
