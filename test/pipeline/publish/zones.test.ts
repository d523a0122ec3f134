/** The zone construite goes with its revision: loaded, checked, brought back, swept away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ZoneConstruite } from '../../../pipeline/artefacts.ts';
import { makePairs } from '../../../pipeline/changes/make-pairs.ts';
import { publish } from '../../../pipeline/publish/publish.ts';
import { rollback } from '../../../pipeline/publish/rollback.ts';
import { ChecksFailed } from '../../../pipeline/publish/run-checks.ts';
import { sweep } from '../../../pipeline/publish/sweep.ts';
import { openTestDatabase } from '../../database.ts';
import { box, ctx, demo, field, objetOf, stream } from './squares.ts';

const database = await openTestDatabase();
const preparePairs = (revisionId: number) => makePairs(database, revisionId, ctx);

async function* zonesOf(rings: Record<string, [number, number][]>): AsyncGenerator<ZoneConstruite> {
  for (const [id, ring] of Object.entries(rings)) yield { id, wkb: objetOf({ id, rings: [ring] }).wkb };
}

const publishField = (millesime: number, zones?: Record<string, [number, number][]>) =>
  publish(
    database,
    { objets: () => stream(field), zones: zones && (() => zonesOf(zones)) },
    demo(millesime),
    { requireCoverage: true, keepHours: 24, preparePairs },
    ctx,
  );

const published = async (millesime: number) =>
  (
    await database.pool.query(
      `select z.id, z.departement, z.millesime, z.aire_m2
         from published.millesime m left join published.zone_construite z using (revision_id)
        where m.millesime = $1 order by z.rang`,
      [millesime],
    )
  ).rows;

const stored = async (revisionId: number): Promise<number> =>
  (await database.pool.query('select count(*) from production.zone_construite where revision_id = $1', [revisionId]))
    .rows[0].count;

test('zones are published with the objects, come back with a rollback and go with the sweep', async () => {
  const { rapport } = await publishField(2019, { est: box(0, 0, 30, 20), ouest: box(30, 0, 10, 10) });
  assert.deepEqual(await published(2019), [
    { id: 'est', departement: '999', millesime: 2019, aire_m2: 600 },
    { id: 'ouest', departement: '999', millesime: 2019, aire_m2: 100 },
  ]);
  const checks = rapport['verifications'] as { nom: string; passe: boolean }[];
  assert.ok(checks.some(({ nom, passe }) => nom === 'zones share no ground' && passe));
  const { rows } = await database.pool.query<{ geojson: { coordinates: number[][][] } }>(
    'select geojson_wgs84::json as geojson from published.zone_construite order by rang limit 1',
  );
  const [west, south] = rows[0]!.geojson.coordinates[0]![0]!;
  assert.ok(Math.abs(west! - 0.58) < 0.1 && Math.abs(south! - 43.66) < 0.1, `${west} ${south}`);

  const second = await publishField(2019, { seule: box(0, 0, 5, 5) });
  assert.equal((await published(2019)).length, 1);
  await rollback(database, '999', 2019, { preparePairs });
  assert.equal((await published(2019)).length, 2);
  assert.equal(await stored(second.revisionId), 1);
  assert.deepEqual(await sweep(database, 0), [second.revisionId]);
  assert.equal(await stored(second.revisionId), 0);
});

test('a millésime without a zone construite has none, one with an empty zone has one of nothing', async () => {
  const count = async (revisionId: number) =>
    (await database.pool.query('select nombre_zones from published.revision where id = $1', [revisionId])).rows[0]
      .nombre_zones;
  assert.equal(await count((await publishField(2020)).revisionId), null);
  assert.equal(await count((await publishField(2021, {})).revisionId), 0);
});

test('a zone that is no valid polygon, or lies on another, is refused and what was published stays', async () => {
  const bowTie: [number, number][] = [
    [0, 0],
    [10, 10],
    [10, 0],
    [0, 10],
  ];
  await assert.rejects(publishField(2019, { noeud: bowTie }), (error: ChecksFailed) => {
    assert.ok(error instanceof ChecksFailed);
    assert.match(error.message, /zones are valid polygons.*noeud \(Self-intersection/);
    return true;
  });
  await assert.rejects(publishField(2019, { a: box(0, 0, 10, 10), b: box(9, 0, 10, 10) }), /zones share no ground.*a/);
  assert.equal((await published(2019)).length, 2);
  const { rows } = await database.pool.query(
    `select count(*) from production.zone_construite z join production.revision r on r.id = z.revision_id where r.etat = 'failed'`,
  );
  assert.equal(rows[0].count, 0, 'of a refused revision only the report stays');
});
