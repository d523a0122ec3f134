import { readFileSync } from 'node:fs';
import type { Database } from '../../sql/database.ts';
import { packageFile } from '../../sql/package-root.ts';
import type { Handler, ServerContext } from '../context.ts';
import { respond } from '../http.ts';
import { requestPath } from '../links.ts';
import { readQuery } from '../params.ts';

/** The database gets this long; `/health` itself answers within 200 ms whatever the database does. */
const PING_MS = 80;

type Ping = { state: 'ok'; ms: number; versions: string } | { state: 'busy' } | { state: 'away' };

const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };

/**
 * `GET /health`: 200 with `pass`, or with `warn` when the database is busy (a long statement on the embedded engine); 503 with
 * `fail` when it is away.
 */
export const healthGet = (context: ServerContext): Handler => {
  const ping = pingWithin(context.database, PING_MS);
  return async (req, res) => {
    readQuery(requestPath(req).query, []);
    const database = await ping();
    const status = { ok: 'pass', busy: 'warn', away: 'fail' }[database.state];
    respond(context, req, res, {
      page: 'health',
      status: database.state === 'away' ? 503 : 200,
      headers: { 'Cache-Control': 'no-store' },
      body: {
        status,
        version,
        node: process.version,
        startedAt: context.startedAt.toISOString(),
        database: { engine: context.database.engine, ...database, note: engineNote(context.database) },
        worker: { state: context.workerState() },
      },
    });
  };
};

const engineNote = ({ engine }: Database) =>
  engine === 'embedded'
    ? 'one machine and a handful of readers: set DATABASE_URL to use a PostgreSQL server'
    : undefined;

/** One ping at a time: while one waits, others wait for the same. */
function pingWithin(database: Database, limitMs: number): () => Promise<Ping> {
  let pending: Promise<Ping> | undefined;
  const ask = async (): Promise<Ping> => {
    const start = performance.now();
    try {
      const { rows } = await database.pool.query<{ versions: string }>(
        `select 'PostgreSQL ' || current_setting('server_version') || ', PostGIS ' || postgis_lib_version() as versions`,
      );
      return { state: 'ok', ms: Math.round(performance.now() - start), versions: rows[0]!.versions };
    } catch {
      return { state: 'away' };
    }
  };
  return async () => {
    pending ??= ask().finally(() => {
      pending = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Ping>((resolve) => {
      timer = setTimeout(() => resolve({ state: 'busy' }), limitMs);
    });
    const first = await Promise.race([pending, late]);
    clearTimeout(timer);
    return first;
  };
}
