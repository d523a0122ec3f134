/** A published revision again, some of its objects with other vertices on the same ground. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { inBatches } from './batches.ts';
import { abandonRevision, attachPartition, keepAlive, type MillesimeDescription, openRevision } from './revision.ts';
import { ChecksFailed, runChecks } from './run-checks.ts';
import { partitionTable, promotion } from './statements.ts';
import { makeStock } from './statistics.ts';
import { type PreparePairs, swapIn } from './swap.ts';
import { makeTiles } from './tiles.ts';

/** The current revision of a millésime. */
export interface CurrentRevision {
  revisionId: number;
  millesime: MillesimeDescription;
  estCouverture: boolean;
}

/** An object's new geometry, by the rang it has and keeps. */
export interface OtherVertices {
  rang: number;
  wkb: Buffer;
}

/** Objects copied by a statement: on the embedded engine everybody else waits. */
const COPIED = 5_000;

/**
 * Publishes the objects of `current` again as a new revision, those of `changed` with their new vertices: ids, attributes and stored
 * areas stay; checks, statistics, tiles and pairs are made as for any revision. `rapport`: added to its report. The one-row swap
 * comes last, and only if `current` is still the current one. A failure or a kill leaves what was published.
 */
export async function republish(
  database: Database,
  current: CurrentRevision,
  changed: { rangs: number[]; objects: AsyncIterable<OtherVertices> },
  options: { rapport: object; runId?: string | undefined; preparePairs: PreparePairs },
  ctx: StageContext,
): Promise<number> {
  const { departement, millesime } = current.millesime;
  const revisionId = await openRevision(database, current.millesime, options.runId);
  const endKeepAlive = keepAlive(database, revisionId);
  try {
    const lastRang = await copyObjects(database, revisionId, current.revisionId, changed, ctx);
    await attachPartition(database, revisionId);
    await check(database, revisionId, current, lastRang, ctx);
    for (const statement of ['copy-zones', 'copy-exceptions']) {
      await database.pool.query(promotion(statement, revisionId), [revisionId, current.revisionId]);
    }
    const rapport = JSON.stringify(options.rapport);
    await database.pool.query(promotion('copy-revision', revisionId), [revisionId, current.revisionId, rapport]);
    const table = partitionTable(revisionId);
    await makeStock(database, revisionId, table, ctx);
    await makeTiles(database, revisionId, table, ctx);
    const target = { departement, millesime, revisionId, from: 'loading' as const, replacing: current.revisionId };
    await swapIn(database, target, options.preparePairs);
    ctx.report.info('Publish:Swapped', { departement, millesime, revisionId, changed: changed.rangs.length });
    return revisionId;
  } catch (error) {
    await abandonRevision(database, revisionId, error instanceof ChecksFailed).catch(() => {}); // or the next sweep does
    throw error;
  } finally {
    endKeepAlive();
  }
}

/** Returns the last rang. */
async function copyObjects(
  database: Database,
  revisionId: number,
  from: number,
  changed: { rangs: number[]; objects: AsyncIterable<OtherVertices> },
  ctx: StageContext,
): Promise<number> {
  // Primary key of the partition.
  const { rows } = await database.pool.query<{ rang: number; nombre: number }>(
    'select max(rang) as rang, count(*) as nombre from production.occupation_sol where revision_id = $1',
    [from],
  );
  const { rang: lastRang, nombre } = rows[0]!;
  const step = ctx.report.step('Copy', lastRang, 'objects');
  let count = 0;
  for (let first = 1; first <= lastRang; first += COPIED) {
    ctx.signal.throwIfAborted();
    const last = first + COPIED - 1;
    const but = changed.rangs.filter((rang) => rang >= first && rang <= last);
    const values = [revisionId, from, first, last, but];
    count += (await database.pool.query(promotion('copy-objects', revisionId), values)).rowCount ?? 0;
    step.advance(COPIED);
  }
  for await (const batch of inBatches(changed.objects)) {
    ctx.signal.throwIfAborted();
    const values = [revisionId, from, batch.map(({ rang }) => rang), batch.map(({ wkb }) => wkb)];
    count += (await database.pool.query(promotion('copy-objects-joined', revisionId), values)).rowCount ?? 0;
  }
  step.end();
  if (count !== nombre) throw new Error(`${nombre} objects are in revision ${from}, ${count} were copied`);
  return lastRang;
}

/** The checks of any revision; of a coverage those of objects too. Its proof holds: no vertex moved, so no shared border changed. */
async function check(
  database: Database,
  revisionId: number,
  { estCouverture }: CurrentRevision,
  lastRang: number,
  ctx: StageContext,
): Promise<void> {
  const checks = await runChecks(database, revisionId, 'every-revision', { last: lastRang }, ctx);
  if (estCouverture) checks.push(...(await runChecks(database, revisionId, 'coverage', { last: lastRang }, ctx)));
  const failed = checks.filter(({ examples }) => examples.length > 0);
  if (failed.length > 0) throw new ChecksFailed(failed);
}
