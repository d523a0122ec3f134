/** Flows of one pair: how much ground of each commune went from which class to which. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';

/** Vertices a statement cuts by communes, unless one piece has more; some tenths of a second on the embedded engine. */
const BATCH_POINTS = 50_000;

export interface FluxRow {
  commune: string | null;
  cs_avant: string | null;
  us_avant: string;
  artificiel_avant: boolean;
  impermeable_avant: boolean;
  cs_apres: string;
  us_apres: string;
  artificiel_apres: boolean;
  impermeable_apres: boolean;
  aire_dm2: number;
}

type BatchRow = FluxRow & { dernier: number | null; nombre: number };

/** What is cut: one of the FLUX statements and its values from $4 on. */
interface Surfaces {
  statement: string;
  values: unknown[];
  count: number;
}

/** Sums surfaces by commune of the département (null: in none) and by what they were and became. Throws Stopped. */
export async function cutByCommunes(
  database: Database,
  departement: string,
  { statement, values, count }: Surfaces,
  ctx: StageContext,
): Promise<FluxRow[]> {
  const sums = new Map<string, FluxRow>();
  const step = ctx.report.step('Flows', count, 'pieces');
  for (let last: number | null = 0; last !== null; ) {
    if (ctx.signal.aborted) throw new Stopped('stopped while summing the flows');
    const rows: BatchRow[] = (
      await database.pool.query<BatchRow>(statement, [departement, last, BATCH_POINTS, ...values])
    ).rows;
    const total = summary(rows);
    last = total.dernier;
    step.advance(total.nombre);
    for (const { dernier: _, nombre: __, ...row } of rows) if (row.aire_dm2 > 0) addTo(sums, row);
  }
  step.end();
  return [...sums.values()];
}

/** The row without classes. An answer without it is one the embedded engine broke off, which it does without an error. */
function summary(rows: BatchRow[]): BatchRow {
  const row = rows.find((candidate) => candidate.cs_avant === null);
  if (row === undefined) throw new Error('the database broke off while it cut differences by communes');
  return row;
}

function addTo(sums: Map<string, FluxRow>, { aire_dm2, ...transition }: FluxRow): void {
  const key = JSON.stringify(Object.values(transition));
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, { ...transition, aire_dm2 });
  else sum.aire_dm2 += aire_dm2;
}
