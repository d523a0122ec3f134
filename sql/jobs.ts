/**
 * The queue of jobs: pg-boss on the same database (schema `pgboss`). The server puts tickets in, workers take them out.
 *
 * A ticket only says that a run waits; what is true of a run is in `production.run`. So a ticket is ended as soon as a worker
 * has claimed its run, and a run that outlives its worker gets a new one (pipeline/runs.ts).
 */
import type pg from 'pg';
import PgBoss from 'pg-boss';
import type { Database } from './database.ts';

/** One queue per process; its name is the process's id. */
const PRODUCE_QUEUE = 'produce';
/** A worker that died between taking a ticket and claiming its run holds the ticket no longer than this. */
const TICKET_SECONDS = 60;

export interface Ticket {
  id: string;
  runId: string;
}

export interface JobQueue {
  /** Adds a ticket inside the transaction that `client` has open, so that a run and its ticket come together or not at all. */
  put(client: pg.ClientBase, runId: string): Promise<void>;
  /** The oldest ticket, which nobody else gets; undefined when the queue is empty. */
  take(): Promise<Ticket | undefined>;
  end(ticket: Ticket): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the queue, making it the first time; two processes may do so at once. With `maintain` (workers) lost tickets come back
 * and old ones are deleted. `onError` is told of maintenance that failed: the queue goes on.
 */
export async function openQueue(
  database: Database,
  options: { maintain: boolean; onError?: (error: Error) => void },
): Promise<JobQueue> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => executeAlone(database.pool, text, values) },
    supervise: options.maintain,
    maintenanceIntervalSeconds: 30,
    schedule: false,
    deleteAfterDays: 1,
    archiveCompletedAfterSeconds: 3600,
  });
  boss.on('error', options.onError ?? (() => {}));
  await boss.start();
  await boss.createQueue(PRODUCE_QUEUE, {
    name: PRODUCE_QUEUE,
    policy: 'standard',
    retryLimit: 5,
    expireInSeconds: TICKET_SECONDS,
  });
  return {
    async put(client, runId) {
      const db = { executeSql: (text: string, values: unknown[]) => client.query(text, values) };
      await boss.send(PRODUCE_QUEUE, { runId }, { db });
    },
    async take() {
      const [job] = await boss.fetch<{ runId: string }>(PRODUCE_QUEUE, { batchSize: 1 });
      return job && { id: job.id, runId: job.data.runId };
    },
    end: async (ticket) => void (await boss.complete(PRODUCE_QUEUE, ticket.id)),
    close: () => boss.stop({ graceful: false, close: false }),
  };
}

/** pg-boss sends whole transactions as one text; when one fails, its connection must not go back to the pool inside it. */
async function executeAlone(pool: pg.Pool, text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
  const client = await pool.connect();
  try {
    return await client.query(text, values);
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
