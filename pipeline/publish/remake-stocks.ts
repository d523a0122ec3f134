import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { partitionTable } from './statements.ts';
import { makeStock } from './statistics.ts';

/** Sums the stocks of every kept revision of a département again, after its communes changed. Returns the current revisions. */
export async function remakeStocks(database: Database, departement: string, ctx: StageContext): Promise<number[]> {
  // index revision_millesime
  const { rows } = await database.pool.query<{ id: number; current: boolean }>(
    `select r.id, r.id = m.revision_courante as current
       from production.revision r
       join production.millesime m using (departement, millesime)
      where r.departement = $1 and r.etat = 'ready' order by r.id`,
    [departement],
  );
  for (const { id } of rows) await makeStock(database, id, partitionTable(id), ctx);
  return rows.filter(({ current }) => current).map(({ id }) => id);
}
