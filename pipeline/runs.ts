/**
 * Statements on `production.run`: what is asked for, who runs it, how far it is. A row is written to only by the worker it names,
 * so a worker that lost its run to another (it slept, or its machine did) can change nothing any more.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Database } from '../sql/database.ts';
import type { JobQueue } from '../sql/jobs.ts';
import { inTransaction } from '../sql/transaction.ts';

/** A run nobody gave a sign of for so long is taken by another worker. */
export const STALE_SECONDS = 30;
/** After so many beginnings a run that kills its workers is given up. */
const MAX_ATTEMPTS = 3;
const KEEP_DAYS = 30;

/** What a process calls itself in its runs. */
export const workerName = () => `${hostname()}-${process.pid}`;

/** Whether a worker was a process of this machine that is no more; of others nothing can be said. */
function isGone(worker: string): boolean {
  const [host, pid] = [worker.slice(0, worker.lastIndexOf('-')), Number(worker.slice(worker.lastIndexOf('-') + 1))];
  if (host !== hostname() || !Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0); // no signal: asks whether it is there
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

export interface ClaimedRun {
  id: string;
  request: unknown;
  attempts: number;
}

/** Notes a run begun by a command, and that those of killed commands have ended; `who` is what later writes to it must name. Returns its id. */
export async function startCommandRun(
  database: Database,
  run: { processId: string; request: unknown; who: string },
): Promise<string> {
  const id = randomUUID();
  await endKilledCommands(database);
  await database.pool.query(
    `insert into production.run (id, process_id, origine, request, status, started_at, heartbeat_at, worker, attempts)
     values ($1, $2, 'command', $3, 'running', now(), now(), $4, 1)`,
    [id, run.processId, JSON.stringify(run.request), run.who],
  );
  return id;
}

/** Ends the runs of commands nobody heard of for long, and those whose process is known to be gone. Index run_waiting. */
async function endKilledCommands(database: Database): Promise<void> {
  const { rows } = await database.pool.query<{ worker: string }>(
    `select worker from production.run where origine = 'command' and status = 'running'`,
  );
  const gone = rows.map(({ worker }) => worker).filter(isGone);
  await database.pool.query(
    `update production.run set status = 'failed', message = 'Interrompu', finished_at = now(), updated_at = now()
      where origine = 'command' and status = 'running'
        and (worker = any($2::text[]) or heartbeat_at < now() - make_interval(secs => $1))`,
    [STALE_SECONDS, gone],
  );
}

/** Takes a waiting run; undefined when it is not waiting (dismissed, or taken already). Primary key of production.run. */
export async function claimRun(database: Database, runId: string, worker: string): Promise<ClaimedRun | undefined> {
  const { rows } = await database.pool.query<ClaimedRun>(
    `update production.run
        set status = 'running', worker = $2, attempts = attempts + 1, started_at = coalesce(started_at, now()),
            heartbeat_at = now(), updated_at = now()
      where id = $1 and status = 'accepted'
      returning id, request, attempts`,
    [runId, worker],
  );
  return rows[0];
}

/** Says that the worker lives. False when the run is no longer its own: dismissed, or taken by another. */
export async function beat(database: Database, runId: string, worker: string): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `update production.run set heartbeat_at = now() where id = $1 and worker = $2 and status = 'running'`,
    [runId, worker],
  );
  return rowCount === 1;
}

/** `progress` in percent. It never goes back, though a run that changed hands does its last steps again. */
export async function writeProgress(
  database: Database,
  run: { id: string; worker: string },
  progress: number,
  message: string,
): Promise<void> {
  await database.pool.query(
    `update production.run set progress = greatest(progress, $3), message = $4, updated_at = now()
      where id = $1 and worker = $2 and status = 'running'`,
    [run.id, run.worker, Math.floor(progress), message],
  );
}

export async function finishRun(
  database: Database,
  run: { id: string; worker: string },
  results: unknown,
): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `update production.run
        set status = 'successful', progress = 100, message = 'Publié', results = $3, finished_at = now(), updated_at = now()
      where id = $1 and worker = $2 and status = 'running'`,
    [run.id, run.worker, JSON.stringify(results)],
  );
  return rowCount === 1;
}

/** `message` is shown to whoever asked: nothing internal in it. */
export async function failRun(database: Database, run: { id: string; worker: string }, message: string): Promise<void> {
  await database.pool.query(
    `update production.run set status = 'failed', message = $3, finished_at = now(), updated_at = now()
      where id = $1 and worker = $2 and status = 'running'`,
    [run.id, run.worker, message],
  );
}

/** Gives a run back to the queue: its worker is asked to stop, another goes on from the last finished dalle. */
export async function releaseRun(
  database: Database,
  queue: JobQueue,
  run: { id: string; worker: string },
): Promise<void> {
  await putBack(
    database,
    queue,
    `id = $1 and worker = $2 and status = 'running'`,
    [run.id, run.worker],
    'attempts - 1',
  );
}

/** Puts jobs whose worker died back in the queue. Returns their ids. Index run_waiting. */
export async function recoverRuns(
  database: Database,
  queue: JobQueue,
  staleSeconds = STALE_SECONDS,
): Promise<string[]> {
  const stale = `origine = 'job' and status = 'running' and heartbeat_at < now() - make_interval(secs => $1)`;
  await database.pool.query(
    `update production.run
        set status = 'failed', finished_at = now(), updated_at = now(),
            message = 'Abandonné : le traitement s''est interrompu ' || attempts || ' fois'
      where ${stale} and attempts >= $2`,
    [staleSeconds, MAX_ATTEMPTS],
  );
  return putBack(database, queue, stale, [staleSeconds], 'attempts');
}

/** Status and ticket change in one transaction. `skip locked`: two workers that sweep at once do not wait for each other. */
async function putBack(
  database: Database,
  queue: JobQueue,
  which: string,
  values: unknown[],
  attempts: string,
): Promise<string[]> {
  return inTransaction(database, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `update production.run set status = 'accepted', worker = null, attempts = ${attempts}, updated_at = now()
        where id in (select id from production.run where ${which} for update skip locked)
        returning id`,
      values,
    );
    for (const { id } of rows) await queue.put(client, id);
    return rows.map(({ id }) => id);
  });
}

/** Deletes what ended long ago. Index run_created. */
export async function deleteOldRuns(database: Database): Promise<void> {
  await database.pool.query(
    `delete from production.run
      where created_at < now() - make_interval(days => $1) and finished_at < now() - make_interval(days => $1)`,
    [KEEP_DAYS],
  );
}
