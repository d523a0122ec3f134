import assert from 'node:assert/strict';
import { test } from 'node:test';
import { migrate } from '../../sql/migrate.ts';
import { openTestDatabase } from '../database.ts';
import { runScript } from './run-script.ts';

const database = await openTestDatabase();

test('migrating again changes nothing', async () => {
  assert.deepEqual(await migrate(database), { applied: [], remade: [] });
});

test('five processes that migrate one empty database at once: each migration runs once', async () => {
  await database.pool.query('drop schema published cascade; drop schema production cascade; drop schema ocsge cascade');
  const { dataDir, databaseUrl } = database.connection;
  const args = [dataDir, ...(databaseUrl === undefined ? [] : [databaseUrl])];
  const scripts = Array.from({ length: 5 }, () => runScript(import.meta.url, './migrate-process.ts', args));
  const results = await Promise.all(scripts.map(({ ended }) => ended));
  for (const { code, output } of results) assert.equal(code, 0, output);
  const applied = results.flatMap(({ output }) => (JSON.parse(output) as { applied: string[] }).applied);
  assert.equal(new Set(applied).size, applied.length, 'none twice');
  const { rows } = await database.pool.query('select count(*) from production.nomenclature');
  assert.equal(rows[0].count, 47);
  const { rows: known } = await database.pool.query<{ name: string }>(
    `select name from ocsge.migration where name ~ '^[0-9]' order by 1`,
  );
  assert.deepEqual(
    [...applied].sort(),
    known.map(({ name }) => name),
  );
});

test('a database of a newer version is refused', async () => {
  await database.pool.query(`insert into ocsge.migration (name, empreinte) values ('9999-tomorrow.sql', 'x')`);
  await assert.rejects(migrate(database), /9999-tomorrow\.sql.*update the program/);
  await database.pool.query(`delete from ocsge.migration where name like '9999%'`);
});
