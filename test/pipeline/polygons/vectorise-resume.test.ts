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

test('killed anywhere, it goes on to the same bytes', async () => {
  const out = join(folder, 'killed');
  const script = fileURLToPath(new URL('./vectorise-process.ts', import.meta.url));
  for (const seenPasses of [2, 5, 8]) {
    const child = spawn(process.execPath, ['--import', 'tsx', script, out], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const seen = new Set<string>();
    while (seen.size < seenPasses && child.exitCode === null) {
      for (const name of await passFiles(out)) if (name.endsWith('.manifest.json')) seen.add(name);
      await sleep(2);
    }
    child.kill('SIGKILL');
    await ended;
  }
  assert.deepEqual(await hashesOf(await run(raster, out)), wanted);
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
