/** kill -9 in the middle of a load. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweep } from '../../../pipeline/publish/sweep.ts';
import { openTestDatabase } from '../../database.ts';
import { runScript } from '../../sql/run-script.ts';
import { demo, field, publishSketch } from './squares.ts';

const database = await openTestDatabase();

const published = async () =>
  (
    await database.pool.query(
      `select m.revision_id, m.nombre_objets, m.attribution, (select count(*) from published.publication) as swaps,
              (select string_agg(id, ' ' order by rang) from published.occupation_sol o where o.revision_id = m.revision_id) as ids
         from published.millesime m`,
    )
  ).rows;

test('kill -9 of a load leaves what was published as it was, and the next one completes', async () => {
  const first = await publishSketch(database, field, demo(2019));
  const before = await published();
  const load = runScript(import.meta.url, './load-process.ts', [], database.env);
  await load.said(/half-way/);
  load.child.kill('SIGKILL');
  assert.equal((await load.ended).signal, 'SIGKILL');
  assert.deepEqual(await published(), before);
  const { rows } = await database.pool.query<{ id: number }>(
    `select id from production.revision where etat = 'loading'`,
  );
  assert.equal(rows.length, 1, 'a dead load is left');

  const next = await publishSketch(database, field, demo(2019));
  const [now] = await published();
  assert.deepEqual([now.revision_id, now.nombre_objets, now.ids], [next.revisionId, 3, 'champ mare parking']);
  assert.ok(next.revisionId > first.revisionId);
  assert.deepEqual(await sweep(database, 24, { staleSeconds: -1 }), [rows[0]!.id], 'and taken away by the sweep');
  const { rows: tables } = await database.pool.query(`select to_regclass($1) as "table"`, [
    `production.occupation_sol_r${rows[0]!.id}`,
  ]);
  assert.deepEqual(tables, [{ table: null }]);
});
