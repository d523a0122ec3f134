/** The worker as a child process of the server: tracing polygons is synchronous work and must not hold up HTTP. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Logger } from 'pino';

/** `elsewhere`: this server supervises none (`--no-worker`); jobs wait for an `ocsge worker` started somewhere else. */
export type WorkerState = 'running' | 'restarting' | 'elsewhere';

export interface WorkerProcess {
  state(): WorkerState;
  /** Asks it to end (SIGTERM) and waits; a worker still there after `KILL_AFTER_MS` is killed. */
  stop(): Promise<void>;
}

export const noWorker: WorkerProcess = { state: () => 'elsewhere', stop: async () => {} };

const RESTART_FIRST_MS = 1_000;
const RESTART_MAX_MS = 60_000;
/** A worker that lived this long had started well: the next wait is short again. */
const HEALTHY_MS = 30_000;
const KILL_AFTER_MS = 10_000;

/** Keeps `command` running: when it dies it is started again, after a wait that doubles while it keeps dying early. */
export function superviseWorker(command: { file: string; args: string[] }, log: Logger): WorkerProcess {
  let child: ChildProcess | undefined;
  let stopping = false;
  let waitMs = RESTART_FIRST_MS;
  let timer: NodeJS.Timeout | undefined;

  const start = () => {
    const startedAt = Date.now();
    const mine = spawn(command.file, command.args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child = mine;
    const ended = (reason: string) => {
      if (child !== mine) return; // `error` and `exit` may both come
      child = undefined;
      if (stopping) return;
      waitMs = Date.now() - startedAt > HEALTHY_MS ? RESTART_FIRST_MS : Math.min(waitMs * 2, RESTART_MAX_MS);
      log.warn({ reason, waitMs }, 'Worker:Died');
      timer = setTimeout(start, waitMs);
    };
    mine.once('error', (error) => ended(error.message));
    mine.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    log.info({ pid: mine.pid }, 'Worker:Started');
  };
  start();

  return {
    state: () => (child === undefined ? 'restarting' : 'running'),
    async stop() {
      stopping = true;
      clearTimeout(timer);
      if (child !== undefined) await endOf(child);
    },
  };
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await ended;
  clearTimeout(timer);
}
