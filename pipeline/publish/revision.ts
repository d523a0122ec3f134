/** The row and the table of a revision on its way: begun, kept alive, given up. */
import type { Database } from '../../sql/database.ts';
import { inTransaction } from '../../sql/transaction.ts';
import { partitionName, partitionTable, promotion } from './statements.ts';

/** What is published beside the objects: the row of production.millesime. Dates are ISO 8601 days. */
export interface MillesimeDescription {
  /** INSEE's code. */
  departement: string;
  millesime: number;
  srid: number;
  /** M1, M2, M3. */
  cycle?: string | undefined;
  imageDebut?: string | undefined;
  imageFin?: string | undefined;
  origine: 'produced' | 'imported';
  etat: 'auto' | 'in_review' | 'final';
  attribution: string;
  licence: string;
  licenceUrl?: string | undefined;
}

const HEARTBEAT_MS = 5_000;

/** Begins a revision: its row, state `loading`, and its empty table. Nobody sees it before the swap. */
export async function openRevision(
  database: Database,
  millesime: MillesimeDescription,
  runId: string | undefined,
): Promise<number> {
  const { departement, srid, origine, etat, attribution, licence } = millesime;
  const mention = {
    etat,
    cycle: millesime.cycle,
    image_debut: millesime.imageDebut,
    image_fin: millesime.imageFin,
    attribution,
    licence,
    licence_url: millesime.licenceUrl,
  };
  return inTransaction(database, async (client) => {
    await client.query(
      `insert into production.millesime (departement, millesime, origine, etat, attribution, licence, srid)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [departement, millesime.millesime, origine, etat, attribution, licence, srid],
    );
    const { rows } = await client.query<{ id: number }>(
      `insert into production.revision (departement, millesime, origine, srid, mention, run_id)
       values ($1, $2, $3, $4, $5, $6) returning id`,
      [departement, millesime.millesime, origine, srid, JSON.stringify(mention), runId ?? null],
    );
    const { id } = rows[0]!;
    await client.query(promotion('create-partition', id));
    return id;
  });
}

/** Indexes the table and attaches it: its objects can be read under their revision id. */
export async function attachPartition(database: Database, revisionId: number): Promise<void> {
  for (const statement of promotion('attach-partition', revisionId).split(/;\s*$/m)) {
    if (statement.trim() !== '') await database.pool.query(statement); // one by one: others take their turn between them
  }
}

/** Says every few seconds that the load is alive, so that no sweep takes it for a killed one. Returns what ends it. */
export function keepAlive(database: Database, revisionId: number): () => void {
  const timer = setInterval(() => {
    database.pool
      .query('update production.revision set heartbeat_at = now() where id = $1', [revisionId])
      .catch(() => {}); // the load's own statements tell when the database is gone
  }, HEARTBEAT_MS);
  return () => clearInterval(timer);
}

/** Writes what is known of the loaded objects. */
export async function describeRevision(
  database: Database,
  revisionId: number,
  facts: {
    count: number;
    areaM2: number;
    estCouverture: boolean;
    superpositionM2: number;
    bboxWgs84: number[];
    bboxLocal: number[];
    rapport: Record<string, unknown>;
  },
): Promise<void> {
  await database.pool.query(
    `update production.revision
        set nombre_objets = $2, aire_m2 = $3, est_couverture = $4, superposition_m2 = $5, emprise_wgs84 = $6,
            emprise_locale = $7, rapport = rapport || $8::jsonb
      where id = $1`,
    [
      revisionId,
      facts.count,
      facts.areaM2,
      facts.estCouverture,
      facts.superpositionM2,
      facts.bboxWgs84,
      facts.bboxLocal,
      JSON.stringify(facts.rapport),
    ],
  );
}

/**
 * Gives a revision up. `keepReport`: the row stays, `failed`, with its quality report; else nothing of it stays, not even the
 * row of a millésime that has no other revision.
 */
export async function abandonRevision(database: Database, revisionId: number, keepReport: boolean): Promise<void> {
  await database.pool.query(`update production.revision set etat = 'failed' where id = $1`, [revisionId]);
  await dropPartition(database, revisionId);
  if (keepReport) {
    await database.pool.query('delete from production.tile where revision_id = $1', [revisionId]);
    await database.pool.query('delete from production.statistique_stock where revision_id = $1', [revisionId]);
    await database.pool.query('delete from production.zone_construite where revision_id = $1', [revisionId]);
    return;
  }
  await deleteRevision(database, revisionId);
}

/** Deletes the row of a revision whose table is gone; statistics, tiles and pairs go with it (foreign keys). */
export async function deleteRevision(database: Database, revisionId: number): Promise<void> {
  await inTransaction(database, async (client) => {
    const { rows } = await client.query<{ departement: string; millesime: number }>(
      'delete from production.revision where id = $1 returning departement, millesime',
      [revisionId],
    );
    if (rows.length === 0) return;
    await client.query(
      `delete from production.millesime m
        where m.departement = $1 and m.millesime = $2 and m.revision_courante is null
          and not exists (select 1 from production.revision r where r.departement = $1 and r.millesime = $2)`,
      [rows[0]!.departement, rows[0]!.millesime],
    );
  });
}

/**
 * Drops the table of a revision. On a server it is detached `concurrently`: a plain detach makes every reader wait for the
 * readers before it. A detachment cut by a kill is finished.
 */
export async function dropPartition(database: Database, revisionId: number): Promise<void> {
  const { rows } = await database.pool.query<{ pending: boolean }>(
    `select i.inhdetachpending as pending
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'production.occupation_sol'::regclass and c.relname = $1`,
    [partitionName(revisionId)],
  );
  const how = database.engine === 'embedded' ? '' : rows[0]?.pending ? 'finalize' : 'concurrently';
  if (rows.length > 0) {
    await database.pool.query(
      `alter table production.occupation_sol detach partition ${partitionTable(revisionId)} ${how}`,
    );
  }
  await database.pool.query(`drop table if exists ${partitionTable(revisionId)}`);
}
