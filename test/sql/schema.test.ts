import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { packageFile } from '../../sql/package-root.ts';
import { openTestDatabase } from '../database.ts';
import { onlyOn } from '../engines.ts';
import { dumpSchema } from './dump-schema.ts';

const NAME = 'sql/schema.sql is the schema the migrations make';

test(NAME, onlyOn('postgresql', NAME), async () => {
  const database = await openTestDatabase();
  const { rows } = await database.pool.query(`select current_setting('server_version_num')::int / 10000 as version`);
  assert.equal(
    rows[0].version,
    15,
    'the dump is written by the pg_dump of PostgreSQL 15: give the tests a server of that version',
  );
  const found = dumpSchema(database.connection.databaseUrl!);
  const file = packageFile('sql', 'schema.sql');
  if (process.env['OCSGE_WRITE_SCHEMA'] === '1') writeFileSync(file, found);
  assert.equal(
    found,
    readFileSync(file, 'utf8'),
    'write it again: OCSGE_WRITE_SCHEMA=1 OCSGE_TEST_DATABASE_URL=postgres://… npx tsx --test test/sql/schema.test.ts',
  );
});
