/** Small published millésimes, put straight into the tables: what the server reads, without the chain that makes it. */
import { pino } from 'pino';
import { createApp } from '../../server/app.ts';
import type { WorkerProcess } from '../../server/worker-process.ts';
import { noWorker } from '../../server/worker-process.ts';
import type { Database } from '../../sql/database.ts';

export interface SquaresOptions {
  departement?: string;
  millesime: number;
  /** Squares of 10 m, row by row from the south-west corner (506000, 6287000), `perRow` in a row. */
  count: number;
  perRow?: number;
  estCouverture?: boolean;
  attribution?: string;
  imageDebut?: string;
  imageFin?: string;
}

/** The app as tests ask it: every request sees the database as it is. */
export const testApp = (database: Database, options: { publicUrl?: string; worker?: WorkerProcess } = {}) =>
  createApp({
    config: { publicUrl: options.publicUrl, trustProxy: false },
    database,
    writeDatabase: database,
    pages: {},
    log: pino({ level: 'silent' }),
    worker: options.worker ?? noWorker,
    registryCheckMs: 0,
  });

/**
 * Publishes squares whose classes go round: CS1.1.1.1 US5 (artificial), CS2.1.1.1 US1.2, CS2.2.1 US1.1, CS1.2.2 US3. Returns the
 * revision. Square n (from 1) has the id OCSGE followed by n on 19 digits.
 */
export async function publishSquares({ pool }: Database, options: SquaresOptions): Promise<number> {
  const { departement = '999', millesime, count, perRow = 50, estCouverture = true } = options;
  await pool.query(
    `insert into production.millesime (departement, millesime, image_debut, image_fin, origine, etat, attribution, licence, srid)
     values ($1, $2, $3, $4, 'produced', 'auto', $5, 'Licence de test', 2154) on conflict do nothing`,
    [
      departement,
      millesime,
      options.imageDebut ?? null,
      options.imageFin ?? null,
      options.attribution ?? `Carrés <${millesime}>`,
    ],
  );
  const { rows } = await pool.query<{ id: number }>(
    `insert into production.revision (departement, millesime, etat, origine, srid, nombre_objets, aire_m2, est_couverture,
                                      superposition_m2, zoom_min, zoom_max)
     values ($1, $2, 'ready', 'produced', 2154, $3, $3 * 100, $4, $5, 13, 16) returning id`,
    [departement, millesime, count, estCouverture, estCouverture ? 0 : 1234.5],
  );
  const revisionId = rows[0]!.id;
  const table = `production.occupation_sol_r${revisionId}`;
  await pool.query(`create table ${table} partition of production.occupation_sol for values in (${revisionId})`);
  await pool.query(
    `insert into ${table}
     select $1, n, 'OCSGE' || lpad(n::text, 19, '0'), cs, us, $2, $3, 'test', 0, null, null, 100, artificiel, false, artificiel,
            0.5, null, null, null, md5(st_asbinary(geom))::uuid, geom, published.geojson(st_transform(geom, 4326), 7)
       from generate_series(1, $4::int) as n,
            lateral (select st_makeenvelope(x, y, x + 10, y + 10, 2154) as geom
                       from (select 506000 + (n - 1) % $5::int * 10 as x, 6287000 + (n - 1) / $5::int * 10 as y) as corner) as square,
            lateral (select (array['CS1.1.1.1', 'CS2.1.1.1', 'CS2.2.1', 'CS1.2.2'])[n % 4 + 1] as cs,
                            (array['US5', 'US1.2', 'US1.1', 'US3'])[n % 4 + 1] as us, n % 4 = 0 as artificiel) as classes`,
    [revisionId, departement, millesime, count, perRow],
  );
  await pool.query(`alter table ${table} add primary key (revision_id, rang)`);
  await pool.query(`create index on ${table} using gist (geom)`);
  await pool.query(
    `update production.revision set
        emprise_locale = (select array[st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)] from (select st_extent(geom) as e from ${table}) as x),
        emprise_wgs84 = (select array[st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)]
                           from (select st_extent(st_transform(geom, 4326)) as e from ${table}) as x)
      where id = $1`,
    [revisionId],
  );
  await swap({ pool }, departement, millesime, revisionId);
  return revisionId;
}

/** Gives a revision a zone construite: squares of 20 m, `perRow` in a row 30 m apart, from the corner the objects begin at. */
export async function publishZones({ pool }: Pick<Database, 'pool'>, revisionId: number, count: number, perRow = 10) {
  await pool.query(
    `insert into production.zone_construite
     select $1, n, 'ZONE' || lpad(n::text, 5, '0'), 400, geom, published.geojson(st_transform(geom, 4326), 7)
       from generate_series(1, $2::int) as n,
            lateral (select 506000 + (n - 1) % $3::int * 30 as x, 6287000 + (n - 1) / $3::int * 30 as y) as corner,
            lateral (select st_makeenvelope(x, y, x + 20, y + 20, 2154) as geom) as square`,
    [revisionId, count, perRow],
  );
  await pool.query('update production.revision set nombre_zones = $2 where id = $1', [revisionId, count]);
}

/** Makes a revision current, and says so in the list of publications. */
export async function swap(
  { pool }: Pick<Database, 'pool'>,
  departement: string,
  millesime: number,
  revisionId: number,
) {
  await pool.query('update production.millesime set revision_courante = $3 where departement = $1 and millesime = $2', [
    departement,
    millesime,
    revisionId,
  ]);
  await pool.query('insert into production.publication (departement, millesime, revision_id) values ($1, $2, $3)', [
    departement,
    millesime,
    revisionId,
  ]);
}

/** Removes a revision as the sweep does. */
export async function removeRevision({ pool }: Pick<Database, 'pool'>, revisionId: number): Promise<void> {
  await pool.query(`drop table production.occupation_sol_r${revisionId}`);
  await pool.query('delete from production.revision where id = $1', [revisionId]);
}

/** Differences between two revisions of 999: square n was CS2.2.1 US1.1 and is CS1.1.1.1 US5 for n up to `artif`, and the other way round for the next `desartif`. */
export async function publishPair(
  { pool }: Pick<Database, 'pool'>,
  pair: { avant: number; apres: number; years: [number, number]; artif: number; desartif: number; comparedM2: number },
): Promise<void> {
  const { avant, apres, years, artif, desartif, comparedM2 } = pair;
  await pool.query(`insert into production.difference_paire values ($1, $2, '999', $3, $4, $5, 10, $6, 700, 300)`, [
    avant,
    apres,
    ...years,
    artif + desartif,
    comparedM2 * 100,
  ]);
  await pool.query(
    `insert into production.difference
     select $1, $2, n, 'D' || n, 'OCSGE' || lpad(n::text, 19, '0'), 'OCSGE' || lpad(n::text, 19, '0'),
            case when n <= $3 then 'CS2.2.1' else 'CS1.1.1.1' end, case when n <= $3 then 'US1.1' else 'US5' end, n > $3, n > $3,
            case when n <= $3 then 'CS1.1.1.1' else 'CS2.2.1' end, case when n <= $3 then 'US5' else 'US1.1' end, n <= $3, n <= $3,
            10000, geom, published.geojson(st_transform(geom, 4326), 7)
       from generate_series(1, $3::int + $4::int) as n,
            lateral (select st_makeenvelope(506000 + n * 10, 6287000, 506010 + n * 10, 6287010, 2154) as geom) as square`,
    [avant, apres, artif, desartif],
  );
  await pool.query(
    `insert into production.statistique_flux
     select revision_avant, revision_apres, case when rang % 2 = 0 then '99901' end, cs_avant, us_avant, artificiel_avant,
            impermeable_avant, cs_apres, us_apres, artificiel_apres, impermeable_apres, sum(aire_dm2)
       from production.difference where revision_avant = $1 and revision_apres = $2
      group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`,
    [avant, apres],
  );
}
