import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evaluatePoints } from '../../../pipeline/evaluate/evaluate.ts';
import { estimateFromPoints } from '../../../pipeline/evaluate/sample.ts';
import { readSample, type SamplePoint, writeSample } from '../../../pipeline/evaluate/sample-file.ts';

/** `count` points of a stratum that a person saw as `verite`. */
const points = (strate: string, stratePx: number, verite: string, count: number): SamplePoint[] =>
  Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    x: 700_000 + i,
    y: 6_600_000,
    strate,
    stratePx,
    pixelM2: 0.04,
    verite,
  }));

const LABELLED = [
  ...points('CS1.2.2', 60, 'CS1.2.2', 8),
  ...points('CS1.2.2', 60, 'CS2.2.1', 2),
  ...points('CS2.2.1', 40, 'CS1.2.2', 1),
  ...points('CS2.2.1', 40, 'CS2.2.1', 9),
  ...points('CS2.2.1', 40, '', 3),
];

describe('points labelled by a person', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ocsge-sample-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('give the estimates a hand works out; unlabelled ones are left out and counted', () => {
    const { estimates, points: count, unlabelled, accuracyByLevel } = estimateFromPoints(LABELLED);
    assert.deepEqual([count, unlabelled], [20, 3]);
    assert.ok(Math.abs(estimates.accuracy.value - (0.6 * 0.8 + 0.4 * 0.9)) < 1e-12);
    assert.deepEqual(
      accuracyByLevel.map(({ level, labels }) => [level, labels]),
      [['cs', 2]],
    );
  });

  it('are the same written as GeoJSON or CSV and read back', async () => {
    const files = await writeSample(join(folder, 'sample'), LABELLED, 2154);
    for (const file of files) assert.deepEqual(await readSample(file), LABELLED);
    const { crs } = JSON.parse(await readFile(files[0]!, 'utf8'));
    assert.equal(crs.properties.name, 'urn:ogc:def:crs:EPSG::2154');
  });

  it('make a report of their own', async () => {
    const [file] = await writeSample(join(folder, 'sample'), LABELLED, 2154);
    const { report, files } = await evaluatePoints(file!, join(folder, 'report'));
    assert.ok(Math.abs(report.sample.estimates.accuracy.value - 0.84) < 1e-12);
    const page = await readFile(files[1]!, 'utf8');
    assert.match(page, /<html lang="fr">/);
    assert.match(page, /84,0\u00a0%|84,0\u202f%/);
  });

  it('are read at the map’s classes where a person told more apart', () => {
    const { labels, estimates } = estimateFromPoints([
      ...points('CS2.1.1', 50, 'CS2.1.1.2', 5),
      ...points('CS1.2.2', 50, 'CS1.2.2', 5),
    ]);
    assert.deepEqual(
      labels.map(({ key }) => key),
      ['CS1.2.2', 'CS2.1.1'],
    );
    assert.equal(estimates.accuracy.value, 1);
  });

  it('may find ground the map has nowhere', () => {
    const { labels, estimates } = estimateFromPoints([
      ...points('CS1.2.2', 100, 'CS1.2.2', 9),
      ...points('CS1.2.2', 100, 'CS1.2.3', 1),
    ]);
    const ice = labels.findIndex(({ key }) => key === 'CS1.2.3');
    assert.equal(estimates.strata[ice]!.userAccuracy, null);
    assert.equal(estimates.strata[ice]!.producerAccuracy!.value, 0);
    assert.ok(Math.abs(estimates.strata[ice]!.area.value - 0.1) < 1e-12);
  });

  it('are refused where they cannot be estimated from, saying which and why', async () => {
    const two = points('CS1.2.2', 60, 'CS1.2.2', 2);
    const refused = (given: SamplePoint[], message: RegExp) => assert.throws(() => estimateFromPoints(given), message);
    refused(points('CS1.2.2', 60, '', 3), /none with a verite/);
    refused([...two, ...points('CS1.2.2', 61, 'CS1.2.2', 1)], /strate_px of CS1\.2\.2 is 61, 60 before/);
    refused([...two, ...points('CS2.2.1', 9, 'CS2.2.1', 1)], /one labelled point in the stratum CS2\.2\.1/);
    refused(
      [...points('CS2.1.2', 9, 'CS2', 2), ...points('CS2.2.1', 9, 'CS2.2.1', 2)],
      /verite is CS2, which the map tells apart/,
    );
    const bad = join(folder, 'bad.csv');
    await writeFile(bad, 'id;x;y;strate;strate_px;pixel_m2;verite\n1;0;0;CS1.2.2;60;0.04;eau\n');
    await assert.rejects(
      readSample(bad),
      /bad\.csv, point 1: verite is "eau", a couverture such as CS1\.1\.1\.1 wanted/,
    );
    await writeFile(bad, 'id;x;y;strate;verite\n1;0;0;CS1.2.2;CS1.2.2\n');
    await assert.rejects(readSample(bad), /strate_px is undefined, a number wanted/);
    await assert.rejects(readSample(join(folder, 'none.geojson')), /cannot be read/);
  });
});
