/** What the geometric step may do at most, told in the report and on the page. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentReport } from '../../../pipeline/log.ts';
import type { GeometryMeasures, PassTally } from '../../../pipeline/polygons-measures.ts';
import { brokenBounds, geometricBounds } from '../../../pipeline/quality/bounds.ts';
import { assess } from './assess-sketches.ts';
import { field } from './sketched-coverage.ts';

/** All at its bound, with pixels of half a metre. */
const atBounds = (): GeometryMeasures & Required<Pick<GeometryMeasures, 'squared'>> => ({
  displacement: { binM: 0.125, metres: [100, 200], meanM: 0.5, maxM: 2 },
  ...{ verticesBefore: 900, verticesAfter: 100, boundaryM: 300 },
  areas: [
    { codeCs: 'CS1.2.2', beforeM2: 4_000, afterM2: 4_019 },
    { codeCs: 'CS2.2.1', beforeM2: 8_000, afterM2: 7_961 },
  ],
  squared: { count: 1, partly: 0, none: 0, leastIou: 0.9, beforeM2: 1_000, afterM2: 1_009 },
});

const brokenWith = (change: (measures: ReturnType<typeof atBounds>) => void) => {
  const measures = atBounds();
  change(measures);
  return brokenBounds(geometricBounds(measures, 0.5));
};

test('within the bounds all hold, and each that does not is named', () => {
  assert.deepEqual(
    brokenWith(() => undefined),
    [],
  );
  assert.deepEqual(
    brokenWith(({ displacement }) => Object.assign(displacement, { meanM: 0.51 })),
    ['déplacement moyen'],
  );
  assert.deepEqual(
    brokenWith(({ displacement }) => Object.assign(displacement, { maxM: 2.01 })),
    ['déplacement maximal'],
  );
  assert.deepEqual(
    brokenWith(({ areas }) => Object.assign(areas[1]!, { afterM2: 7_959 })),
    ['surface de la couverture CS2.2.1'],
  );
  assert.deepEqual(
    brokenWith(({ squared }) => Object.assign(squared, { leastIou: 0.899, afterM2: 989 })),
    ['surface du bâti d’équerre', 'IoU du bâti d’équerre'],
  );
});

test('where nothing was drawn or squared there is no bound', () => {
  assert.deepEqual(geometricBounds(undefined, 0.5), []);
  const { squared: _, ...plain } = atBounds();
  assert.equal(geometricBounds(plain, 0.5).length, 4);
  const none = { ...atBounds(), squared: { count: 0, partly: 0, none: 3, leastIou: 1, beforeM2: 0, afterM2: 0 } };
  assert.equal(geometricBounds(none, 0.5).length, 4);
});

test('bounds that do not hold are in the report, on the page and in the log, and refuse nothing', async () => {
  const geometry = atBounds();
  geometry.displacement.meanM = 0.7;
  geometry.areas[0]!.afterM2 = 4_021;
  const warned: [string, unknown][] = [];
  const log = { ...silentReport, warn: (message: string, data?: unknown) => void warned.push([message, data]) };
  const report = await assess(field(), { more: { geometry } }, log);
  assert.equal(report.passed, true);
  const mean = { quantity: 'déplacement moyen', unit: 'm', measured: 0.7, bound: 0.5, holds: false };
  assert.deepEqual(report.bounds[0], mean);
  assert.deepEqual(
    report.bounds.filter(({ holds }) => !holds).map(({ codeCs }) => codeCs),
    [undefined, 'CS1.2.2'],
  );
  const page = join(report.folder, 'quality.html');
  const html = await readFile(page, 'utf8');
  assert.match(html, /class="warning">Étape géométrique\s: 2 bornes sur 6 dépassées \(déplacement moyen, surface/);
  assert.equal(html.match(/class="fail">dépassée</g)?.length, 2);
  assert.equal(html.match(/class="pass">tenue</g)!.length, 4 + report.rules.length);
  assert.deepEqual(warned, [
    ['Quality:Bounds', { bounds: ['déplacement moyen', 'surface de la couverture CS1.2.2'], page }],
  ]);
  const sound = await assess(field(), { more: { geometry: atBounds() } });
  assert.doesNotMatch(await readFile(join(sound.folder, 'quality.html'), 'utf8'), /dépassée</);
});

test('what gained and lost nothing has no row, and no sign', async () => {
  const pixels = [
    [0, 0, 0, 0],
    [0, 900, 0, 100],
    [0, 0, 500, 0],
    [0, 101, 0, 800],
  ];
  const tally: PassTally = { pass: 'units', codesCs: ['CS1.2.2', 'CS2.1.1.3', 'CS2.2.1'], pixels };
  const geometry = atBounds();
  geometry.areas[0]!.afterM2 = 4_000 - 1e-6;
  const { folder } = await assess(field(), { more: { geometry, tallies: [tally] } });
  const html = await readFile(join(folder, 'quality.html'), 'utf8');
  const [, moved] = /<h2>Étape sémantique.*?<table>(.*?)<\/table>/s.exec(html)!;
  assert.ok(moved!.includes('CS2.2.1') && !moved!.includes('CS2.1.1.3'), moved);
  assert.match(moved!, /<td>0\sm²<\/td>/);
  assert.match(html, /<td>0,000\s%<\/td>/);
  assert.doesNotMatch(html, /[+−]\s0(,0+)?\s(%|m²)/);
});
