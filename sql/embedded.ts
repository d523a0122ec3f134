/**
 * The embedded engine: PostgreSQL + PostGIS as WebAssembly (PGlite), in a process of its own, reached through a Unix socket.
 *
 * Two processes that open one folder lose rows without an error, so the folder is guarded by a lock file taken before it is
 * opened. The process is started by whichever command needs it first and ends some seconds after its last client.
 */
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listenOnSocket } from './embedded-socket.ts';
import { lockHolder, releaseLock, takeLock } from './lock-file.ts';
import { packageFile } from './package-root.ts';

const IDLE_MS = 5_000;
const START_TIMEOUT_MS = 180_000;
/** Linux keeps 108 bytes for a socket's path. */
const SOCKET_PATH_MAX = 107;

export class EngineUnavailable extends Error {
  override name = 'EngineUnavailable';
}

/** Folder of the socket: what `pg` wants as `host` (with port 5432). */
export const socketFolder = (dataDir: string) => join(dataDir, 'run');
const socketFile = (dataDir: string) => join(socketFolder(dataDir), '.s.PGSQL.5432');
const lockFile = (dataDir: string) => join(dataDir, 'database.lock');
const logFile = (dataDir: string) => join(dataDir, 'database.log');

/** Returns once the engine of `dataDir` answers, starting it if nobody has. `onWait` is called every second meanwhile. */
export async function ensureEngine(dataDir: string, onWait: (seconds: number) => void = () => {}): Promise<void> {
  if (await answers(dataDir)) return;
  await mkdir(socketFolder(dataDir), { recursive: true });
  await chmod(socketFolder(dataDir), 0o700);
  if (Buffer.byteLength(socketFile(dataDir)) > SOCKET_PATH_MAX) {
    throw new EngineUnavailable(
      `the path of the database's socket is longer than ${SOCKET_PATH_MAX} bytes: ${socketFile(dataDir)}. Set DATA_DIR to a shorter folder`,
    );
  }
  const start = Date.now();
  let failure: string | undefined;
  for (let round = 0; Date.now() - start < START_TIMEOUT_MS; round++) {
    if (lockHolder(lockFile(dataDir)) === undefined) {
      if (failure !== undefined) throw new EngineUnavailable(failure);
      failure = await startProcess(dataDir, () => answers(dataDir));
    }
    if (await answers(dataDir)) return;
    if (round % 5 === 4) onWait(Math.round((Date.now() - start) / 1000));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new EngineUnavailable(
    `the embedded database did not start within ${START_TIMEOUT_MS / 1000} s; its log: ${logFile(dataDir)}`,
  );
}

/** Whether something listens on the socket. */
function answers(dataDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketFile(dataDir));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Starts the engine in a process of its own; resolves when it answers (undefined) or has ended (its last words). */
async function startProcess(dataDir: string, ready: () => Promise<boolean>): Promise<string | undefined> {
  const log = openSync(logFile(dataDir), 'a');
  const entry = fileURLToPath(import.meta.url).replace(/embedded(?=\.[jt]s$)/, 'engine-process');
  const child = spawn(process.execPath, [...process.execArgv, entry, dataDir], {
    detached: true, // it outlives this command when others still use it
    stdio: ['ignore', log, log],
  });
  child.unref();
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  for (let wait = 0; wait < 25 && !ended; wait++) {
    if (lockHolder(lockFile(dataDir)) !== undefined || (await ready())) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return ended ? lastWords(dataDir) : undefined;
}

function lastWords(dataDir: string): string {
  const lines = readFileSync(logFile(dataDir), 'utf8').trim().split('\n');
  return `the embedded database ended: ${lines.at(-1) ?? ''} (log: ${logFile(dataDir)})`;
}

/**
 * Runs the engine in this process until its last client has been gone for `idleMs`, or SIGTERM. Throws EngineUnavailable when
 * another process holds the folder, or when the folder was made by another version of the engine.
 */
export async function runEngine(
  dataDir: string,
  options: { idleMs?: number; say?: (event: string, data?: Record<string, unknown>) => void } = {},
): Promise<void> {
  const { idleMs = IDLE_MS, say = () => {} } = options;
  await mkdir(socketFolder(dataDir), { recursive: true });
  await chmod(socketFolder(dataDir), 0o700);
  const holder = takeLock(lockFile(dataDir));
  if (holder !== undefined) {
    throw new EngineUnavailable(`${dataDir} is in use by process ${holder}; commands reach it through its socket`);
  }
  try {
    checkVersion(dataDir);
    const { PGlite } = await import('@electric-sql/pglite');
    const { postgis } = await import('@electric-sql/pglite-postgis');
    const started = Date.now();
    const db = await PGlite.create({ dataDir: join(dataDir, 'database'), extensions: { postgis } });
    const idle = idleClock(idleMs);
    const socket = await listenOnSocket(db, socketFile(dataDir), idle.clients);
    say('Database:Ready', { socket: socketFile(dataDir), ms: Date.now() - started });
    await idle.over;
    await socket.close();
    await db.close();
    say('Database:Ended');
  } finally {
    rmSync(socketFile(dataDir), { force: true });
    releaseLock(lockFile(dataDir));
  }
}

/** `over` resolves when there has been no client for `idleMs`, or on SIGTERM or SIGINT. */
function idleClock(idleMs: number): { clients: (count: number) => void; over: Promise<void> } {
  let end: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  process.once('SIGTERM', end).once('SIGINT', end);
  let timer = setTimeout(end, Math.max(idleMs, 10_000)); // the first client may take a moment
  return {
    over,
    clients: (count) => {
      clearTimeout(timer);
      if (count === 0) timer = setTimeout(end, idleMs);
    },
  };
}

/** A folder of one PostgreSQL major version cannot be opened by another; the engine's package version tells them apart. */
function checkVersion(dataDir: string): void {
  const path = join(dataDir, 'engine.json');
  const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const engine = `pglite ${manifest.dependencies['@electric-sql/pglite']}`;
  if (!existsSync(path)) {
    writeFileSync(path, JSON.stringify({ engine }));
    return;
  }
  const found = (JSON.parse(readFileSync(path, 'utf8')) as { engine: string }).engine;
  if (found !== engine) {
    throw new EngineUnavailable(
      `${join(dataDir, 'database')} was made by ${found}, this is ${engine}. Move it away and import again (mv ${dataDir} ${dataDir}.old), or use DATABASE_URL`,
    );
  }
}
