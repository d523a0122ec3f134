/** What a real server can hold a request to; the embedded engine has one session and no time limit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import request from 'supertest';
import { openDatabase } from '../../sql/database.ts';
import { openTestDatabase } from '../database.ts';
import { onlyOn } from '../engines.ts';
import { publishSquares, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const TIMEOUT = 'a statement past its limit is ended, and told as 503 with Retry-After';
const READERS = 'the pool of readers cannot write';

test(TIMEOUT, onlyOn('postgresql', TIMEOUT), async () => {
  await publishSquares(database, { millesime: 2019, count: 2500 });
  const limited = await openDatabase({ ...database.connection, readOnly: true, statementTimeoutMs: 100 });
  const app = testApp(limited);
  await request(app).get('/collections').expect(200);
  await database.pool.query(`
    create or replace view published.occupation_sol as
      select revision_id, rang, id, code_cs, code_us, departement, millesime, source, ossature, id_origine, code_or, aire_m2,
             artificiel, critere_seuil, impermeable, confiance, us_source, us_rule, us_share, geom,
             geojson_wgs84 || coalesce(pg_sleep(0.001)::text, '') as geojson_wgs84
        from production.occupation_sol`);
  try {
    const response = await request(app).get('/collections/occupation-sol-999-2019/items').expect(503);
    assert.equal(response.headers['retry-after'], '5');
    assert.match(response.body.detail, /too long/);
  } finally {
    await limited.close();
  }
});

test(READERS, onlyOn('postgresql', READERS), async () => {
  const readers = await openDatabase({ ...database.connection, readOnly: true });
  try {
    await assert.rejects(readers.pool.query('delete from production.token'), { code: '25006' });
  } finally {
    await readers.close();
  }
});
