/** `ocsge serve`: settings, database, demonstration if asked for, HTTP, worker; orderly to the end. */
import { spawn } from 'node:child_process';
import type { Server } from 'node:http';
import { Command, CommanderError } from 'commander';
import { pino } from 'pino';
import { type Database, openDatabase } from '../sql/database.ts';
import { migrate } from '../sql/migrate.ts';
import { ensureFirstToken } from '../sql/tokens.ts';
import { createApp } from './app.ts';
import { BadSetting, readConfig, type ServerConfig } from './config.ts';
import { pages } from './pages/pages.ts';
import { noWorker, superviseWorker, type WorkerProcess } from './worker-process.ts';

/** Requests under way get this long to end after SIGTERM. */
const DRAIN_MS = 10_000;

interface ServeOptions {
  demo: boolean;
  worker: boolean;
  port?: string;
  host?: string;
}

/** Serves until SIGINT or SIGTERM; resolves to the exit code: 0, 1 (failure), 2 (bad settings). */
export async function main(argv: string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    return await serve(readConfig(undefined, options), options);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof BadSetting ? 2 : 1;
  }
}

function parseOptions(argv: string[]): ServeOptions {
  const command = new Command('ocsge serve')
    .description('Serves what is published over HTTP. Settings: PORT, HOST, DATABASE_URL, DATA_DIR, PUBLIC_URL.')
    .option('--demo', 'first produce the demonstration territory, where it is not there', false)
    .option('--no-demo', 'do not (npm start asks for it)')
    .option('--no-worker', 'run no jobs here: an "ocsge worker" elsewhere does')
    .option('--port <number>', 'instead of PORT')
    .option('--host <name>', 'instead of HOST')
    .exitOverride();
  return command.parse(argv, { from: 'user' }).opts<ServeOptions>();
}

async function serve(config: ServerConfig, options: ServeOptions): Promise<number> {
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const stop = signalled();
  const { database, writeDatabase } = await openDatabases(config);
  let worker: WorkerProcess = noWorker;
  try {
    await migrate(writeDatabase);
    if (options.demo && (await runDemo(stop)) === 'stopped') return 0;
    if (options.worker) worker = superviseWorker(ocsge('worker'), log);
    const app = createApp({ config, database, writeDatabase, pages, log, worker });
    const server = await listen((config_) => app.listen(config_.port, config_.host), config);
    // Last: a token made before something failed would have been shown to nobody.
    sayReady(server, config, await ensureFirstToken(writeDatabase));
    await stop.over;
    log.info('Serve:Stopping');
    await drain(server);
    return 0;
  } finally {
    await worker.stop();
    await Promise.all([database.close(), writeDatabase.close()]);
  }
}

async function openDatabases(config: ServerConfig): Promise<{ database: Database; writeDatabase: Database }> {
  const onWait = (seconds: number) => console.error(`waiting for the embedded database (${seconds} s)`);
  const { databaseUrl, dataDir, maxConnections, statementTimeoutMs } = config;
  const writeDatabase = await openDatabase({ databaseUrl, dataDir, maxConnections: 2, onWait });
  const database = await openDatabase({ databaseUrl, dataDir, maxConnections, statementTimeoutMs, readOnly: true });
  return { database, writeDatabase };
}

/** This program again, as a child: with the loader it was started by, when it runs from its sources. */
const ocsge = (command: string) => ({
  file: process.execPath,
  args: [...process.execArgv, process.argv[1]!, command],
});

type Stop = ReturnType<typeof signalled>;

function signalled() {
  const abort = new AbortController();
  const onSignal = () => abort.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const over = new Promise<void>((resolve) => abort.signal.addEventListener('abort', () => resolve()));
  return { signal: abort.signal, over };
}

/** `ocsge demo` does nothing where both millésimes are published. */
async function runDemo(stop: Stop): Promise<'done' | 'stopped'> {
  const { file, args } = ocsge('demo');
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const pass = () => child.kill('SIGTERM');
  stop.signal.addEventListener('abort', pass);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  stop.signal.removeEventListener('abort', pass);
  if (stop.signal.aborted) return 'stopped';
  if (code !== 0) throw new Error(`the demonstration territory could not be produced (exit code ${code})`);
  return 'done';
}

function listen(open: (config: ServerConfig) => Server, config: ServerConfig): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = open(config);
    server.once('listening', () => resolve(server));
    server.once('error', reject);
  });
}

function sayReady(server: Server, config: ServerConfig, token: string | undefined): void {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  console.log(`ocsge serves ${config.publicUrl ?? `http://${host}:${port}`}`);
  if (token === undefined) return;
  console.log(`token for executing processes, shown this once: ${token}`);
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
