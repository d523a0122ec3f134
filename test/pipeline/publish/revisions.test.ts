/** Revisions in their time: swap, readers that hold an old one, rollback, sweep, two writers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePairs } from '../../../pipeline/changes/make-pairs.ts';
import { BadInput } from '../../../pipeline/errors.ts';
import { rollback } from '../../../pipeline/publish/rollback.ts';
import { sweep } from '../../../pipeline/publish/sweep.ts';
import { openTestDatabase } from '../../database.ts';
import { ctx, demo, field, publishSketch, type Sketch } from './squares.ts';

const database = await openTestDatabase();
const preparePairs = (revisionId: number) => makePairs(database, revisionId, ctx);

const current = async (millesime: number): Promise<{ revision_id: number; attribution: string } | undefined> =>
  (
    await database.pool.query('select revision_id, attribution from published.millesime where millesime = $1', [
      millesime,
    ])
  ).rows[0];

const idsOf = async (revisionId: number): Promise<string[]> =>
  (
    await database.pool.query('select id from published.occupation_sol where revision_id = $1 order by rang', [
      revisionId,
    ])
  ).rows.map(({ id }) => id);

const renamed = (mark: string): Sketch[] => field.map((sketch) => ({ ...sketch, id: `${sketch.id}-${mark}` }));

test('a reader keeps the revision it began with; rollback brings it back with its words; the sweep takes it in time', async () => {
  const first = await publishSketch(database, renamed('a'), demo(2019, { attribution: 'premier' }));
  const pinned = (await current(2019))!.revision_id;
  const second = await publishSketch(database, renamed('b'), demo(2019, { attribution: 'second' }));
  assert.deepEqual([pinned, (await current(2019))!.revision_id], [first.revisionId, second.revisionId]);
  assert.deepEqual(await idsOf(pinned), ['champ-a', 'mare-a', 'parking-a'], 'the old revision is still read');

  const back = await rollback(database, '999', 2019, { preparePairs });
  assert.equal(back.revisionId, first.revisionId);
  assert.equal((await current(2019))!.attribution, 'premier');
  await assert.rejects(rollback(database, '999', 2019, { preparePairs }), BadInput);

  assert.deepEqual(await sweep(database, 24), [], 'superseded just now: kept for its readers');
  assert.deepEqual(await sweep(database, 0), [second.revisionId]);
  assert.deepEqual(await idsOf(second.revisionId), []);
  assert.deepEqual(await idsOf(first.revisionId), ['champ-a', 'mare-a', 'parking-a']);
  const { rows } = await database.pool.query(
    `select count(*) from pg_class where relname = 'occupation_sol_r' || $1::text`,
    [second.revisionId],
  );
  assert.equal(rows[0].count, 0, 'the table is gone');
});

test('two publications of one millésime at once both complete; the last to swap wins', async () => {
  const both = await Promise.all([
    publishSketch(database, renamed('x'), demo(2020)),
    publishSketch(database, renamed('y'), demo(2020)),
  ]);
  const { rows } = await database.pool.query<{ revision_id: number }>(
    'select revision_id from published.publication where millesime = 2020 order by sequence',
  );
  assert.deepEqual(rows.map((row) => row.revision_id).sort(), both.map(({ revisionId }) => revisionId).sort());
  assert.equal((await current(2020))!.revision_id, rows.at(-1)!.revision_id);
  for (const { revisionId } of both) assert.equal((await idsOf(revisionId)).length, 3);
});

test('a millésime published while pairs are made is compared as well, before anything is current', async () => {
  let rounds = 0;
  const { revisionId } = await publishSketch(database, renamed('late'), demo(2022), {
    preparePairs: async (id) => {
      await preparePairs(id);
      rounds++;
      if (rounds === 1) await publishSketch(database, renamed('between'), demo(2021)); // swaps first
    },
  });
  assert.equal(rounds, 2);
  const { rows } = await database.pool.query(
    'select millesime_avant from published.difference_paire where revision_apres = $1 order by 1',
    [revisionId],
  );
  assert.deepEqual(
    rows.map((row) => row.millesime_avant),
    [2019, 2020, 2021],
  );
});

test('a load that was swept away as dead does not become current', async () => {
  const before = await current(2019);
  await assert.rejects(
    publishSketch(database, renamed('slow'), demo(2019), {
      preparePairs: async (id) => {
        await preparePairs(id);
        assert.deepEqual(await sweep(database, 24, { staleSeconds: -1 }), [id]); // as if it had been silent for long
      },
    }),
    /is gone/,
  );
  assert.deepEqual(await current(2019), before);
});
