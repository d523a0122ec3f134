import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sweep } from '../../../pipeline/publish/sweep.ts';
import { openTestDatabase } from '../../database.ts';
import { onlyOn } from '../../engines.ts';
import { runScript } from '../../sql/run-script.ts';
import { box, demo, field, publishSketch } from './squares.ts';

const NAME = 'a reader waits less than 200 ms while a revision is loaded and swapped';

test(NAME, onlyOn('postgresql', NAME), async () => {
  const database = await openTestDatabase();
  await publishSketch(database, field, demo(2019));
  const holder = await database.pool.connect(); // a reader in a long transaction, as a dump may be
  await holder.query('begin');
  await holder.query('select count(*) from published.occupation_sol');
  const reader = runScript(import.meta.url, './read-process.ts', [], database.env);
  await reader.said(/reading/);

  const squares = Array.from({ length: 5_000 }, (_, n) => ({
    id: `carré-${n}`,
    rings: [box((n % 100) * 10, Math.floor(n / 100) * 10, 10, 10)],
  }));
  await publishSketch(database, squares, demo(2019));
  const swept = sweep(database, 0); // has to wait for the long transaction, and makes nobody wait
  await pause(1_000);
  await holder.query('commit');
  holder.release();
  assert.equal((await swept).length, 1);

  reader.child.kill('SIGTERM');
  const { output } = await reader.ended;
  const { reads, longestMs } = JSON.parse(output.trim().split('\n').at(-1)!) as { reads: number; longestMs: number };
  assert.ok(reads > 100, `${reads} reads`);
  assert.ok(longestMs < 200, `${longestMs} ms`);
});
