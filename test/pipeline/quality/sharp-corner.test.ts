/** Corners of less than a degree: the extent's stay as they were given. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BadInput } from '../../../pipeline/errors.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { assessQuality } from '../../../pipeline/quality/quality.ts';
import { refuseFaults } from '../../../pipeline/quality/refuse-faults.ts';
import type { QualityReport } from '../../../pipeline/quality/report.ts';
import { box, field, writeSketches } from './sketched-coverage.ts';

const root = mkdtempSync(join(tmpdir(), 'ocsge-corner-'));
after(() => rmSync(root, { recursive: true }));
const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };

const wedge: [number, number][] = [
  [0, 0],
  [200, 0],
  [200, 1.7],
];

async function assess(name: string, limit: [number, number][], nodata?: [number, number][][]) {
  const [field1] = field();
  const dir = join(root, name);
  const beside = { limit, more: { generalised: false }, ...(nodata && { nodata }) };
  const polygons = await writeSketches(dir, [{ ...field1, rings: [wedge] }], beside);
  const quality = await assessQuality(polygons, join(dir, 'quality'), { title: 'essai' }, ctx);
  const { rules } = JSON.parse(await readFile(quality.reportPath, 'utf8')) as QualityReport;
  const { count, excused } = rules.find(({ rule }) => rule === 'pointe')!;
  return { quality, spikes: [count, excused] };
}

test('a sharp corner of the extent itself is excused, and the coverage may be published', async () => {
  const { quality, spikes } = await assess('wedge', wedge);
  assert.deepEqual(spikes, [0, 1]);
  refuseFaults(quality);
});

test('a border that the limit cuts at a sharp angle is excused', async () => {
  assert.deepEqual((await assess('cut', box(0, 0, 200, 100))).spikes, [0, 1]);
});

test('one between borders is a fault, and nothing is published: the message says what it is and where to look', async () => {
  const { quality, spikes } = await assess('square', box(-10, -10, 220, 120));
  assert.deepEqual(spikes, [1, 0]);
  assert.throws(
    () => refuseFaults(quality),
    (error) =>
      error instanceof BadInput &&
      /^nothing was published: .*1 × pointe/.test(error.message) &&
      error.message.endsWith(quality.pagePath),
  );
});

test('so is one at ground that no image knows', async () => {
  const beyond: [number, number][] = [
    [0, 0],
    [200, 1.7],
    [200, 100],
    [0, 100],
  ];
  const below: [number, number][] = [
    [-10, -10],
    [210, -10],
    [210, 110],
    [-10, 110],
    [-10, 100],
    [0, 100],
    [200, 100],
    [200, 1.7],
    [200, 0],
    [0, 0],
    [0, 100],
    [-10, 100],
  ];
  assert.deepEqual((await assess('nodata', box(-10, -10, 220, 120), [beyond, below])).spikes, [1, 0]);
});
