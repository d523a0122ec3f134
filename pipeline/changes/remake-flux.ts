import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { cutByCommunes } from './flux.ts';
import { FLUX_OF_DIFFERENCES, REPLACE_FLUX } from './queries.ts';

/**
 * Sums the flows of every pair of a département again, after its communes changed; the pairs themselves stay. Each pair's flows
 * are replaced in one statement. Throws Stopped.
 */
export async function remakeFlux(database: Database, departement: string, ctx: StageContext): Promise<void> {
  const { rows } = await database.pool.query<{ revision_avant: number; revision_apres: number; nombre: number }>(
    `select revision_avant, revision_apres, nombre from production.difference_paire where departement = $1
      order by revision_avant, revision_apres`,
    [departement],
  );
  for (const { revision_avant, revision_apres, nombre } of rows) {
    const surfaces = { statement: FLUX_OF_DIFFERENCES, values: [revision_avant, revision_apres], count: nombre };
    const flux = await cutByCommunes(database, departement, surfaces, ctx);
    await database.pool.query(REPLACE_FLUX, [revision_avant, revision_apres, JSON.stringify(flux)]);
  }
}
