import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { partitionTable } from './statements.ts';
import { makeStock } from './statistics.ts';

/** Sums the stocks of every kept revision of a département again, after its communes changed. */
export async function remakeStocks(database: Database, departement: string, ctx: StageContext): Promise<void> {
  // index revision_millesime
  const { rows } = await database.pool.query<{ id: number }>(
    `select id from production.revision where departement = $1 and etat = 'ready' order by id`,
    [departement],
  );
  for (const { id } of rows) await makeStock(database, id, partitionTable(id), ctx);
}
