/** Who holds a run's folder, and what those before left in it. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BadInput } from '../../pipeline/errors.ts';
import { withRunLock } from '../../pipeline/run-lock.ts';

test('what a killed process left half-written is gone, what is whole stays', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ocsge-lock-'));
  try {
    await mkdir(join(folder, 'polygons', 'passes'), { recursive: true });
    const [whole, half] = ['polygons/regions.tif', 'polygons/passes/specks.4711.part'];
    for (const name of [whole, half, `${whole}.4711.part`, `${whole}.4711.tiles.part`]) {
      await writeFile(join(folder, name), 'x');
    }
    const left = await withRunLock(folder, async () => {
      await assert.rejects(
        withRunLock(folder, async () => {}),
        BadInput,
      );
      return readdir(folder, { recursive: true });
    });
    assert.deepEqual(left.sort(), ['polygons', 'polygons/passes', whole, 'run.lock']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
