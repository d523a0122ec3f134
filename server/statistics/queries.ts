/** Sums of the rows made at publication: per commune and class (stocks), per commune and transition (flows). */
import { sql } from 'kysely';
import type { Database } from '../../sql/database.ts';
import type { Millesime, Pair } from '../published-collections.ts';
import type { Territory } from './territory.ts';

export interface StockRow {
  revisionId: number;
  codeCs: string;
  codeUs: string;
  artificiel: boolean;
  impermeable: boolean;
  aireDm2: number;
}

/** Ground outside any known commune has a row of its own: it counts in a département, in no commune. */
export async function readStockRows(
  { db }: Database,
  millesimes: Millesime[],
  { niveau, code }: Territory,
): Promise<StockRow[]> {
  const revisions = millesimes.map(({ revisionId }) => revisionId);
  const { rows } = await sql<StockRow>`
    select revision_id as "revisionId", code_cs as "codeCs", code_us as "codeUs", artificiel, impermeable,
           sum(aire_dm2)::bigint as "aireDm2"
      from published.statistique_stock           -- index (revision_id, commune)
     where revision_id = any(${revisions}::bigint[])
       and ${niveau === 'commune' ? sql`commune = ${code}` : sql`true`}
     group by revision_id, code_cs, code_us, artificiel, impermeable`.execute(db);
  return rows;
}

export interface FluxRow {
  csAvant: string;
  usAvant: string;
  artificielAvant: boolean;
  impermeableAvant: boolean;
  csApres: string;
  usApres: string;
  artificielApres: boolean;
  impermeableApres: boolean;
  aireDm2: number;
}

/** Joined on both revisions of each pair: joined on the commune alone, three millésimes would be multiplied. */
export async function readFluxRows({ db }: Database, pairs: Pair[], { niveau, code }: Territory): Promise<FluxRow[]> {
  const { rows } = await sql<FluxRow>`
    select cs_avant as "csAvant", us_avant as "usAvant", artificiel_avant as "artificielAvant",
           impermeable_avant as "impermeableAvant", cs_apres as "csApres", us_apres as "usApres",
           artificiel_apres as "artificielApres", impermeable_apres as "impermeableApres", sum(aire_dm2)::bigint as "aireDm2"
      from unnest(${pairs.map((pair) => pair.avant.revisionId)}::bigint[],
                  ${pairs.map((pair) => pair.apres.revisionId)}::bigint[]) as paire (revision_avant, revision_apres)
      join published.statistique_flux using (revision_avant, revision_apres)   -- index (revision_avant, revision_apres, commune)
     where ${niveau === 'commune' ? sql`commune = ${code}` : sql`true`}
     group by 1, 2, 3, 4, 5, 6, 7, 8`.execute(db);
  return rows;
}
