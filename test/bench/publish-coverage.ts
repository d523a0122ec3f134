import type { StageContext } from '../../pipeline/artefacts.ts';
import { makePairs } from '../../pipeline/changes/make-pairs.ts';
import { millesimeCollectionId } from '../../pipeline/departement.ts';
import { silentReport } from '../../pipeline/log.ts';
import { publish } from '../../pipeline/publish/publish.ts';
import type { Database } from '../../sql/database.ts';
import { type CoverageOptions, coverageObjects } from './coverage.ts';

export const DEPARTEMENT = '999';

/** A context that says nothing and is never stopped. */
export const quiet: StageContext = { report: silentReport, signal: new AbortController().signal, threads: 2 };

/** Publishes a seeded coverage as a millésime of 999, through the stage that publishes anybody's. Returns its collection's id. */
export async function publishCoverage(
  database: Database,
  millesime: number,
  options: CoverageOptions,
): Promise<{ collectionId: string; revisionId: number }> {
  const { revisionId } = await publish(
    database,
    { objets: () => asynchronous(coverageObjects(options)), count: options.objects },
    {
      departement: DEPARTEMENT,
      millesime,
      srid: 2154,
      origine: 'produced',
      etat: 'auto',
      attribution: 'Couverture tirée au sort (fictive)',
      licence: 'MIT',
    },
    {
      requireCoverage: true,
      keepHours: 24,
      preparePairs: (id) => makePairs(database, id, quiet),
    },
    quiet,
  );
  return { collectionId: millesimeCollectionId(DEPARTEMENT, millesime), revisionId };
}

async function* asynchronous<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
