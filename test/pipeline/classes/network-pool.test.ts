import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { openNetworkPool } from '../../../pipeline/classes/network-pool.ts';
import type { NetworkSettings } from '../../../pipeline/classes/tile-batch.ts';
import { fresh, tiny } from './tiny-run.ts';

const SIDE = 16;
const onGrid = { xPx: 0, yPx: 0, widthPx: SIDE, heightPx: SIDE };
const batchOf = (tiles: number) => ({
  input: Float32Array.from({ length: 3 * SIDE * SIDE * tiles }, (_, i) => Math.floor(i / SIDE / SIDE) % 3),
  tiles: Array.from({ length: tiles }, () => ({ part: onGrid, onGrid })),
});
const settingsOf = (path: string): NetworkSettings => ({
  model: { path, threads: 1 },
  tilePx: SIDE,
  wanted: 'classes',
  shareOfOne: 0,
});
const never = () => new AbortController().signal;

describe('networks in threads', () => {
  test('batches are answered, each with its own tiles, and the input may be filled again', async () => {
    const pool = openNetworkPool(settingsOf(await tiny()), 2, never());
    try {
      const batches = [1, 2, 3, 1, 2].map(batchOf);
      const answers = await Promise.all(batches.map((batch) => pool.run(batch)));
      assert.deepEqual(
        answers.map(({ answers }) => answers.length),
        [1, 2, 3, 1, 2],
      );
      for (const [index, { answers: found }] of answers.entries()) {
        assert.equal(batches[index]!.input.length, 3 * SIDE * SIDE * found.length);
        for (const { classes } of found) assert.ok(classes!.every((value) => value === 1)); // the brightest may not be predicted
      }
      assert.ok(pool.share() > 0 && pool.share() <= 1);
    } finally {
      await pool.close();
    }
  });

  test('what a thread throws is thrown here, with its class', async () => {
    const path = await tiny();
    const pool = openNetworkPool(settingsOf(path), 1, never());
    const batch = batchOf(1);
    batch.input[5] = Number.NaN;
    await assert.rejects(pool.run(batch), { name: 'BadInput', message: /in the window at 0,0 .* a score is NaN/ });
    assert.equal((await pool.run(batchOf(1))).answers.length, 1);
    await pool.close();
    await rm(path, { recursive: true });
    const gone = openNetworkPool(settingsOf(path), 1, never());
    await assert.rejects(gone.run(batchOf(1)), { name: 'BadInput', message: /no such model/ });
    await gone.close();
  });

  test('a thread that dies is reported: nothing waits for it', async () => {
    const dying = () =>
      new Worker(`require('node:worker_threads').parentPort.once('message', () => process.exit(7))`, { eval: true });
    const pool = openNetworkPool(settingsOf(fresh('none')), 1, never(), dying);
    await assert.rejects(Promise.all([pool.run(batchOf(1)), pool.run(batchOf(1))]), /thread ended by itself, code 7/);
    await assert.rejects(pool.run(batchOf(1)), /thread ended by itself, code 7/);
    await pool.close();
    const throwing = () => new Worker(`throw new Error('out of something')`, { eval: true });
    const other = openNetworkPool(settingsOf(fresh('none')), 1, never(), throwing);
    await assert.rejects(other.run(batchOf(1)), /thread died: out of something/);
    await other.close();
  });

  test('a signal rejects what is under way, and closing ends threads that answer nothing', async () => {
    const deaf = () =>
      new Worker(`setInterval(() => {}, 1000); require('node:worker_threads').parentPort.on('message', () => {})`, {
        eval: true,
      });
    const stop = new AbortController();
    const pool = openNetworkPool(settingsOf(fresh('none')), 2, stop.signal, deaf);
    const running = assert.rejects(pool.run(batchOf(1)), { name: 'Stopped' });
    stop.abort();
    await running;
    await assert.rejects(pool.run(batchOf(1)), { name: 'Stopped' });
    const start = performance.now();
    await pool.close();
    assert.ok(performance.now() - start < 10_000);
  });
});
