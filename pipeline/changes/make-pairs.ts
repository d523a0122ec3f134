/** The pairs a revision needs before it may be published. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { makePair } from './make-pair.ts';

/**
 * Makes what differs between a revision and the current revision of every other millésime of its département, where it is not
 * there yet. Only the demonstration territory may have millésimes of several grids: they are of different ground. Publication and rollback call it before the swap. Throws Stopped.
 */
export async function makePairs(database: Database, revisionId: number, ctx: StageContext): Promise<void> {
  // Index: millesime's primary key.
  const { rows } = await database.pool.query<{ avant: number; apres: number }>(
    `select case when m.millesime < r.millesime then m.revision_courante else r.id end as avant,
            case when m.millesime < r.millesime then r.id else m.revision_courante end as apres
       from production.revision r
       join production.millesime m on m.departement = r.departement and m.millesime <> r.millesime and m.srid = r.srid
      where r.id = $1 and m.revision_courante is not null
      order by m.millesime`,
    [revisionId],
  );
  for (const { avant, apres } of rows) await makePair(database, avant, apres, ctx);
}
