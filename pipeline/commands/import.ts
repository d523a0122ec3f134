/** `ocsge import`: a delivery of OCS GE, or territories. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { makePairs } from '../changes/make-pairs.ts';
import { normaliseDepartement } from '../departement.ts';
import { BadInput } from '../errors.ts';
import { type Delivery, importDelivery } from '../exchange/import-delivery.ts';
import { publish } from '../publish/publish.ts';
import { loadTerritoires } from '../run.ts';
import { asRun } from './as-run.ts';
import { type CommandEnv, withDatabase } from './environment.ts';

export interface ImportOptions {
  departement?: string;
  millesime?: string;
  niveau?: string;
}

export async function importAny(what: string[], options: ImportOptions, env: CommandEnv): Promise<void> {
  const territoires = what[0] === 'territoires';
  const paths = territoires ? what.slice(1) : what;
  if (paths.length !== 1) {
    throw new BadInput(
      `${paths.length} paths given; wanted one: import <delivery>, or import territoires <file.geojson>`,
    );
  }
  const { niveau } = options;
  const departement = options.departement === undefined ? undefined : normaliseDepartement(options.departement);
  const millesime = options.millesime === undefined ? undefined : yearOf(options.millesime);
  const ctx: StageContext = { report: env.report, signal: env.signal, threads: env.config.threads };
  await withDatabase(env, (database) =>
    territoires
      ? importTerritoiresFile(paths[0]!, { niveau, departement }, database, env, ctx)
      : publishDelivery(paths[0]!, { departement, millesime }, database, env, ctx),
  );
}

/** Deliveries are published as delivered; what is not as it should be is counted in the quality report, and printed. */
async function publishDelivery(
  path: string,
  stated: { departement: string | undefined; millesime: number | undefined },
  database: Database,
  env: CommandEnv,
  ctx: StageContext,
): Promise<void> {
  const where = { dataDir: env.config.dataDir, ...stated };
  const what = { processId: 'import', request: { path, ...stated } };
  const done = await asRun(what, database, env, ({ report, runId }) => {
    const reported = { ...ctx, report };
    const options = {
      requireCoverage: false,
      keepHours: env.config.revisionKeepHours,
      runId,
      preparePairs: (revisionId: number) => makePairs(database, revisionId, reported),
    };
    const load = async ({ objets, count, rapport, ...millesime }: Delivery) => {
      const description = { ...millesime, origine: 'imported', etat: 'final' } as const;
      const published = await publish(database, { objets, count, rapport }, description, options, reported);
      return { departement: millesime.departement, millesime: millesime.millesime, ...published };
    };
    return importDelivery(path, where, load, reported);
  });
  env.print(
    JSON.stringify(
      { departement: done.departement, millesime: done.millesime, revision: done.revisionId, ...done.rapport },
      null,
      1,
    ),
  );
}

async function importTerritoiresFile(
  path: string,
  stated: { niveau: string | undefined; departement: string | undefined },
  database: Database,
  env: CommandEnv,
  ctx: StageContext,
): Promise<void> {
  const { count, departements } = await loadTerritoires(database, path, stated, ctx);
  env.print(`${count} territories loaded${departements.length > 0 ? `, of ${departements.join(', ')}` : ''}`);
}

function yearOf(text: string): number {
  const year = Number(text);
  if (!Number.isInteger(year)) throw new BadInput(`--millesime is "${text}": wanted a year`);
  return year;
}
