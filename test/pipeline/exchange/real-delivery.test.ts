/** The real extract of Pas-de-Calais 2018: 10 439 objects as IGN's production left them, faults included. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importDelivery } from '../../../pipeline/exchange/import-delivery.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { publish } from '../../../pipeline/publish/publish.ts';
import { openTestDatabase, type TestDatabase } from '../../database.ts';

const samples = process.env['OCSGE_SAMPLES'];
const skip =
  samples !== undefined && existsSync(samples) ? false : 'OCSGE_SAMPLES is not set: no real delivery at hand';
const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };

test('a real delivery is published as delivered, its faults counted', { skip }, async () => {
  const database = await openTestDatabase();
  const path = join(samples!, 'ocsge-d062-2018', 'OCS-GE_2-0__GPKG_LAMB93_D062_2018-01-01');
  const { dataDir } = database.connection;
  const { revisionId, rapport } = await importDelivery(
    path,
    { dataDir },
    async (delivery) =>
      publish(
        database,
        { objets: delivery.objets, count: delivery.count, rapport: delivery.rapport },
        { ...delivery, origine: 'imported', etat: 'final' },
        { requireCoverage: false, keepHours: 24, preparePairs: async () => {} },
        ctx,
      ),
    ctx,
  );
  const report = rapport as {
    objets: number;
    est_couverture: boolean;
    superpositions: { paires: number; aire_m2: number };
    trous: { nombre: number };
    reparees: { id: string; raison: string; aire_avant_m2: number; aire_apres_m2: number }[];
    ecartees: unknown[];
  };
  assert.equal(report.objets, 10_439);
  assert.equal(report.est_couverture, false);
  assert.deepEqual(report.ecartees, []);
  assert.deepEqual(report.reparees.map(({ id }) => id.slice(-4)).sort(), ['0328', '0641', '2098', '2291']);
  for (const { raison, aire_avant_m2, aire_apres_m2 } of report.reparees) {
    assert.match(raison, /\[[\d. ]+\]$/, 'the reason names the place');
    assert.ok(aire_avant_m2 > 0 && aire_apres_m2 > 0, `${aire_avant_m2} → ${aire_apres_m2}`);
  }
  const { paires, aire_m2 } = report.superpositions;
  assert.ok(paires > 7_480 && paires < 7_510, `${paires} pairs`);
  assert.ok(Math.abs(aire_m2 / 1e6 - 2.76) < 0.01, `${aire_m2} m²`);
  assert.ok(report.trous.nombre > 0);
  await assertPublished(database, revisionId);
  assert.deepEqual(readdirSync(join(dataDir, 'tmp')), [], 'the private copy is gone');
});

async function assertPublished(database: TestDatabase, revisionId: number): Promise<void> {
  const { rows } = await database.pool.query(
    `select m.departement, m.millesime, m.srid, m.attribution, m.nombre_objets, m.est_couverture,
            (select count(*) from published.occupation_sol o where o.revision_id = m.revision_id) as lus,
            (select count(*) from published.tile t where t.revision_id = m.revision_id) > 0 as tuiles,
            (select sum(aire_dm2) from published.statistique_stock s where s.revision_id = m.revision_id) > 0 as stocks
       from published.millesime m where m.revision_id = $1`,
    [revisionId],
  );
  assert.deepEqual(rows, [
    {
      departement: '62',
      millesime: 2018,
      srid: 2154,
      attribution: 'IGN – OCS GE, D062 2018',
      nombre_objets: 10_439,
      est_couverture: false,
      lus: 10_439,
      tuiles: true,
      stocks: true,
    },
  ]);
}
