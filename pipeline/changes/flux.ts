/** Flows of one pair: how much ground of each commune went from which class to which. */
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import type { Pair } from './pair.ts';
import { FLUX } from './queries.ts';

/** Pieces a statement cuts by communes. */
const BATCH = 2_000;

export interface FluxRow {
  commune: string | null;
  cs_avant: string;
  us_avant: string;
  artificiel_avant: boolean;
  impermeable_avant: boolean;
  cs_apres: string;
  us_apres: string;
  artificiel_apres: boolean;
  impermeable_apres: boolean;
  aire_dm2: number;
}

/** Sums the pieces of the pair by commune (null: in none) and by what they were and became. */
export async function cutByCommunes(pair: Pair, ctx: StageContext): Promise<FluxRow[]> {
  const sums = new Map<string, FluxRow>();
  for (let last = 0; ; ) {
    if (ctx.signal.aborted) throw new Stopped('stopped while summing the flows');
    const { rows } = await pair.database.pool.query<FluxRow & { dernier: number }>(FLUX, [
      pair.travail,
      pair.departement,
      last,
      BATCH,
    ]);
    if (rows.length === 0) return [...sums.values()].filter((row) => row.aire_dm2 > 0);
    for (const { dernier, ...row } of rows) {
      last = Math.max(last, dernier);
      addTo(sums, row);
    }
  }
}

function addTo(sums: Map<string, FluxRow>, { aire_dm2, ...transition }: FluxRow): void {
  const key = JSON.stringify(Object.values(transition));
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, { ...transition, aire_dm2 });
  else sum.aire_dm2 += aire_dm2;
}
