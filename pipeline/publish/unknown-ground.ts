/** Ground inside a revision's extent that is no object, into its table: what no image knows, and what the limit goes round. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { inBatches } from './batches.ts';
import type { OtherVertices } from './republish.ts';
import { promotion } from './statements.ts';

/** Inserts WKB polygons in their order. */
export async function loadUnknownGround(
  database: Database,
  revisionId: number,
  polygons: AsyncIterable<Buffer>,
  srid: number,
  ctx: StageContext,
): Promise<void> {
  const statement = promotion('load-unknown-ground', revisionId);
  let count = 0;
  for await (const batch of inBatches(itemsOf(polygons))) {
    ctx.signal.throwIfAborted();
    await database.pool.query(statement, [revisionId, srid, count + 1, batch.map(({ wkb }) => wkb)]);
    count += batch.length;
  }
}

async function* itemsOf(polygons: AsyncIterable<Buffer>): AsyncGenerator<{ wkb: Buffer }> {
  for await (const wkb of polygons) yield { wkb };
}

/** Copies those of revision `from`, `joined` with their new vertices. */
export async function copyUnknownGround(
  database: Database,
  revisionId: number,
  from: number,
  joined: AsyncIterable<OtherVertices>,
): Promise<void> {
  await database.pool.query(promotion('copy-unknown-ground', revisionId), [revisionId, from]);
  for await (const batch of inBatches(joined)) {
    const columns = [batch.map(({ rang }) => rang), batch.map(({ wkb }) => wkb)];
    await database.pool.query(promotion('join-unknown-ground', revisionId), [revisionId, ...columns]);
  }
}

/** Their number, which is the last one's rang. */
export async function countUnknownGround(database: Database, revisionId: number): Promise<number> {
  // Primary key of sol_inconnu.
  const { rows } = await database.pool.query<{ nombre: number }>(
    'select count(*) as nombre from production.sol_inconnu where revision_id = $1',
    [revisionId],
  );
  return rows[0]!.nombre;
}
