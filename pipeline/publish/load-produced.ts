/** What the checks of the product's own rules need of what we produce: tolerances, and what is listed. Deliveries need not keep them. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import type { ListedObject } from '../polygons-measures.ts';
import { inBatches } from './batches.ts';
import { promotion } from './statements.ts';

export interface ProducedRules {
  /** By how much drawing the borders may have narrowed an object. */
  widthToleranceM: number;
  /** The same of the ossature, whose borders are drawn closer. */
  ossatureToleranceM: number;
  /** A piece of the ossature that reaches nothing and covers less than this floats. */
  floatingBelowM2: number;
  /** Objects that stay below a rule, with the reason. */
  exceptions: () => AsyncIterable<ListedObject>;
}

/** Writes the tolerances into the revision, and loads the exceptions. */
export async function loadProduced(
  database: Database,
  revisionId: number,
  { widthToleranceM, ossatureToleranceM, floatingBelowM2, exceptions }: ProducedRules,
  ctx: StageContext,
): Promise<void> {
  await database.pool.query(
    'update production.revision set tolerance_largeur_m = $2, tolerance_ossature_m = $3, ossature_isolee_m2 = $4 where id = $1',
    [revisionId, widthToleranceM, ossatureToleranceM, floatingBelowM2],
  );
  const statement = promotion('load-exceptions', revisionId);
  for await (const batch of inBatches(exceptions())) {
    ctx.signal.throwIfAborted();
    const columns = [batch.map(({ id }) => id), batch.map(({ rule }) => rule), batch.map(({ reason }) => reason)];
    await database.pool.query(statement, [revisionId, ...columns]);
  }
}

const WOODS_RANGE = 250;

/** Lists the woods too narrow for the use that references gave them; again, it lists nothing more. Geometries must be valid. */
export async function listNarrowWoods(
  database: Database,
  revisionId: number,
  lastRang: number,
  ctx: StageContext,
): Promise<void> {
  const statement = promotion('list-narrow-woods', revisionId);
  for (let first = 1; first <= lastRang; first += WOODS_RANGE) {
    ctx.signal.throwIfAborted();
    await database.pool.query(statement, [revisionId, first, first + WOODS_RANGE - 1]);
  }
}
