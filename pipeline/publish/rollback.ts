/** Publishes a former revision again. */
import type { Database } from '../../sql/database.ts';
import { BadInput } from '../errors.ts';
import { type PreparePairs, swapIn } from './swap.ts';

/**
 * Makes the last revision before the current one current again: the same one-row swap. Its objects, statistics and tiles are
 * still there; pairs with the other millésimes are made first where they are missing. Throws BadInput when none is kept.
 */
export async function rollback(
  database: Database,
  departement: string,
  millesime: number,
  options: { preparePairs: PreparePairs },
): Promise<{ revisionId: number }> {
  // index revision_millesime
  const { rows } = await database.pool.query<{ id: number }>(
    `select r.id
       from production.revision r
       join production.millesime m using (departement, millesime)
      where r.departement = $1 and r.millesime = $2 and r.etat = 'ready' and r.id < m.revision_courante
      order by r.id desc limit 1`,
    [departement, millesime],
  );
  if (rows.length === 0) {
    throw new BadInput(
      `${departement} ${millesime}: no former revision is kept; wanted one that is not yet swept away`,
    );
  }
  const revisionId = rows[0]!.id;
  await swapIn(database, { departement, millesime, revisionId, from: 'ready' }, options.preparePairs);
  return { revisionId };
}
