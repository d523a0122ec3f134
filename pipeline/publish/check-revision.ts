/** All that a revision must be before anybody sees it: run when it is published first, and when it is published again. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { listNarrowWoods } from './load-produced.ts';
import { proveCoverage } from './prove-coverage.ts';
import { type CheckResult, passes, runChecks } from './run-checks.ts';
import type { CheckFolder } from './statements.ts';
import { countUnknownGround } from './unknown-ground.ts';

export interface RevisionChecks {
  /** What the revision must be. */
  checks: CheckResult[];
  /** Whether it is a coverage: for what we produce, one of the above. */
  proof: CheckResult[];
}

/**
 * Checks the objects of a revision up to `lastRang`, with its zones, its ground without objects, its exceptions and tolerances, all
 * loaded before. `ours`: what we produce is a coverage with complete attributes. Where the rules of the product were applied, they
 * are checked when all else holds. An empty proof: geometries are not sound enough for one.
 */
export async function checkRevision(
  database: Database,
  revisionId: number,
  { lastRang, ours }: { lastRang: number; ours: boolean },
  ctx: StageContext,
): Promise<RevisionChecks> {
  const { zones, produced } = await contentOf(database, revisionId);
  const run = (folder: CheckFolder, last: number) => runChecks(database, revisionId, folder, { last }, ctx);
  const checks = await run('every-revision', lastRang);
  if (ours) checks.push(...(await run('coverage', lastRang)));
  if (zones !== null) checks.push(...(await run('zone-construite', zones)));
  if (ours) checks.push(...(await run('unknown-ground', await countUnknownGround(database, revisionId))));
  if (!checks.every(passes)) return { checks, proof: [] };
  const rules = async () => {
    await listNarrowWoods(database, revisionId, lastRang, ctx);
    return [
      ...(await run('produced', lastRang)),
      ...(await run('produced-zones', zones ?? 0)),
      ...(await run('ossature', lastRang)),
    ];
  };
  return { checks, proof: await proveCoverage(database, revisionId, ctx, produced ? rules : undefined) };
}

/** How many zones it has, null: none were made; whether the product's rules were applied. */
async function contentOf(database: Database, revisionId: number): Promise<{ zones: number | null; produced: boolean }> {
  // Primary key of revision.
  const { rows } = await database.pool.query<{ zones: number | null; produced: boolean }>(
    `select nombre_zones as zones, tolerance_largeur_m is not null as produced from production.revision where id = $1`,
    [revisionId],
  );
  return rows[0]!;
}
