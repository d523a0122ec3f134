/** Takes jobs from the queue, one at a time, and runs them. Any number of workers may share a queue. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { hostname, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../sql/database.ts';
import { type JobQueue, openQueue } from '../sql/jobs.ts';
import type { PipelineConfig } from './config.ts';
import { BadInput, Stopped } from './errors.ts';
import type { HeartbeatOrder } from './heartbeat-process.ts';
import { jobReport, throttled } from './job-report.ts';
import type { Report } from './log.ts';
import { type ProductionRequest, type ProductionResult, parseProductionRequest } from './production-request.ts';
import {
  type ClaimedRun,
  claimRun,
  deleteOldRuns,
  failRun,
  finishRun,
  recoverRuns,
  releaseRun,
  STALE_SECONDS,
  writeProgress,
} from './runs.ts';

export interface JobContext {
  report: Report;
  /** Aborted when the job is dismissed, when it took too long, or when the worker is asked to stop. */
  signal: AbortSignal;
}

export interface WorkerOptions {
  database: Database;
  config: Pick<PipelineConfig, 'databaseUrl' | 'dataDir'>;
  report: Report;
  /** Ends the worker; the job it runs goes back to the queue. */
  signal: AbortSignal;
  produce: (request: ProductionRequest, job: JobContext) => Promise<ProductionResult>;
  staleSeconds?: number;
  pollMs?: number;
  timeLimitMs?: number;
}

const POLL_MS = 1_000;
const SWEEP_MS = 5_000;
const PROGRESS_MS = 1_000;
const TIME_LIMIT_MS = 48 * 3_600_000;
/** Requests are answered first where a server shares the processor. */
const NICENESS = 10;

/** Works until `signal` is aborted. A database that goes away is waited for. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { database, report, signal } = options;
  setPriority(NICENESS); // before any thread or process is started: they inherit it
  const worker = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const onError = (error: Error) => report.warn('Worker:QueueUpkeepFailed', { message: error.message });
  const queue = await openQueue(database, { maintain: true, onError });
  report.info('Worker:Ready', { worker });
  const sweep = sweeper(options, queue);
  try {
    while (!signal.aborted) {
      const busy = await oneRound(options, queue, worker, sweep).catch((error: Error) => {
        report.warn('Worker:DatabaseAway', { message: error.message });
        return false;
      });
      if (!busy) await pause(options.pollMs ?? POLL_MS, undefined, { signal }).catch(() => {});
    }
  } finally {
    await queue.close();
  }
}

/** True when there was a ticket. */
async function oneRound(
  options: WorkerOptions,
  queue: JobQueue,
  worker: string,
  sweep: () => Promise<void>,
): Promise<boolean> {
  await sweep();
  const ticket = await queue.take();
  if (ticket === undefined) return false;
  const run = await claimRun(options.database, ticket.runId, worker);
  await queue.end(ticket); // it has done its duty once the run is claimed, or found to be waiting no longer
  if (run !== undefined) await work(options, queue, worker, run);
  return true;
}

/** Every few seconds: runs of dead workers back to the queue, old rows out. */
function sweeper({ database, report, staleSeconds = STALE_SECONDS }: WorkerOptions, queue: JobQueue) {
  let sweptAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (Date.now() - sweptAt < Math.min(SWEEP_MS, staleSeconds * 1000)) return;
    sweptAt = Date.now();
    for (const runId of await recoverRuns(database, queue, staleSeconds)) report.info('Worker:JobRecovered', { runId });
    await deleteOldRuns(database);
  };
}

/** Does a claimed run and writes how it ended. */
async function work(options: WorkerOptions, queue: JobQueue, worker: string, run: ClaimedRun): Promise<void> {
  const { database, report, signal } = options;
  report.info('Job:Started', { runId: run.id, attempt: run.attempts });
  const dismissal = new AbortController();
  const heartbeat = startHeartbeat(options.config, run.id, worker, () => dismissal.abort(new Stopped('dismissed')));
  const limit = AbortSignal.timeout(options.timeLimitMs ?? TIME_LIMIT_MS);
  const own = { id: run.id, worker };
  try {
    await doRun(options, run, own, AbortSignal.any([signal, dismissal.signal, limit]));
  } catch (error) {
    if (dismissal.signal.aborted) report.info('Job:Dismissed', { runId: run.id });
    else if (signal.aborted) await releaseRun(database, queue, own);
    else await failRun(database, own, failureMessage(error, limit.aborted, run.id, options.config.dataDir));
    report.warn('Job:Ended', { runId: run.id, message: (error as Error).message });
  } finally {
    await heartbeat.end();
  }
}

async function doRun(
  { database, report, produce }: WorkerOptions,
  run: ClaimedRun,
  own: { id: string; worker: string },
  signal: AbortSignal,
): Promise<void> {
  const progress = throttled<[number, string]>(
    ([percent, message]) => writeProgress(database, own, percent, message),
    PROGRESS_MS,
  );
  try {
    const request = parseProductionRequest(run.request);
    const jobLog = jobReport(report, (percent, message) => progress.set([percent, message]));
    const result = await produce(request, { report: jobLog, signal });
    await progress.flush();
    if (await finishRun(database, own, result)) report.info('Job:Done', { runId: run.id, ...result });
    else report.warn('Job:NotOurs', { runId: run.id });
  } finally {
    await progress.flush();
  }
}

/** What the request was wrong about is told, without where the server keeps its data; what failed inside is in the log. */
function failureMessage(error: unknown, tooLong: boolean, runId: string, dataDir: string): string {
  if (tooLong) return 'La production a dépassé le temps permis';
  if (error instanceof BadInput) return error.message.replaceAll(dataDir, 'DATA_DIR');
  return `La production a échoué ; le journal du serveur en donne la raison (exécution ${runId})`;
}

interface Heartbeat {
  end(): Promise<void>;
}

function startHeartbeat(
  { databaseUrl, dataDir }: WorkerOptions['config'],
  runId: string,
  worker: string,
  onLost: () => void,
): Heartbeat {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'; // from source in tests, compiled otherwise
  const child = fork(new URL(`./heartbeat-process.${extension}`, import.meta.url));
  let ending = false;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
      if (!ending) onLost(); // without signs of life another worker will take the run
    });
  });
  child.on('message', onLost);
  child.on('error', onLost);
  child.send({ databaseUrl, dataDir, runId, worker } satisfies HeartbeatOrder);
  return {
    async end() {
      ending = true;
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
