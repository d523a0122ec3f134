/**
 * A PostgreSQL server of one's own: made in a temporary folder, on a free port, gone at the end.
 *
 * As a program: `tsx test/bench/postgres.ts COMMAND…` runs COMMAND with OCSGE_TEST_DATABASE_URL set to such a server.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const START_TIMEOUT_MS = 30_000;
const OLDEST_MAJOR = 15;

export interface ScratchServer {
  /** `postgres://…` of its superuser, database `postgres`. */
  url: string;
  version: string;
  stop(): Promise<void>;
}

/** Folder of the newest installed server's programs that is new enough; undefined when there is none. */
export function serverPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const majors = existsSync(debian) ? readdirSync(debian).map(Number) : [];
  const folders = majors
    .filter((major) => major >= OLDEST_MAJOR)
    .sort((a, b) => b - a)
    .map((major) => join(debian, String(major), 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'initdb')));
}

/** Starts a server. `settings`: lines of postgresql.conf as `name=value`. Throws when none is installed or it does not start. */
export async function startPostgres(settings: string[] = []): Promise<ScratchServer> {
  const programs = serverPrograms();
  if (programs === undefined)
    throw new Error(`no PostgreSQL ≥ ${OLDEST_MAJOR} is installed (Debian: postgresql-15 postgresql-15-postgis-3)`);
  const folder = mkdtempSync(join(tmpdir(), 'ocsge-postgres-'));
  const owner = serverOwner();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const cluster = join(folder, 'cluster');
  const options = { ...owner, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } };
  execFileSync(join(programs, 'initdb'), ['-D', cluster, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...options,
    stdio: 'pipe',
  });
  const port = await freePort();
  const all = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...settings];
  const child = spawn(join(programs, 'postgres'), ['-D', cluster, ...all.flatMap((setting) => ['-c', setting])], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log = lastLines(child);
  const onExit = () => child.kill('SIGINT'); // whatever ends this process, the server does not outlive it
  process.once('exit', onExit);
  const stop = async () => {
    process.off('exit', onExit);
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  try {
    return { url, version: await answering(url, child), stop };
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start: ${log()}`, { cause: error });
  }
}

/** The server refuses to run as root: it runs as `postgres` then. */
function serverOwner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  if (line === undefined) throw new Error('the server cannot run as root, and there is no user postgres');
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function lastLines(child: ChildProcess): () => string {
  let text = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-2000);
  });
  return () => text.trim();
}

/** The server's version, once it answers. */
async function answering(url: string, child: ChildProcess): Promise<string> {
  for (const start = Date.now(); Date.now() - start < START_TIMEOUT_MS; ) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      return rows[0]!.server_version;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new Error(`no answer within ${START_TIMEOUT_MS / 1000} s`);
}

/** SIGINT is the server's "fast" shutdown: clients are cut, the cluster is left whole. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGINT');
  });
}

/** Runs `command` with the server's address in its environment; returns its exit code. */
async function runWithServer([program, ...args]: string[]): Promise<number> {
  // The data is thrown away: nothing is gained by waiting for the disk.
  const server = await startPostgres([
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_connections=200',
  ]);
  console.log(`PostgreSQL ${server.version} at ${server.url}`);
  try {
    const env = { ...process.env, OCSGE_TEST_DATABASE_URL: server.url };
    const child = spawn(program!, args, { stdio: 'inherit', env });
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    return await new Promise((resolve, reject) => {
      child.once('error', reject).once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    await server.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await runWithServer(process.argv.slice(2));
}
