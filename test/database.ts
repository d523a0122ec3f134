/**
 * A migrated, empty database for a test file, on the engine under test: the embedded one, or with OCSGE_TEST_DATABASE_URL a
 * PostgreSQL server where databases may be created. Both start from a snapshot made once per state of sql/.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Database, openDatabase } from '../sql/database.ts';
import { migrate } from '../sql/migrate.ts';
import { packageFile } from '../sql/package-root.ts';

const serverUrl = process.env['OCSGE_TEST_DATABASE_URL'] || undefined;

export const engineUnderTest = serverUrl === undefined ? 'embedded' : 'postgresql';

export interface TestDatabase extends Database {
  /** What `openDatabase` needs to reach the same database again, from this process or another. */
  connection: { databaseUrl: string | undefined; dataDir: string };
  /** The same as environment variables, for a command started by the test. */
  env: Record<string, string>;
}

/** Opens a database of this file's own. Call it at the top level of a test file: it is closed and removed after the file. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ocsge-test-'));
  const databaseUrl = serverUrl === undefined ? undefined : await createServerDatabase(serverUrl);
  if (databaseUrl === undefined) await cp(await embeddedSnapshot(), dataDir, { recursive: true });
  const connection = { databaseUrl, dataDir };
  const database = await openDatabase(connection);
  const env = { DATA_DIR: dataDir, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
  after(async () => {
    if (!database.pool.ended) await database.close();
    if (databaseUrl === undefined) await endEngine(dataDir);
    else await dropServerDatabase(serverUrl!, databaseUrl);
    await rm(dataDir, { recursive: true, force: true });
  });
  return { ...database, connection, env };
}

/** Pid of the embedded engine's process on a folder; undefined when none has the lock. */
export function enginePid(dataDir: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(dataDir, 'database.lock'), 'utf8')) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

/** Asks the engine of a folder to end and waits until its lock is gone: only then is the folder whole on disk. */
export async function endEngine(dataDir: string): Promise<void> {
  const pid = enginePid(dataDir);
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    return; // it is gone already, after a kill
  }
  for (let wait = 0; wait < 200 && existsSync(join(dataDir, 'database.lock')); wait++) await pause(50);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Names the state of sql/ and of the engine: another state, another snapshot. */
function snapshotKey(): string {
  const hash = createHash('sha256').update(readFileSync(packageFile('package-lock.json')));
  for (const name of readdirSync(packageFile('sql'), { recursive: true }).map(String).sort()) {
    if (
      /^(migrations|published|nomenclature)\/|^(embedded|migrate|nomenclature)\.ts/.test(name) &&
      /\.(sql|csv|ts)$/.test(name)
    ) {
      hash.update(name).update(readFileSync(packageFile('sql', name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** The folder of a migrated, closed embedded database, to be copied. Several test files may ask at once: one makes it. */
async function embeddedSnapshot(): Promise<string> {
  const cache = packageFile('node_modules', '.cache', 'ocsge');
  const snapshot = join(cache, `database-${snapshotKey()}`);
  await mkdir(cache, { recursive: true });
  while (!existsSync(snapshot)) {
    if (await claim(`${snapshot}.lock`)) {
      try {
        if (!existsSync(snapshot)) await makeSnapshot(snapshot);
      } finally {
        await rm(`${snapshot}.lock`, { force: true });
      }
    } else {
      await pause(200);
    }
  }
  return snapshot;
}

/** Takes a lock file; a lock whose process is gone is removed, for the next attempt. */
async function claim(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
    if (pid > 0 && !isRunning(pid)) await rm(path, { force: true });
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function makeSnapshot(snapshot: string): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ocsge-snapshot-')); // short: a socket's path is limited to 107 bytes
  const part = `${snapshot}.${process.pid}.part`;
  try {
    const database = await openDatabase({ databaseUrl: undefined, dataDir });
    await migrate(database);
    await database.pool.query('checkpoint');
    await database.close();
    await endEngine(dataDir);
    await cp(dataDir, part, { recursive: true });
    await rename(part, snapshot);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
    await rm(part, { recursive: true, force: true });
  }
}

const withName = (url: string, name: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

const openServer = (databaseUrl: string, maxConnections = 1) =>
  openDatabase({ databaseUrl, dataDir: tmpdir(), maxConnections });

/** Creates a database from the migrated template, made first if this state of sql/ has none. Returns its URL. */
async function createServerDatabase(url: string): Promise<string> {
  const template = `ocsge_template_${snapshotKey()}`;
  const name = `ocsge_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const server = await openServer(url);
  try {
    await server.pool.query('select pg_advisory_lock(723500)'); // one connection: the session keeps it until it closes
    const { rowCount } = await server.pool.query('select 1 from pg_database where datname = $1', [template]);
    if (rowCount === 0) await makeTemplate(server, url, template);
    await server.pool.query(`create database ${name} template ${template}`);
    return withName(url, name);
  } finally {
    await server.close();
  }
}

async function makeTemplate(server: Database, url: string, template: string): Promise<void> {
  await server.pool.query(`drop database if exists ${template}_part with (force)`);
  await server.pool.query(`create database ${template}_part`);
  const database = await openServer(withName(url, `${template}_part`), 2);
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
  await server.pool.query(`alter database ${template}_part rename to ${template}`);
}

async function dropServerDatabase(url: string, databaseUrl: string): Promise<void> {
  const server = await openServer(url);
  await server.pool.query(`drop database if exists ${new URL(databaseUrl).pathname.slice(1)} with (force)`);
  await server.close();
}
