/** What of two published coverages lies near both. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { createEdgeLedger, type ExposedEdge } from '../edge-ledger.ts';
import { Stopped } from '../errors.ts';
import { ON_EDGE_M } from './common-limit.ts';

/** Objects looked at by a statement; most are told apart by their boxes alone. On the embedded engine everybody else waits. */
const RANGE = 5_000;

interface BorderRow {
  rang: number;
  wkb: Buffer;
}

/**
 * Outer edges of revision `of` where it meets the ground of revision `beside`, each with the rang of its object; among them may be
 * inner ones, whose other side was not read: they lie on no box of an object of `beside`. Throws Stopped.
 */
export async function readBorder(
  database: Database,
  of: number,
  beside: number,
  ctx: StageContext,
): Promise<ExposedEdge[]> {
  const ledger = createEdgeLedger();
  // Primary key of the partition.
  const { rows: last } = await database.pool.query<{ rang: number | null }>(
    'select max(rang) as rang from production.occupation_sol where revision_id = $1',
    [of],
  );
  const lastRang = last[0]!.rang ?? 0;
  const step = ctx.report.step('Border', lastRang, 'objects');
  for (let first = 1; first <= lastRang; first += RANGE) {
    if (ctx.signal.aborted) throw new Stopped('stopped while reading the objects along the limit');
    // Primary key of one partition, gist index of the other.
    const { rows } = await database.pool.query<BorderRow>(
      `select o.rang, ST_AsBinary(o.geom, 'NDR') as wkb
         from production.occupation_sol o
        where o.revision_id = $1 and o.rang between $3 and $4
          and exists (select 1 from production.occupation_sol n
                       where n.revision_id = $2 and n.geom && ST_Expand(o.geom, $5::float8))
        order by o.rang`,
      [of, beside, first, first + RANGE - 1, ON_EDGE_M],
    );
    for (const { rang, wkb } of rows) ledger.add(wkb, rang);
    step.advance(RANGE);
  }
  step.end();
  return ledger.exposed();
}
