import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CLASS_NODATA } from '../../../pipeline/artefacts.ts';
import type { CommandEnv } from '../../../pipeline/commands/environment.ts';
import { readConfig } from '../../../pipeline/config.ts';
import { BadInput } from '../../../pipeline/errors.ts';
import type { Report } from '../../../pipeline/evaluate/evaluate.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import type { Grid } from '../../../pipeline/grid.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { createProgram } from '../../../pipeline/main.ts';

const GRID: Grid = { srid: 2154, originX: 700_000, originY: 6_600_000, resolutionM: 0.2, widthPx: 96, heightPx: 64 };
/** The left half is water; the map has it two pixels too narrow. */
const FOUND = Uint8Array.from({ length: 96 * 64 }, (_, i) => (i % 96 < 46 ? 4 : i % 96 < 90 ? 9 : CLASS_NODATA));
/** Masks of pixels twice as fine, from half a pixel further right. */
const FINE: Grid = { ...GRID, originX: GRID.originX + 0.1, resolutionM: 0.1, widthPx: 190, heightPx: 128 };
const MASK = Uint8Array.from({ length: 190 * 128 }, (_, i) => ((i % 190) * 0.1 + 0.1 < 9.6 - 1e-9 ? 2 : 7));
const TABLE = 'value;name;codeCs;colour\n2;water;CS1.2.2;#1553ae\n7;herbaceous vegetation;CS2.2.1;#55ff00\n';

describe('ocsge evaluate', () => {
  let folder = '';
  const at = (...parts: string[]) => join(folder, ...parts);
  const printed: string[] = [];

  async function run(...words: string[]): Promise<Report> {
    const env: CommandEnv = {
      config: readConfig(),
      report: silentReport,
      signal: new AbortController().signal,
      print: (text) => printed.push(text),
    };
    await createProgram(env).parseAsync(['evaluate', ...words], { from: 'user' });
    return JSON.parse(
      await readFile(join(words[words.indexOf('--out') + 1]!, 'report.json'), 'utf8').catch(() => '{}'),
    );
  }
  const refused = (message: RegExp, ...words: string[]) =>
    assert.rejects(run(...words, '--out', at('refused')), (error: Error) => {
      assert.ok(error instanceof BadInput, error.stack);
      assert.match(error.message, message);
      return true;
    });
  const truth = () => ['--truth', at('mask.tif'), '--truth-classes', at('mask.csv')];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ocsge-evaluate-command-'));
    await mkdir(at('maps'));
    await writeGeoTiff(
      at('maps', 'map.tif'),
      { grid: GRID, bands: 1, sampleFormat: 'uint8', nodata: CLASS_NODATA },
      FOUND,
    );
    await writeGeoTiff(at('mask.tif'), { grid: FINE, bands: 1, sampleFormat: 'uint8' }, MASK);
    await writeFile(at('mask.csv'), TABLE);
  });
  after(() => rm(folder, { recursive: true }));

  it('reads truth of another resolution and origin at the centres of the prediction’s pixels', async () => {
    const report = await run('--prediction', at('maps'), '--model', 'demo-rgbie-1', ...truth(), '--out', at('a'));
    // Column 47 of 0.2 m has its centre at 9.5 m: water; 48 at 9.7 m: not. Columns 0 … 89 are predicted, 0 … 95 annotated.
    assert.equal(report.pixels.scoredPx, 90 * 64);
    assert.equal(report.headline.accuracy, 88 / 90);
    assert.match(printed.at(-1)!, /^97\.8 % of 5760 pixels right at CS level \(no interval: one block of ground\)/);
    assert.equal(report.levels[0]!.id, 'class');
  });

  it('takes globs and tables of classes, and leaves ignored ones out', async () => {
    await writeFile(at('map.csv'), 'value,name,codeCs,colour\n4,lake,CS1.2.2,#0000ff\n9,grass,CS2.2.1,#00ff00\n');
    const words = ['--prediction', at('m*', '*.tif'), '--classes', at('map.csv'), ...truth()];
    const report = await run(...words, '--block', '4', '--out', at('b'));
    assert.equal(report.headline.accuracy, 88 / 90);
    assert.deepEqual(
      report.levels.map(({ id }) => id),
      ['cs'],
    );
    assert.ok(report.intervals.blocks > 1 && report.headline.interval);
    const ignoring = await run(...words, '--ignore', 'CS1.2.2', '--out', at('b'));
    assert.equal(ignoring.levels[0]!.scores.pixels, 42 * 64);
  });

  it('scores a run’s folder, and its couverture', async () => {
    const dalle = { window: { xPx: 0, yPx: 0, widthPx: 96, heightPx: 64 }, classPath: at('maps', 'map.tif') };
    const classes = [
      { index: 4, name: 'water', codeCs: 'CS1.2.2', colour: '#1553ae' },
      { index: 9, name: 'grass', codeCs: 'CS2.2.1', colour: '#55ff00' },
    ];
    await mkdir(at('run', 'classes'), { recursive: true });
    const manifest = { stage: 'classes', inputs: [], output: { grid: GRID, modelId: 'm', classes, dalles: [dalle] } };
    await writeFile(at('run', 'classes', 'classes.manifest.json'), JSON.stringify(manifest));
    const report = await run('--prediction', at('run'), ...truth(), '--out', at('c'));
    assert.equal(report.headline.accuracy, 88 / 90);
    assert.equal(report.subject.prediction.modelId, 'm');
  });

  it('runs a model on imagery, scores it, and shows the photo', async () => {
    const pixels = Uint8Array.from({ length: 96 * 64 * 5 }, (_, i) => (i * 37) % 251);
    await writeGeoTiff(at('rgbie.tif'), { grid: GRID, bands: 5, sampleFormat: 'uint8' }, pixels);
    const report = await run('--model', 'demo-rgbie-1', '--rgbie', at('rgbie.tif'), ...truth(), '--out', at('d'));
    assert.equal(report.subject.prediction.modelId, 'demo-rgbie-1');
    assert.equal(report.pixels.scoredPx, 95 * 64);
    assert.ok(report.calibration.cs && report.brier.cs !== undefined);
    assert.ok(report.subject.prediction.madeFrom.some(({ path }) => path.endsWith('model.onnx')));
    assert.match(await readFile(at('d', 'report.html'), 'utf8'), /alt="Photo"/);
  });

  it('draws points a person labels, and reads them back', async () => {
    const map = ['--prediction', at('maps'), '--model', 'demo-rgbie-1'];
    await run(...map, '--sample', '80', '--out', at('e'));
    const path = at('e', 'sample.geojson');
    const sample = JSON.parse(await readFile(path, 'utf8'));
    assert.equal(sample.features.length, 80);
    for (const { properties, geometry } of sample.features) {
      properties.verite = geometry.coordinates[0] - GRID.originX < 9.6 ? 'CS1.2.2' : 'CS2.2.1';
    }
    await writeFile(path, JSON.stringify(sample));
    await run('--points', path, '--out', at('f'));
    assert.match(printed.at(-1)!, /^9\d\.\d % of the ground right, ± \d/);
  });

  it('refuses what does not go together, saying what is wanted', async () => {
    await refused(/nothing to score: --prediction/);
    await refused(/class rasters need --classes .* or --model/, '--prediction', at('maps'), ...truth());
    await refused(
      /nothing to score against: --truth, or --sample/,
      '--prediction',
      at('maps'),
      '--model',
      'demo-rgbie-1',
    );
    await refused(
      /none\.tif: no such file or folder/,
      '--prediction',
      at('none.tif'),
      '--model',
      'demo-rgbie-1',
      ...truth(),
    );
    await refused(/--sample is "many": a number from 2 wanted/, '--prediction', at('maps'), '--sample', 'many');
    await refused(/--points holds the labels/, '--points', at('x.csv'), ...truth());
    const far: Grid = { ...FINE, originX: 800_000 };
    await writeGeoTiff(at('far.tif'), { grid: far, bands: 1, sampleFormat: 'uint8' }, MASK);
    const map = ['--prediction', at('maps'), '--model', 'demo-rgbie-1', '--truth-classes', at('mask.csv'), '--truth'];
    await refused(/far\.tif: the annotations lie in \[800000,.* an overlap wanted/, ...map, at('far.tif'));
    await writeGeoTiff(at('utm.tif'), { grid: { ...FINE, srid: 32631 }, bands: 1, sampleFormat: 'uint8' }, MASK);
    await refused(/EPSG:32631, EPSG:2154 wanted/, ...map, at('utm.tif'));
  });

  it('says in its help what every option is', () => {
    const env = { config: readConfig(), report: silentReport, signal: new AbortController().signal, print: () => {} };
    const command = createProgram(env).commands.find((one) => one.name() === 'evaluate')!;
    for (const { description, flags } of command.options) assert.ok(description.length > 10, flags);
    assert.match(command.helpInformation(), /--truth-classes <table>/);
  });
});
