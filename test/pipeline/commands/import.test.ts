/** A delivery imported as the command does it, beside a server, and what a kill leaves. */
import assert from 'node:assert/strict';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { coverageObjects } from '../../bench/coverage.ts';
import { writeGeoPackage } from '../../bench/geopackage.ts';
import { openTestDatabase } from '../../database.ts';
import { runCommand, startCommand } from './command.ts';

const OBJECTS = 3_000;
const database = await openTestDatabase();
const delivery = join(database.connection.dataDir, 'OCS-GE_2-0__GPKG_LAMB93_D062_2018-01-01');

const count = async () => {
  const { rows } = await database.pool.query<{ n: number }>(
    `select count(*) as n from published.occupation_sol join published.millesime using (revision_id)`,
  );
  return rows[0]!.n;
};

describe('ocsge import', () => {
  before(async () => {
    await mkdir(delivery);
    writeGeoPackage(join(delivery, 'OCCUPATION_SOL.gpkg'), coverageObjects({ objects: OBJECTS }), 2018);
    await chmod(delivery, 0o555);
  });

  it('killed while it loads leaves what was published; the same command then publishes all, from a read-only folder', async () => {
    const first = startCommand(['import', delivery], database.env);
    await first.said(/"label":"Load","done":[1-9]|"label":"Coverage"/);
    first.kill('SIGKILL');
    await first.ended;
    assert.equal(await count(), 0);
    const second = await runCommand(['import', delivery], database.env);
    assert.equal(second.code, 0, second.stderr);
    assert.equal(await count(), OBJECTS);
  });

  it('ends while a server goes on: what the server reads stays whole', async () => {
    const importing = startCommand(['import', delivery, '--millesime', '2021'], database.env);
    await importing.said(/"label":"Load"/);
    const serving = startCommand(['serve', '--no-demo', '--no-worker', '--port', '0'], database.env);
    try {
      await serving.said(/ocsge serves http/);
      const { code, stdout, stderr } = await importing.ended;
      assert.equal(code, 0, stderr);
      assert.equal((JSON.parse(stdout) as { millesime: number }).millesime, 2021, 'the quality report is printed');
      const address = /ocsge serves (\S+)/.exec(serving.text.stdout)![1];
      const items = await fetch(`${address}/collections/occupation-sol-062-2021/items?limit=10`);
      assert.equal(items.status, 200);
      assert.equal(((await items.json()) as { numberMatched: number }).numberMatched, OBJECTS);
    } finally {
      serving.kill('SIGTERM');
      assert.equal((await serving.ended).code, 0);
    }
  });

  it('refuses what is no delivery with exit code 2, and leaves the database as it was', async () => {
    const kept = await count();
    await mkdir(join(delivery, '..', 'empty'));
    for (const path of [join(delivery, 'none.gpkg'), join(delivery, '..', 'empty')]) {
      const { code, stderr } = await runCommand(['import', path], database.env);
      assert.equal(code, 2, stderr);
    }
    assert.equal(await count(), kept);
  });
});
