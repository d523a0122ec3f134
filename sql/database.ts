import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { EngineUnavailable, ensureEngine, socketFolder } from './embedded.ts';
import type { Schema } from './schema.ts';

export type Db = Kysely<Schema>;

export interface Database {
  /** Row types, transactions, dynamic `where`. */
  db: Db;
  /** Whole statements: `pool.query(text, values)`. Never named statements, never `set` without `local`. */
  pool: pg.Pool;
  engine: 'embedded' | 'postgresql';
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** `postgres://…`; absent: the embedded engine of `dataDir`. */
  databaseUrl: string | undefined;
  dataDir: string;
  maxConnections?: number;
  /** Transactions of this pool cannot write (a real server enforces it; the embedded engine's session is shared by all). */
  readOnly?: boolean;
  /** A statement is ended after this, on a real server; the embedded engine knows no limit. */
  statementTimeoutMs?: number;
  onWait?: (seconds: number) => void;
}

/** Opens the database and waits until it answers. Throws with what to do when it cannot be reached. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const engine = options.databaseUrl === undefined ? 'embedded' : 'postgresql';
  const pool = engine === 'embedded' ? await embeddedPool(options) : serverPool(options);
  // A lost connection is told to whoever waits for its answer, and the next query opens another; it must not end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  await pool.query('select 1').catch(async (error: Error) => {
    await pool.end();
    throw engine === 'embedded'
      ? error
      : new EngineUnavailable(`the database of DATABASE_URL cannot be used: ${error.message}`);
  });
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const close = async () => {
    await db.destroy();
    if (!pool.ended) await pool.end(); // Kysely ends only a pool it has used
  };
  return { db, pool, engine, close };
}

/** `int8` as a number: our identifiers and dm² stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

function serverPool(options: DatabaseOptions): pg.Pool {
  return new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 10_000,
    application_name: 'ocsge',
    statement_timeout: options.statementTimeoutMs,
    types,
    // Spatial functions carry such costs that PostgreSQL compiles every statement first: seconds, for milliseconds of work.
    options: `-c jit=off${options.readOnly ? ' -c default_transaction_read_only=on' : ''}`,
  });
}

async function embeddedPool(options: DatabaseOptions): Promise<pg.Pool> {
  const ensure = () => ensureEngine(options.dataDir, options.onWait);
  await ensure();
  return new EmbeddedPool(
    {
      host: socketFolder(options.dataDir),
      port: 5432,
      user: 'postgres',
      database: 'postgres',
      max: options.maxConnections ?? 4,
      idleTimeoutMillis: 0, // an open connection is what keeps the engine's process alive
      types,
    },
    ensure,
  );
}

/** A pool that starts the engine again when its process is gone. */
class EmbeddedPool extends pg.Pool {
  private readonly ensure: () => Promise<void>;

  constructor(config: pg.PoolConfig, ensure: () => Promise<void>) {
    super(config);
    this.ensure = ensure;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(
    callback: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): void;
  override connect(
    callback?: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): Promise<pg.PoolClient> | undefined {
    const connected = this.connectAgain();
    if (callback === undefined) return connected;
    connected.then(
      (client) => callback(undefined, client, (release) => client.release(release as boolean)),
      (error: Error) => callback(error, undefined, () => {}),
    );
    return undefined;
  }

  private async connectAgain(): Promise<pg.PoolClient> {
    try {
      return await super.connect();
    } catch (error) {
      if (!isGone(error)) throw error;
      await this.ensure();
      return super.connect();
    }
  }
}

/** The engine's process is not there (socket missing, refused or cut). */
export function isGone(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code ?? '') ||
    /Connection terminated/.test(message ?? '')
  );
}
