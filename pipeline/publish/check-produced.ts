/** The product's own rules on what we produce: minimal units, widths, the ossature in one piece. Deliveries need not keep them. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import type { ListedObject } from '../polygons-measures.ts';
import { inBatches } from './batches.ts';
import { type CheckResult, runChecks } from './run-checks.ts';
import { promotion } from './statements.ts';

export interface ProducedRules {
  /** By how much drawing the borders may have narrowed an object. */
  widthToleranceM: number;
  /** The same of the ossature, whose borders are drawn closer. */
  ossatureToleranceM: number;
  /** Objects that stay below a unit or a width, with the reason. */
  exceptions: () => AsyncIterable<ListedObject>;
}

const WOODS_RANGE = 250;

/** Loads the exceptions, lists the woods too narrow for the use that references gave them, and runs the checks of sql/checks/produced and produced-zones. `zones`: how many the revision has. */
export async function checkProduced(
  database: Database,
  revisionId: number,
  { widthToleranceM, ossatureToleranceM, exceptions }: ProducedRules,
  { lastRang, zones }: { lastRang: number; zones: number },
  ctx: StageContext,
): Promise<CheckResult[]> {
  await database.pool.query(
    'update production.revision set tolerance_largeur_m = $2, tolerance_ossature_m = $3 where id = $1',
    [revisionId, widthToleranceM, ossatureToleranceM],
  );
  const statement = promotion('load-exceptions', revisionId);
  for await (const batch of inBatches(exceptions())) {
    ctx.signal.throwIfAborted();
    const columns = [batch.map(({ id }) => id), batch.map(({ rule }) => rule), batch.map(({ reason }) => reason)];
    await database.pool.query(statement, [revisionId, ...columns]);
  }
  const listWoods = promotion('list-narrow-woods', revisionId);
  for (let first = 1; first <= lastRang; first += WOODS_RANGE) {
    ctx.signal.throwIfAborted();
    await database.pool.query(listWoods, [revisionId, first, first + WOODS_RANGE - 1]);
  }
  return [
    ...(await runChecks(database, revisionId, 'produced', { last: lastRang }, ctx)),
    ...(await runChecks(database, revisionId, 'produced-zones', { last: zones }, ctx)),
  ];
}
