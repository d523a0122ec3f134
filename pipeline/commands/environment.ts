import { type Database, openDatabase } from '../../sql/database.ts';
import { migrate } from '../../sql/migrate.ts';
import type { PipelineConfig } from '../config.ts';
import type { Report } from '../log.ts';

/** What every command gets besides its options. */
export interface CommandEnv {
  config: Readonly<PipelineConfig>;
  report: Report;
  signal: AbortSignal;
  /** The command's answer, on standard output; progress goes to standard error. */
  print: (text: string) => void;
}

/** Opens the database, brings it to this version, does `work`, closes it. */
export async function withDatabase<Result>(
  env: CommandEnv,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, dataDir } = env.config;
  const onWait = (seconds: number) => env.report.info('Database:Starting', { engine: 'embedded', seconds });
  const database = await openDatabase({ databaseUrl, dataDir, onWait });
  try {
    env.report.info('Database:Open', { engine: database.engine });
    const { applied } = await migrate(database); // some 10 s the first time on the embedded engine: PostGIS is made there
    if (applied.length > 0) env.report.info('Database:Migrated', { applied });
    return await work(database);
  } finally {
    await database.close();
  }
}
