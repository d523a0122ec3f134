import { join } from 'node:path';
import { type Database, openDatabase } from '../../sql/database.ts';
import { migrate } from '../../sql/migrate.ts';
import { inScratch } from './harness.ts';
import { aptInstall } from './peers.ts';
import { type ScratchServer, serverPrograms, startPostgres } from './postgres.ts';

export interface ScratchDatabase extends Database {
  server: ScratchServer;
  /** An empty folder, removed with the rest. */
  folder: string;
  /** What a command of ours needs to reach the same database. */
  env: { DATABASE_URL: string; DATA_DIR: string };
}

/** A migrated, empty database on a PostgreSQL server of its own, installed first where there is none; removed after `work`. */
export async function withScratchDatabase<Result>(
  say: (text: string) => void,
  work: (database: ScratchDatabase) => Promise<Result>,
): Promise<Result> {
  if (serverPrograms() === undefined) aptInstall(['postgresql-15', 'postgresql-15-postgis-3'], say);
  const server = await startPostgres(['shared_buffers=512MB', 'max_wal_size=4GB', 'jit=off']);
  try {
    return await inScratch(async (folder) => {
      const env = { DATABASE_URL: server.url, DATA_DIR: join(folder, 'data') };
      const database = await openDatabase({ databaseUrl: server.url, dataDir: env.DATA_DIR });
      try {
        await migrate(database);
        return await work({ ...database, server, folder, env });
      } finally {
        await database.close();
      }
    });
  } finally {
    await server.stop();
  }
}

/** `PostgreSQL 15.20, PostGIS 3.3.2`. */
export async function versionsOf({ pool, server }: ScratchDatabase): Promise<string> {
  const { rows } = await pool.query<{ postgis: string }>('select postgis_lib_version() as postgis');
  return `PostgreSQL ${server.version.split(' ')[0]}, PostGIS ${rows[0]!.postgis}`;
}
