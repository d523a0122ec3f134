/** The assertions of sql/checks on one revision: zero rows = pass. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { type Check, type CheckFolder, checksOf, partitionTable } from './statements.ts';

const RANGE = 5_000;
/** Of checks that compare, cut and shrink geometries: on the embedded engine everybody else waits for a statement. */
const GEOMETRY_RANGE = 250;
const RANGES: Record<CheckFolder, number> = {
  'every-revision': RANGE,
  coverage: RANGE,
  'zone-construite': RANGE,
  'unknown-ground': RANGE,
  produced: GEOMETRY_RANGE,
  'produced-zones': RANGE,
  'free-edges': GEOMETRY_RANGE,
  ossature: Number.POSITIVE_INFINITY, // looked at as a whole
  outline: Number.POSITIVE_INFINITY,
};
const EXAMPLES = 5;

export interface CheckResult {
  name: string;
  /** Contradictions, at most EXAMPLES of them: the object's id and what was found. */
  examples: { id: string; trouve: string }[];
}

export const passes = ({ examples }: CheckResult) => examples.length === 0;

/** What we would publish is not what it must be. The revision is marked failed; what was published stays. */
export class ChecksFailed extends Error {
  override name = 'ChecksFailed';
  readonly failed: CheckResult[];

  constructor(failed: CheckResult[]) {
    const lines = failed.map(
      ({ name, examples }) =>
        `"${name}" is not true: ${examples.map(({ id, trouve }) => `${id} (${trouve})`).join(', ')}`,
    );
    super(`the revision was not published. ${lines.join('; ')}`);
    this.failed = failed;
  }
}

/** Runs every check of a folder, range by range of objects (or of zones, of ground without objects, of free edges); a check that failed is not run further. */
export async function runChecks(
  database: Database,
  revisionId: number,
  folder: CheckFolder,
  { first = 1, last }: { first?: number; last: number },
  ctx: StageContext,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checksOf(folder)) {
    const examples = await contradictions(database, revisionId, check, { first, last, range: RANGES[folder] }, ctx);
    results.push({ name: check.name, examples });
  }
  return results;
}

async function contradictions(
  database: Database,
  revisionId: number,
  check: Check,
  rangs: { first: number; last: number; range: number },
  ctx: StageContext,
): Promise<CheckResult['examples']> {
  const text = `with objets as not materialized (
      select * from ${partitionTable(revisionId)} where revision_id = $1
    ) ${check.text} limit ${EXAMPLES}`;
  for (let first = rangs.first; first <= rangs.last; first += rangs.range) {
    ctx.signal.throwIfAborted();
    const last = Math.min(first + rangs.range - 1, rangs.last);
    const { rows } = await database.pool.query<{ id: string; trouve: string }>(text, [revisionId, first, last]);
    if (rows.length > 0) return rows;
  }
  return [];
}
