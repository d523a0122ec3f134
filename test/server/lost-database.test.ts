/** The database goes away under a running server: nobody is told a wrong thing, and it goes on by itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { enginePid, engineUnderTest, openTestDatabase } from '../database.ts';
import { startCommand } from '../pipeline/commands/command.ts';
import { publishSquares } from './published-fixture.ts';

const database = await openTestDatabase();
let serving: ReturnType<typeof startCommand>;
let url: string;

before(async () => {
  await publishSquares(database, { departement: '62', millesime: 2018, count: 20 });
  serving = startCommand(['serve', '--no-demo', '--no-worker', '--port', '0'], database.env);
  await serving.said(/ocsge serves http/);
  url = /ocsge serves (\S+)/.exec(serving.text.stdout)![1]!;
});
after(async () => {
  serving.kill('SIGTERM');
  await serving.ended;
});

/** The embedded engine is killed; a server ends every connection of this database but the one that says so. */
async function loseDatabase(): Promise<void> {
  if (engineUnderTest === 'embedded') process.kill(enginePid(database.connection.dataDir)!, 'SIGKILL');
  else
    await database.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
}

test('a server whose database is lost answers 200 or 503 meanwhile, and is whole again without help', async () => {
  const items = `${url}/collections/occupation-sol-062-2018/items`;
  assert.equal((await fetch(items)).status, 200);
  await loseDatabase();
  const seen = new Set<number>();
  for (let good = 0, tries = 0; good < 3; tries++) {
    assert.ok(tries < 300, `statuses seen: ${[...seen].join(', ')}\n${serving.text.stderr}`);
    const answer = await fetch(items);
    seen.add(answer.status);
    good = answer.status === 200 ? good + 1 : 0;
    if (answer.status === 200) {
      assert.equal(((await answer.json()) as { numberReturned: number }).numberReturned, 20);
    }
    await pause(100);
  }
  assert.deepEqual(
    [...seen].filter((status) => status !== 200 && status !== 503),
    [],
  );
  assert.equal((await fetch(`${url}/health`)).status, 200);
});
