/** Commands that keep a database: engine, migrations, worker, status, rollback. */
import { EngineUnavailable, runEngine } from '../../sql/embedded.ts';
import { createToken } from '../../sql/tokens.ts';
import { makePairs } from '../changes/make-pairs.ts';
import { normaliseDepartement } from '../departement.ts';
import { BadInput } from '../errors.ts';
import { checkJobFiles } from '../job-files.ts';
import { rollback } from '../publish/rollback.ts';
import { produce } from '../run.ts';
import { runWorker } from '../worker.ts';
import { type CommandEnv, withDatabase } from './environment.ts';
import { readStatus, statusText } from './status.ts';

/** `ocsge database`: the embedded engine in this process, until its last client has gone. */
export async function runDatabase(options: { dataDir?: string }, env: CommandEnv): Promise<void> {
  const dataDir = options.dataDir ?? env.config.dataDir;
  try {
    await runEngine(dataDir, { say: (event, data) => env.report.info(event, data) });
  } catch (error) {
    throw error instanceof EngineUnavailable ? new BadInput(error.message) : error;
  }
}

export async function migrateDatabase(env: CommandEnv): Promise<void> {
  await withDatabase(env, async (database) => {
    const { rows } = await database.pool.query<{ count: number }>('select count(*) from ocsge.migration');
    env.print(`the database (${database.engine}) is at this version: ${rows[0]!.count} steps applied`);
  });
}

/** `ocsge token`: only its hash is kept, so that one which is lost cannot be shown again, but another can be made. */
export async function makeToken(options: { libelle: string }, env: CommandEnv): Promise<void> {
  env.print(await withDatabase(env, (database) => createToken(database, options.libelle)));
}

/** `ocsge worker`: takes jobs from the queue until it is stopped. */
export async function work(env: CommandEnv): Promise<void> {
  await withDatabase(env, (database) =>
    runWorker({
      database,
      config: env.config,
      report: env.report,
      signal: env.signal,
      produce: async (request, run) => {
        await checkJobFiles(request, env.config.sourcesDirs ?? []);
        return produce(request, { database, config: env.config, sourceOrigins: env.config.sourceOrigins, ...run });
      },
    }),
  );
}

export async function showStatus(options: { json?: boolean }, env: CommandEnv): Promise<void> {
  const status = await withDatabase(env, readStatus);
  env.print(options.json ? JSON.stringify(status, null, 1) : statusText(status));
}

export async function rollbackMillesime(
  options: { departement: string; millesime: string },
  env: CommandEnv,
): Promise<void> {
  const departement = normaliseDepartement(options.departement);
  const millesime = Number(options.millesime);
  await withDatabase(env, async (database) => {
    const ctx = { report: env.report, signal: env.signal, threads: env.config.threads };
    const { revisionId } = await rollback(database, departement, millesime, {
      preparePairs: (revision) => makePairs(database, revision, ctx),
    });
    env.print(`${departement} ${millesime}: revision ${revisionId} is published again`);
  });
}
