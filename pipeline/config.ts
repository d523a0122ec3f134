import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { BadInput } from './errors.ts';

/** The settings of a command, read once. The only reader of the environment in `pipeline/`. */
export interface PipelineConfig {
  /** `postgres://…` of a PostgreSQL ≥ 15 with PostGIS ≥ 3.3; absent: the embedded engine under `dataDir`. */
  databaseUrl: string | undefined;
  /** Artefacts, embedded database, scratch files. */
  dataDir: string;
  threads: number;
  /** How long a superseded revision is kept for the readers that hold links into it. */
  revisionKeepHours: number;
}

/** Defaults: `DATA_DIR` = `data` in the folder the command is run from, or `~/.ocsge` if that cannot be told. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Readonly<PipelineConfig> {
  return Object.freeze({
    databaseUrl: env['DATABASE_URL'] || undefined,
    dataDir: resolve(env['DATA_DIR'] || defaultDataDir()),
    threads: positive(env, 'OCSGE_THREADS', availableParallelism()),
    revisionKeepHours: positive(env, 'OCSGE_REVISION_KEEP_HOURS', 24),
  });
}

function defaultDataDir(): string {
  try {
    return join(process.cwd(), 'data');
  } catch {
    return join(homedir(), '.ocsge');
  }
}

function positive(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!(value >= 0)) throw new BadInput(`${name} is "${text}": a number, 0 or more, is wanted`);
  return value;
}
