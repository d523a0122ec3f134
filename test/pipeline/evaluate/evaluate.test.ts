import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CLASS_NODATA, type StageContext } from '../../../pipeline/artefacts.ts';
import { BadInput, Stopped } from '../../../pipeline/errors.ts';
import { type EvaluateOptions, evaluate, sampleMap } from '../../../pipeline/evaluate/evaluate.ts';
import type { ScoredClass } from '../../../pipeline/evaluate/labels.ts';
import { openClasses, openCouverture, openRasters } from '../../../pipeline/evaluate/prediction.ts';
import { randomFrom } from '../../../pipeline/evaluate/random.ts';
import { readSample } from '../../../pipeline/evaluate/sample-file.ts';
import type { Truth } from '../../../pipeline/evaluate/truth.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { type Grid, gridBbox, type PixelWindow } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';

const WIDTH = 150;
const HEIGHT = 110;
const GRID: Grid = {
  srid: 2154,
  originX: 700_000,
  originY: 6_600_000,
  resolutionM: 1,
  widthPx: WIDTH,
  heightPx: HEIGHT,
};
const CLASSES: ScoredClass[] = [
  { name: 'water', codeCs: 'CS1.2.2', colour: '#1553ae' },
  { name: 'herbaceous', codeCs: 'CS2.2.1', colour: '#55ff00' },
  { name: 'plowed', codeCs: 'CS2.2.1', colour: '#e4df7c' },
  { name: 'building', codeCs: 'CS1.1.1.1', colour: '#db0e9a' },
];
const OPTIONS: EvaluateOptions = { blockM: 32, toleranceM: 2, ignore: [], seed: 1 };
const ctx = (signal = new AbortController().signal): StageContext => ({ report: silentReport, signal, threads: 1 });

/** Patches of 10 px; the prediction differs here and there, and knows nothing of the first 5 columns. */
const random = randomFrom(1);
const patches = Array.from({ length: 15 * 11 }, () => Math.floor(random() * 4));
const TRUTH = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
  i % WIDTH >= 140 ? 0 : 1 + patches[Math.floor(i / WIDTH / 10) * 15 + Math.floor((i % WIDTH) / 10)]!,
);
const FOUND = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
  if (i % WIDTH < 5) return CLASS_NODATA;
  return random() < 0.2 || TRUTH[i] === 0 ? Math.floor(random() * 4) : TRUTH[i]! - 1;
});
const CONFIDENCE = FOUND.map((found, i) => (found === TRUTH[i]! - 1 ? 204 : 153));

const truth = (grid = GRID, values = TRUTH, classes = CLASSES): Truth => ({
  grid,
  codes: classes.map(({ name }) => name),
  classes,
  annotated: [gridBbox(grid)],
  inputs: [{ path: 'truth.tif', sha256: 'ab'.repeat(32) }],
  read: async (window) => cut(values, window),
  close: async () => {},
});

function cut(values: Uint8Array, { xPx, yPx, widthPx, heightPx }: PixelWindow): Uint8Array {
  return Uint8Array.from({ length: widthPx * heightPx }, (_, i) => {
    return values[(yPx + Math.floor(i / widthPx)) * WIDTH + xPx + (i % widthPx)]!;
  });
}

describe('a prediction scored against the truth', () => {
  let folder = '';
  const at = (...parts: string[]) => join(folder, ...parts);

  /** Two dalles side by side, as the classes stage leaves them. */
  const manifest = (withProbabilities = false) => ({
    inputs: [{ path: 'model.onnx', sha256: 'cd'.repeat(32) }],
    output: {
      grid: GRID,
      modelId: 'trial',
      classes: CLASSES.map((row, index) => ({ ...row, index })),
      dalles: [0, 90].map((xPx) => ({
        window: { xPx, yPx: 0, widthPx: xPx === 0 ? 90 : 60, heightPx: HEIGHT },
        classPath: at(`${xPx}.classes.tif`),
        confidencePath: at(`${xPx}.confidence.tif`),
        ...(withProbabilities ? { probabilitiesPath: at(`${xPx}.probabilities.tif`) } : {}),
      })),
    },
  });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ocsge-evaluate-'));
    for (const { window, classPath, confidencePath, probabilitiesPath } of manifest(true).output.dalles) {
      const { widthPx, heightPx, xPx } = window;
      const grid = { ...GRID, originX: GRID.originX + xPx, widthPx, heightPx };
      const classes = cut(FOUND, window);
      await writeGeoTiff(classPath, { grid, bands: 1, sampleFormat: 'uint8', nodata: CLASS_NODATA }, classes);
      await writeGeoTiff(confidencePath, { grid, bands: 1, sampleFormat: 'uint8' }, cut(CONFIDENCE, window));
      const shares = Uint8Array.from({ length: classes.length * 4 }, (_, i) => (i % 4 === classes[i >> 2] ? 204 : 17));
      await writeGeoTiff(probabilitiesPath!, { grid, bands: 4, sampleFormat: 'uint8' }, shares);
    }
  });
  after(() => rm(folder, { recursive: true }));

  it('gives what counting pixel by pixel gives, over dalles and blocks', async () => {
    const prediction = openClasses(manifest());
    const { report } = await evaluate(prediction, truth(), at('report'), OPTIONS, ctx());
    await prediction.close();
    const both = [...TRUTH.keys()].filter((i) => TRUTH[i] !== 0 && FOUND[i] !== CLASS_NODATA);
    const share = (right: (i: number) => boolean, among = both) => among.filter(right).length / among.length;
    const code = (index: number) => CLASSES[index]!.codeCs;
    const rightCs = (i: number) => code(TRUTH[i]! - 1) === code(FOUND[i]!);
    assert.deepEqual(report.pixels, {
      annotatedPx: TRUTH.filter((value) => value !== 0).length,
      unpredictedPx: 5 * HEIGHT,
      scoredPx: both.length,
      scoredM2: both.length,
    });
    assert.equal(report.headline.accuracy, share(rightCs));
    const byId = new Map(report.levels.map((level) => [level.id, level]));
    assert.deepEqual([...byId.keys()], ['class', 'cs', 'cs-1']);
    assert.equal(
      byId.get('class')!.scores.accuracy,
      share((i) => TRUTH[i] === FOUND[i]! + 1),
    );
    assert.equal(
      byId.get('cs-1')!.scores.accuracy,
      share((i) => code(TRUTH[i]! - 1)!.slice(0, 3) === code(FOUND[i]!)!.slice(0, 3)),
    );
    const { confusion, labels } = byId.get('cs')!;
    assert.deepEqual(
      labels.map(({ key }) => key),
      ['CS1.1.1.1', 'CS1.2.2', 'CS2.2.1'],
    );
    assert.equal(confusion[1]![2], both.filter((i) => TRUTH[i] === 1 && code(FOUND[i]!) === 'CS2.2.1').length);
    const confident = both.filter((i) => CONFIDENCE[i] === 204);
    const gap = (pixels: number[], confidence: number) => Math.abs(share(rightCs, pixels) - confidence) * pixels.length;
    const rest = both.filter((i) => CONFIDENCE[i] !== 204);
    const expected = (gap(confident, 0.8) + gap(rest, 0.6)) / both.length;
    assert.ok(Math.abs(report.calibration.cs!.expectedError - expected) < 1e-9);
    assert.equal(report.intervals.blocks, 5 * 4);
    assert.ok(
      report.headline.interval![0] < report.headline.accuracy &&
        report.headline.accuracy < report.headline.interval![1],
    );
  });

  it('does not depend on how the ground is cut', async () => {
    const scored = async (blockM: number) => {
      const prediction = openClasses(manifest());
      const { report } = await evaluate(prediction, truth(), at('cut'), { ...OPTIONS, blockM }, ctx());
      await prediction.close();
      return { levels: report.levels, tolerance: report.tolerance, calibration: report.calibration };
    };
    assert.deepEqual(await scored(17), await scored(500));
  });

  it('leaves out pixels near the boundaries of the truth', async () => {
    const prediction = openClasses(manifest());
    const { report } = await evaluate(prediction, truth(), at('near'), OPTIONS, ctx());
    await prediction.close();
    const shares = report.tolerance.map(({ keptShare }) => keptShare);
    assert.deepEqual(
      report.tolerance.map(({ tolerancePx }) => tolerancePx),
      [1, 2, 3],
    );
    assert.ok(shares[0]! > shares[1]! && shares[1]! > shares[2]!);
    assert.ok(shares.every((share) => share > 0 && share < 1));
  });

  it('scores the probabilities where they were kept', async () => {
    const prediction = openClasses(manifest(true));
    const { report } = await evaluate(prediction, truth(), at('brier'), OPTIONS, ctx());
    await prediction.close();
    const wrong = 1 - report.levels[0]!.scores.accuracy;
    const [high, low] = [204 / 255, 17 / 255];
    const brier = (1 - wrong) * ((1 - high) ** 2 + 3 * low ** 2) + wrong * (high ** 2 + (1 - low) ** 2 + 2 * low ** 2);
    assert.ok(Math.abs(report.brier.class! - brier) < 1e-9);
    assert.ok(report.brier.cs! < report.brier.class!);
  });

  it('writes a page that stands alone: in French, with its pictures in it', async () => {
    const prediction = openClasses(manifest());
    const photo = async ({ widthPx, heightPx }: PixelWindow) => new Uint8Array(widthPx * heightPx * 3).fill(90);
    const { files } = await evaluate(prediction, truth(), at('page'), { ...OPTIONS, photo, title: '<Essai>' }, ctx());
    await prediction.close();
    const page = await readFile(files.find((path) => path.endsWith('.html'))!, 'utf8');
    assert.match(page, /<html lang="fr">/);
    assert.match(page, /&lt;Essai&gt;/);
    assert.ok(!/<Essai>|src="http|href=|undefined|NaN|\[object/.test(page));
    assert.ok(page.match(/src="data:image\/png;base64,/g)!.length >= 4 * 4);
    assert.match(page, /Diagramme de fiabilité/);
    assert.match(page, /abababababab/);
    assert.match(page, /cdcdcdcdcdcd/);
  });

  it('draws a stratified sample whose estimates hold the share counted everywhere', async () => {
    const prediction = openClasses(manifest());
    const { report } = await evaluate(prediction, truth(), at('sampled'), { ...OPTIONS, samplePoints: 400 }, ctx());
    await prediction.close();
    const { estimates, points, unlabelled } = report.sample!;
    assert.deepEqual([points, unlabelled], [400, 0]);
    assert.ok(Math.abs(estimates.accuracy.value - report.headline.accuracy) < 3 * estimates.accuracy.error);
    const { classes } = report.levels.find(({ id }) => id === 'cs')!.scores;
    assert.deepEqual(
      estimates.strata.map(({ mapPx }) => mapPx),
      classes.map(({ foundPx }) => foundPx),
    );
    for (const { x, y, strate } of await readSample(at('sampled', 'sample.geojson'))) {
      const pixel = Math.floor(GRID.originY - y) * WIDTH + Math.floor(x - GRID.originX);
      assert.equal(CLASSES[FOUND[pixel]!]!.codeCs, strate);
    }
  });

  it('draws points of a map nobody has annotated', async () => {
    const prediction = openClasses(manifest());
    const { points } = await sampleMap(prediction, at('map'), { ...OPTIONS, samplePoints: 120 }, ctx());
    await prediction.close();
    const read = await readSample(at('map', 'sample.csv'));
    assert.equal(points, 120);
    assert.ok(read.every(({ verite }) => verite === ''));
    const water = FOUND.filter((value) => value === 0).length;
    assert.ok(read.filter(({ strate }) => strate === 'CS1.2.2').every(({ stratePx }) => stratePx === water));
  });

  it('reads a couverture raster and foreign class rasters alike', async () => {
    const couverture = FOUND.map((found) => (found === CLASS_NODATA ? 0 : [2, 3, 3, 1][found]!));
    const codesCs = ['CS1.1.1.1', 'CS1.2.2', 'CS2.2.1'];
    await writeGeoTiff(at('couverture.tif'), { grid: GRID, bands: 1, sampleFormat: 'uint8', nodata: 0 }, couverture);
    const none = { polygonsPath: '', regionsPath: '', knownM2: 0, count: 0 };
    const output = { grid: GRID, couverturePath: at('couverture.tif'), codesCs, ...none };
    const table = new Map(codesCs.map((code, index) => [index + 1, { name: code, codeCs: code, colour: '#000000' }]));
    const scored = [];
    for (const prediction of [
      openCouverture({ output, inputs: [] }),
      await openRasters([at('couverture.tif')], table),
    ]) {
      const { report } = await evaluate(prediction, truth(), at('maps'), OPTIONS, ctx());
      await prediction.close();
      scored.push(report.headline.accuracy);
      assert.equal(report.calibration.cs, undefined);
    }
    const prediction = openClasses(manifest());
    const { report } = await evaluate(prediction, truth(), at('maps'), OPTIONS, ctx());
    await prediction.close();
    assert.deepEqual(scored, [report.headline.accuracy, report.headline.accuracy]);
  });

  it('leaves ignored classes out of the figures and says how many pixels', async () => {
    const prediction = openClasses(manifest());
    const { report } = await evaluate(prediction, truth(), at('ignored'), { ...OPTIONS, ignore: ['water'] }, ctx());
    await prediction.close();
    const cs = report.levels.find(({ id }) => id === 'cs')!;
    const kept = [...TRUTH.keys()].filter((i) => TRUTH[i]! > 1 && FOUND[i] !== CLASS_NODATA && FOUND[i] !== 0);
    assert.equal(cs.scores.pixels, kept.length);
    assert.equal(cs.leftOutPx, report.pixels.annotatedPx - report.pixels.unpredictedPx - kept.length);
  });

  it('refuses what cannot be scored, saying what was found', async () => {
    const prediction = openClasses(manifest());
    const refused = (given: Truth, message: RegExp) =>
      assert.rejects(evaluate(prediction, given, at('refused'), OPTIONS, ctx()), (error: Error) => {
        assert.ok(error instanceof BadInput);
        assert.match(error.message, message);
        return true;
      });
    await refused({ ...truth(), annotated: [[0, 0, 10, 10]] }, /lie in \[0,0,10,10\], the prediction in \[700000,/);
    await refused(truth(GRID, new Uint8Array(WIDTH * HEIGHT)), /no pixel of the prediction .* is annotated/);
    const margin = TRUTH.map((value, i) => (i % WIDTH < 5 ? value : 0));
    await refused(truth(GRID, margin), /550 pixels are annotated, none of them has a prediction/);
    await prediction.close();
    const two = new Map(CLASSES.slice(0, 2).map((row, index) => [index, row]));
    const strange = await openRasters([at('0.classes.tif')], two);
    await assert.rejects(
      evaluate(
        strange,
        { ...truth(), read: async ({ widthPx, heightPx }) => new Uint8Array(widthPx * heightPx) },
        at('refused'),
        OPTIONS,
        ctx(),
      ),
      /0\.classes\.tif: value [23] found, one of 0, 1 wanted/,
    );
    await strange.close();
    const shifted = { ...GRID, originX: GRID.originX + 200.4, widthPx: 2, heightPx: 2 };
    await writeGeoTiff(at('shifted.tif'), { grid: shifted, bands: 1, sampleFormat: 'uint8' }, new Uint8Array(4));
    await assert.rejects(
      openRasters([at('0.classes.tif'), at('shifted.tif')], two),
      /shifted\.tif: pixels of 1 m .* do not continue/,
    );
    await writeFile(at('text.tif'), 'no raster');
    await assert.rejects(openRasters([at('text.tif')], two), /text\.tif: not a readable GeoTIFF/);
  });

  it('stops when asked', async () => {
    const prediction = openClasses(manifest());
    await assert.rejects(evaluate(prediction, truth(), at('stopped'), OPTIONS, ctx(AbortSignal.abort())), Stopped);
    await prediction.close();
  });
});
