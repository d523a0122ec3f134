/** Flows of one pair: how much ground of each commune went from which class to which. */
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import type { Pair } from './pair.ts';
import { FLUX } from './queries.ts';

/** Pieces a statement cuts by communes. */
const BATCH = 2_000;

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

type BatchRow = FluxRow & { dernier: number | null };

/** Sums the pieces of the pair by commune (null: in none) and by what they were and became. */
export async function cutByCommunes(pair: Pair, pieces: number, ctx: StageContext): Promise<FluxRow[]> {
  const step = ctx.report.step('Flows', pieces, 'pieces');
  const sums = new Map<string, FluxRow>();
  for (let last: number | null = 0; last !== null; step.advance(BATCH)) {
    if (ctx.signal.aborted) throw new Stopped('stopped while summing the flows');
    const rows: BatchRow[] = await readBatch(pair, last);
    last = summary(rows).dernier;
    for (const { dernier, ...row } of rows) if (row.aire_dm2 > 0) addTo(sums, row);
  }
  step.end();
  return [...sums.values()];
}

async function readBatch(pair: Pair, after: number): Promise<BatchRow[]> {
  const { rows } = await pair.database.pool.query<BatchRow>(FLUX, [pair.travail, pair.departement, after, BATCH]);
  return rows;
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
