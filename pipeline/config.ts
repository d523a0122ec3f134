import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { databaseUrlFault } from '../sql/database-url.ts';
import { BadInput } from './errors.ts';

/** The settings of a command, read once. The only reader of the environment in `pipeline/`. */
export interface PipelineConfig {
  /** `postgres://…` of a PostgreSQL ≥ 15 with PostGIS ≥ 3.3; absent: the embedded engine under `dataDir`. */
  databaseUrl: string | undefined;
  /** Artefacts, embedded database, scratch files. */
  dataDir: string;
  /** Processor threads a production may use. */
  threads: number;
  /** How long a superseded revision is kept for the readers that hold links into it. */
  revisionKeepHours: number;
  /**
   * Origins that jobs asked for over HTTP may read rasters from (`https://data.example.fr`), and the private addresses their
   * names may have. Empty: none.
   */
  sourceOrigins: string[];
  /** Folders that such jobs may read; the demonstration's is always among them. Absent: none. */
  sourcesDirs?: string[];
  /** Failures show where they happened. */
  debug: boolean;
}

/** `DATA_DIR` is `data` in the folder the command is run from, unless it is set. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Readonly<PipelineConfig> {
  const fault = databaseUrlFault(env['DATABASE_URL']);
  if (fault !== undefined) throw new BadInput(fault);
  const dataDir = resolve(env['DATA_DIR'] || 'data');
  const opened = (env['OCSGE_SOURCES_DIR'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return Object.freeze({
    databaseUrl: env['DATABASE_URL'] || undefined,
    dataDir,
    threads: notNegative(env, 'OCSGE_THREADS') || availableParallelism(),
    revisionKeepHours: notNegative(env, 'OCSGE_REVISION_KEEP_HOURS') ?? 24,
    sourcesDirs: [join(dataDir, 'demo'), ...opened.map((folder) => resolve(folder))],
    sourceOrigins: originsOf(env['OCSGE_SOURCE_ORIGINS']),
    debug: Boolean(env['OCSGE_DEBUG']),
  });
}

/** Separated by spaces or commas. Throws BadInput for what is neither an origin nor an address. */
function originsOf(text = ''): string[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => {
      if (isIP(word) !== 0) return word;
      const url = URL.canParse(word) ? new URL(word) : undefined;
      if (url && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url.origin;
      throw new BadInput(`OCSGE_SOURCE_ORIGINS has "${word}": wanted origins such as https://data.example.fr`);
    });
}

function notNegative(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!(value >= 0)) throw new BadInput(`${name} is "${text}": wanted a number, 0 or more`);
  return value;
}
