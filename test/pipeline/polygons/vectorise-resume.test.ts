/** Stopped, killed, out of disk: what was finished is kept, and the end is the uninterrupted one, byte for byte. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DiskFault, Stopped } from '../../../pipeline/errors.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { mountSmallDisk, smallDiskAbsent } from '../small-disk.ts';
import { context, hashesOf, passFiles, run, scene, scratch } from './vectorise-scene.ts';

const folder = await scratch();
after(() => rm(folder, { recursive: true }));
const raster = scene();
const wanted = await hashesOf(await run(raster, join(folder, 'whole')));

/** Labels of the steps a run takes, and a chance to act at the first sign of one. */
const watched = (onStep: (label: string) => void) => ({
  ...silentReport,
  step: (label: string) => ({ advance: () => onStep(label), end: () => {} }),
});

test('stopped in a pass, it goes on with that pass', async () => {
  const out = join(folder, 'stopped');
  const stop = new AbortController();
  const report = watched((label) => label === 'widths' && stop.abort());
  await assert.rejects(run(raster, out, { blockPx: 64 }, context({ signal: stop.signal, report })), Stopped);
  const left = await passFiles(out);
  assert.deepEqual(
    left.filter((name) => name.endsWith('.manifest.json')),
    ['enlarge.manifest.json'],
  );
  assert.ok(!left.some((name) => name.endsWith('.part')));
  const steps = new Set<string>();
  const report2 = watched((label) => steps.add(label));
  const artefact = await run(raster, out, { blockPx: 64 }, context({ report: report2 }));
  assert.ok(steps.has('widths') && !steps.has('majority') && !steps.has('enlarge'));
  assert.deepEqual(await hashesOf(artefact), wanted);
  assert.deepEqual(await passFiles(out), []);
});

/** Runs the stage in a process that is killed once `isTime` says so of the passes seen to be finished. */
async function killedWhen(isTime: (seen: Set<string>) => boolean, out: string, ...args: string[]): Promise<void> {
  const script = fileURLToPath(new URL('./vectorise-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, out, ...args], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const seen = new Set<string>();
  while (!isTime(seen) && child.exitCode === null) {
    for (const name of await passFiles(out)) if (name.endsWith('.manifest.json')) seen.add(name);
    await sleep(2);
  }
  child.kill('SIGKILL');
  await ended;
}

test('killed anywhere, it goes on to the same bytes', async () => {
  const out = join(folder, 'killed');
  for (const seenPasses of [2, 5, 8]) await killedWhen((seen) => seen.size >= seenPasses, out);
  assert.deepEqual(await hashesOf(await run(raster, out)), wanted);
});

test('killed while it is held to a former millésime, it goes on with that pass to the same bytes', async () => {
  const { widthPx } = raster.grid;
  const classes = raster.classes.slice();
  for (let y = 100; y < 180; y++) classes.fill(3, y * widthPx + 60, y * widthPx + 260);
  const former = await run({ ...raster, classes }, join(folder, 'former'));
  const options = { former, hold: {} };
  const held = await hashesOf(await run(raster, join(folder, 'held'), options));
  const out = join(folder, 'held-killed');
  const passes = ['former', 'seen', 'specks', 'patches', 'believed', 'growth', 'marked', 'tidy', 'unchanged'];
  for (const from of [0, 4, 7]) {
    const late = passes.slice(from).map((pass) => `hold-${pass}.manifest.json`);
    await killedWhen((seen) => late.some((name) => seen.has(name)), out, JSON.stringify(former));
  }
  const steps = new Set<string>();
  const report = watched((label) => steps.add(label));
  assert.deepEqual(await hashesOf(await run(raster, out, options, context({ report }))), held);
  assert.ok(!steps.has('units') && !steps.has('hold-former') && !steps.has('hold-believed'));
});

test('a full disk is told as such, and the same call goes on once there is room', {
  skip: smallDiskAbsent(),
}, async () => {
  const disk = mountSmallDisk(120);
  try {
    const out = join(disk.folder, 'out');
    await mkdir(out);
    await assert.rejects(
      run(raster, out),
      (error: Error) => error instanceof DiskFault && /disk is full/.test(error.message),
    );
    assert.ok(!(await readdir(join(out, 'passes'))).some((name) => name.endsWith('.part')));
    disk.resize(20_000);
    assert.deepEqual(await hashesOf(await run(raster, out)), wanted);
  } finally {
    disk.remove();
  }
});
