import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { silentReport } from '../../../pipeline/log.ts';
import { lambert } from '../rasters/tiny-tiff.ts';
import { fresh, image, run, texture, tiny } from './tiny-run.ts';

describe('stopped and started again', () => {
  const grid = lambert(64, 48);
  const options = { tilePx: 16, marginPx: 2, dallePx: 24 };

  /** Content of the rasters, by name. */
  async function rasters(out: string): Promise<Record<string, string>> {
    const names = (await readdir(join(out, 'dalles'))).filter((name) => name.endsWith('.tif')).sort();
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(join(out, 'dalles', name), 'base64')])),
    );
  }

  test('finished dalles are kept, and the result is the uninterrupted one to the byte, whatever the workers', async () => {
    const [model, at, out] = [await tiny(), await image(grid, texture), fresh('out')];
    const whole = fresh('out');
    const options = { tilePx: 16, marginPx: 2, dallePx: 24, probabilities: true };
    await run({ model, image: at, out: whole, options });
    const stop = new AbortController();
    let px = 0;
    const advance = (done: number) => {
      px += done;
      if (px > 1500) stop.abort();
    };
    const report = { ...silentReport, step: () => ({ advance, end: () => {} }) };
    const workers = { ...options, workers: 2 };
    await assert.rejects(run({ model, image: at, out, options: workers, ctx: { signal: stop.signal, report } }), {
      name: 'Stopped',
    });
    assert.ok(!(await readdir(join(out, 'dalles'))).some((name) => name.endsWith('.part')));
    const done = (await readdir(join(out, 'dalles'))).filter((name) => name.endsWith('.manifest.json'));
    assert.ok(done.length > 0 && done.length < 6, `${done.length} dalles done`);
    assert.equal(existsSync(join(out, 'classes.manifest.json')), false);
    const before = await Promise.all(done.map(async (name) => (await stat(join(out, 'dalles', name))).ino));
    await writeFile(join(out, 'dalles', '0-0.classes.tif.99999999.part'), 'half');
    await run({ model, image: at, out, options });
    assert.deepEqual(await Promise.all(done.map(async (name) => (await stat(join(out, 'dalles', name))).ino)), before);
    assert.deepEqual(await rasters(out), await rasters(whole));
    assert.ok(!(await readdir(join(out, 'dalles'))).some((name) => name.endsWith('.part')));
  });

  test('another model, tile or image makes the dalles again', async () => {
    const [model, at, out] = [await tiny(), await image(grid, texture), fresh('out')];
    const mtime = async () => (await stat(join(out, 'dalles', '0-0.manifest.json'))).mtimeMs;
    await run({ model, image: at, out, options });
    const first = await mtime();
    await run({ model, image: at, out, options });
    assert.equal(await mtime(), first);
    await run({ model, image: at, out, options: { ...options, marginPx: 3, dallePx: 20 } });
    const second = await mtime();
    assert.notEqual(second, first);
    await run({
      model,
      image: at,
      out,
      options: { ...options, marginPx: 3, dallePx: 20 },
      overrides: { bands: 'G,R,B' },
    });
    assert.notEqual(await mtime(), second);
  });

  test('a process killed with SIGKILL loses its current dalle at most', async () => {
    const large = lambert(600, 600);
    const [model, at, out, whole] = [await tiny(), await image(large, texture), fresh('out'), fresh('out')];
    const sides = { tilePx: 64, marginPx: 8, dallePx: 96 };
    const script = fileURLToPath(new URL('./classify-process.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, model, at, out, JSON.stringify(sides)], {
      stdio: 'inherit',
    });
    const exit = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    while (!existsSync(join(out, 'dalles', '96-0.manifest.json')) && child.exitCode === null) await sleep(2);
    child.kill('SIGKILL');
    assert.equal(await exit, 'SIGKILL');
    const manifests = (await readdir(join(out, 'dalles'))).filter((name) => name.endsWith('.manifest.json'));
    const inodes = await Promise.all(manifests.map(async (name) => (await stat(join(out, 'dalles', name))).ino));
    await run({ model, image: at, out, options: sides });
    assert.deepEqual(
      await Promise.all(manifests.map(async (name) => (await stat(join(out, 'dalles', name))).ino)),
      inodes,
    );
    await run({ model, image: at, out: whole, options: sides });
    assert.deepEqual(await rasters(out), await rasters(whole));
  });
});
