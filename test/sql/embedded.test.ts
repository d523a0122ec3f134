/** The embedded engine as a process of its own: who holds the folder, who goes on, what a kill leaves. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '../../sql/database.ts';
import { EngineUnavailable, runEngine } from '../../sql/embedded.ts';
import { enginePid, openTestDatabase } from '../database.ts';
import { onlyOn } from '../engines.ts';
import { runScript } from './run-script.ts';

const database = await openTestDatabase();
const { dataDir } = database.connection;

const onEmbedded = (name: string, body: () => Promise<void>) => test(name, onlyOn('embedded', name), body);

onEmbedded('a second engine is refused on a folder in use', async () => {
  const pid = enginePid(dataDir);
  await assert.rejects(runEngine(dataDir), (error) => {
    assert.ok(error instanceof EngineUnavailable);
    assert.match(error.message, new RegExp(`in use by process ${pid}`));
    return true;
  });
  assert.equal(enginePid(dataDir), pid);
  assert.equal((await database.pool.query('select 1 as one')).rows[0].one, 1, 'the first goes on');
});

onEmbedded('one command ends and the other goes on reading', async () => {
  const script = runScript(import.meta.url, './migrate-process.ts', [dataDir]);
  const { code, output } = await script.ended;
  assert.equal(code, 0, output);
  await new Promise((resolve) => setTimeout(resolve, 6_000)); // longer than the engine waits without clients
  assert.equal((await database.pool.query('select count(*) from production.nomenclature')).rows[0].count, 47);
});

onEmbedded('large parameters of two clients at once do not mix', async () => {
  const other = await openDatabase({ databaseUrl: undefined, dataDir });
  try {
    const echo = async (pool: typeof database.pool, letter: string, round: number) => {
      const text = letter.repeat(300_000 + round);
      const { rows } = await pool.query(
        'select length($1::text) as length, md5($1::text) = md5(repeat($2, $3)) as same',
        [text, letter, text.length],
      );
      assert.deepEqual(rows, [{ length: text.length, same: true }]);
    };
    const rounds = Array.from({ length: 20 }, (_, round) => round);
    await Promise.all(rounds.flatMap((round) => [echo(database.pool, 'a', round), echo(other.pool, 'b', round)]));
  } finally {
    await other.close();
  }
});

onEmbedded('the client that vanishes in a transaction leaves nothing behind', async () => {
  const other = await openDatabase({ databaseUrl: undefined, dataDir });
  const client = await other.pool.connect();
  client.on('error', () => {});
  await client.query('begin');
  await client.query('create table production.half_done (a int)');
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  const { rows } = await database.pool.query(`select to_regclass('production.half_done') as table`);
  assert.deepEqual(rows, [{ table: null }]);
  client.release(true);
  await other.close();
});

onEmbedded('a statement the geometry library drops out of is an error, not a short answer', async () => {
  // Circles three times, turned by next to nothing: edges that nearly coincide everywhere.
  const union = (grid: string) =>
    `select ST_Area(ST_Union(g${grid})) > 0 as area from (
       select ST_Rotate(ST_Translate(ST_Buffer(ST_MakePoint((n % 20) * 7.3, (n / 20) * 7.1), 6, 3), 700000.1, 7000000.7), turn,
                        700050, 7000050) as g
         from generate_series(0, 399) n, unnest(array[0, 1e-12, 3e-13]) turn) s where $1`;
  const failed = /geometry library of the embedded engine failed/;
  await assert.rejects(database.pool.query(union(''), [true]), failed);
  assert.deepEqual(
    (await database.pool.query('select $1::int as one', [1])).rows,
    [{ one: 1 }],
    'the next is answered',
  );
  await assert.rejects(database.pool.query(union('').replace('$1', 'true')), failed, 'by the simple protocol too');

  const client = await database.pool.connect();
  await client.query('begin');
  await client.query('create table production.undone (a int)');
  await assert.rejects(client.query(union(''), [true]), failed);
  await assert.rejects(client.query('select 1'), /transaction is aborted/);
  assert.equal((await client.query('commit')).command, 'ROLLBACK');
  client.release();
  assert.deepEqual(
    (await database.pool.query(union(', 0.001'), [true])).rows,
    [{ area: true }],
    'on a grid it does not fail',
  );
});

onEmbedded('a lock and a socket left by kill -9 are recognised as stale', async () => {
  await database.pool.query('create table production.kept (a int)');
  await database.pool.query('insert into production.kept values (1)');
  const before = enginePid(dataDir)!;
  const lock = readFileSync(join(dataDir, 'database.lock'), 'utf8');
  process.kill(before, 'SIGKILL');
  const socket = connect(join(dataDir, 'run', '.s.PGSQL.5432'));
  await once(socket, 'error').catch(() => {});
  assert.ok(existsSync(join(dataDir, 'run', '.s.PGSQL.5432')), 'the socket file is still there');
  assert.equal(readFileSync(join(dataDir, 'database.lock'), 'utf8'), lock, 'and the lock');
  const again = await openDatabase({ databaseUrl: undefined, dataDir });
  assert.notEqual(enginePid(dataDir), before);
  assert.deepEqual(
    (await again.pool.query('select a from production.kept')).rows,
    [{ a: 1 }],
    'what was acknowledged is kept',
  );
  await again.close();
});

test('the statement after a failed one has its own answer', async () => {
  const client = await database.pool.connect();
  try {
    for (let round = 0; round < 200; round++) {
      await assert.rejects(client.query('select 1 / ($1::int * 0)', [round]), /division by zero/);
      const { rows } = await client.query('select $1::int as round', [round]);
      assert.equal(rows[0]?.round, round);
    }
  } finally {
    client.release();
  }
});
