/** Takes away revisions nobody reads any more, and what killed loads left. */
import type { Database } from '../../sql/database.ts';
import { inTransaction } from '../../sql/transaction.ts';
import { deleteRevision, dropPartition } from './revision.ts';

/** A load says every 5 s that it is alive; one that has not for a minute was killed, or one whose command's run has failed. */
const STALE_SECONDS = 60;

interface Candidate {
  id: number;
  departement: string;
  millesime: number;
}

/**
 * Drops revisions superseded or failed more than `keepHours` ago (readers may hold links into them until then) and dead loads.
 * Safe to run at any time and by several at once. Returns the ids of what went.
 */
export async function sweep(
  database: Database,
  keepHours: number,
  options: { staleSeconds?: number } = {},
): Promise<number[]> {
  const { rows } = await database.pool.query<Candidate>(
    `select r.id, r.departement, r.millesime
       from production.revision r
       join production.millesime m using (departement, millesime)
      where r.id is distinct from m.revision_courante
        and case r.etat when 'loading' then r.heartbeat_at < now() - make_interval(secs => $2)
                          or exists (select from production.run where run.id = r.run_id and run.origine = 'command' and run.status = 'failed')
                        else coalesce(r.superseded_at, r.created_at) < now() - make_interval(secs => $1) end
      order by r.id`,
    [keepHours * 3600, options.staleSeconds ?? STALE_SECONDS],
  );
  const swept: number[] = [];
  for (const candidate of rows) {
    if (!(await withdraw(database, candidate))) continue;
    await dropPartition(database, candidate.id);
    await deleteRevision(database, candidate.id);
    swept.push(candidate.id);
  }
  return swept;
}

/** Marks a revision as not to be read or published; false when it became current in between. */
async function withdraw(database: Database, { id, departement, millesime }: Candidate): Promise<boolean> {
  return inTransaction(database, async (client) => {
    const { rows } = await client.query<{ revision_courante: number | null }>(
      `select revision_courante from production.millesime where departement = $1 and millesime = $2 for no key update`,
      [departement, millesime],
    );
    if (rows[0]?.revision_courante === id) return false;
    await client.query(`update production.revision set etat = 'failed' where id = $1`, [id]);
    return true;
  });
}
