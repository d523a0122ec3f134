/** A published revision again, some of its objects with other vertices on the same ground. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { inBatches } from './batches.ts';
import { checkRevision } from './check-revision.ts';
import { abandonRevision, attachPartition, keepAlive, type MillesimeDescription, openRevision } from './revision.ts';
import { ChecksFailed, passes } from './run-checks.ts';
import { partitionTable, promotion } from './statements.ts';
import { makeStock } from './statistics.ts';
import { type PreparePairs, swapIn } from './swap.ts';
import { makeTiles } from './tiles.ts';
import { copyUnknownGround } from './unknown-ground.ts';

/** The current revision of a millésime. */
export interface CurrentRevision {
  revisionId: number;
  millesime: MillesimeDescription;
  estCouverture: boolean;
}

/** A new geometry, by the rang it has and keeps. */
export interface OtherVertices {
  rang: number;
  wkb: Buffer;
}

/** What has other vertices than in the revision it is made from. */
export interface Changed {
  rangs: number[];
  /** Of these rangs. */
  objects: AsyncIterable<OtherVertices>;
  /** Ground without objects. */
  unknownGround: AsyncIterable<OtherVertices>;
}

/** Objects copied by a statement: on the embedded engine everybody else waits. */
const COPIED = 5_000;

/**
 * Publishes the objects of `current` again as a new revision, those of `changed` with their new vertices: ids, attributes and stored
 * areas stay. All checks of a first publication are made again, and the proof of the coverage; statistics, tiles and pairs are made
 * as for any revision. `rapport`: added to its report. The one-row swap comes last, and only if `current` is still the current one.
 * A failure or a kill leaves what was published. Throws ChecksFailed.
 */
export async function republish(
  database: Database,
  current: CurrentRevision,
  changed: Changed,
  options: { rapport: object; runId?: string | undefined; preparePairs: PreparePairs },
  ctx: StageContext,
): Promise<number> {
  const { departement, millesime } = current.millesime;
  const revisionId = await openRevision(database, current.millesime, options.runId);
  const endKeepAlive = keepAlive(database, revisionId);
  try {
    const lastRang = await copyObjects(database, revisionId, current.revisionId, changed, ctx);
    await attachPartition(database, revisionId);
    for (const statement of ['copy-zones', 'copy-exceptions']) {
      await database.pool.query(promotion(statement, revisionId), [revisionId, current.revisionId]);
    }
    const rapport = JSON.stringify(options.rapport);
    await database.pool.query(promotion('copy-revision', revisionId), [revisionId, current.revisionId, rapport]);
    await copyUnknownGround(database, revisionId, current.revisionId, changed.unknownGround);
    await check(database, revisionId, current, lastRang, ctx);
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
  changed: Changed,
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

/** Throws ChecksFailed. A delivery that is a coverage stays one; it need not be what we produce. */
async function check(
  database: Database,
  revisionId: number,
  { millesime }: CurrentRevision,
  lastRang: number,
  ctx: StageContext,
): Promise<void> {
  const ours = millesime.origine === 'produced';
  const { checks, proof } = await checkRevision(database, revisionId, { lastRang, ours }, ctx);
  const failed = [...checks, ...proof].filter((result) => !passes(result));
  if (failed.length > 0) throw new ChecksFailed(failed);
}
