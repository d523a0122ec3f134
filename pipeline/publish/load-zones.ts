/** The zone construite of a revision into its table, batch by batch. */
import type { Database } from '../../sql/database.ts';
import type { StageContext, ZoneConstruite } from '../artefacts.ts';
import { inBatches } from './batches.ts';
import { promotion } from './statements.ts';

/** Inserts the zones in their order, and writes their number into the revision. */
export async function loadZones(
  database: Database,
  revisionId: number,
  zones: AsyncIterable<ZoneConstruite>,
  srid: number,
  ctx: StageContext,
): Promise<void> {
  const statement = promotion('load-zones', revisionId);
  let count = 0;
  for await (const batch of inBatches(zones)) {
    ctx.signal.throwIfAborted();
    const columns = [batch.map(({ id }) => id), batch.map(({ wkb }) => wkb)];
    await database.pool.query(statement, [revisionId, srid, count + 1, ...columns]);
    count += batch.length;
  }
  await database.pool.query('update production.revision set nombre_zones = $2 where id = $1', [revisionId, count]);
  ctx.report.info('Publish:Zones', { revisionId, zones: count });
}
