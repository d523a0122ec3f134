import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { jobReport, PRODUCTION_STEPS, throttled } from '../../pipeline/job-report.ts';
import { silentReport } from '../../pipeline/log.ts';
import { packageFile } from '../../sql/package-root.ts';

const readFiles = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

test('steps are percents of the whole, and never go back in their order', () => {
  const seen: [number, string][] = [];
  const report = jobReport(silentReport, (percent, message) => seen.push([percent, message]));
  for (const { step } of PRODUCTION_STEPS) {
    const running = report.step(step, 4, 'things');
    running.advance(1);
    running.advance(3);
    running.end();
  }
  report.step('something else', 1, 'things').end();
  const percents = seen.map(([percent]) => percent);
  assert.deepEqual(
    percents,
    percents.toSorted((a, b) => a - b),
  );
  assert.deepEqual([percents[0], percents.at(-1)], [0, 100]);
  assert.deepEqual(seen[1], [10, 'Interprétation des images : 25 %']);
});

test('the steps are those the chain reports', () => {
  const texts = ['classes', 'polygons', 'usage', 'quality', 'publish', 'changes'].flatMap((stage) =>
    readFiles(packageFile('pipeline', stage)),
  );
  for (const { step } of PRODUCTION_STEPS) {
    assert.ok(
      texts.some((text) => text.includes(`'${step}'`)),
      `no stage reports a step "${step}"`,
    );
  }
});

test('writes are spaced out, the last value is not lost, a failing write stops nothing', async () => {
  const written: number[] = [];
  const writer = throttled<number>(async (value) => {
    written.push(value);
    if (value === 2) throw new Error('the database is away');
  }, 30);
  writer.set(1);
  writer.set(2);
  await pause(60);
  writer.set(3);
  writer.set(4);
  await writer.flush();
  assert.deepEqual(written, [2, 4]);
});
