/** Statements on jobs. Reads go to `published.job`; the only writes are asking for a job and dismissing one. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../sql/database.ts';
import type { JobQueue } from '../../sql/jobs.ts';
import { inTransaction } from '../../sql/transaction.ts';

export interface Job {
  id: string;
  process_id: string;
  token: string | null;
  status: 'accepted' | 'running' | 'successful' | 'failed' | 'dismissed';
  progress: number;
  message: string | null;
  results: { collectionId: string; revisionId: number; objectCount: number } | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  updated_at: Date;
}

const COLUMNS =
  'id, process_id, token, status, progress, message, results, created_at, started_at, finished_at, updated_at';

/** Jobs that wait or run, of one token and in all: a queue that fills for ever serves nobody. */
const MAX_OPEN = { perToken: 20, inAll: 200 };

/**
 * The run and its ticket in one transaction: no job is lost between the two. Undefined when too many are open already.
 * Index run_waiting.
 */
export async function insertJob(
  database: Database,
  queue: JobQueue,
  job: { processId: string; request: unknown; token: string },
): Promise<Job | undefined> {
  return inTransaction(database, async (client) => {
    const { rows } = await client.query<Job>(
      `insert into production.run (id, process_id, origine, request, status, token)
       select $1, $2, 'job', $3, 'accepted', $4
         from (select count(*) as in_all, count(*) filter (where token = $4) as of_token
                 from production.run where status in ('accepted', 'running') and origine = 'job') as open
        where in_all < $5 and of_token < $6
       returning ${COLUMNS}`,
      [randomUUID(), job.processId, JSON.stringify(job.request), job.token, MAX_OPEN.inAll, MAX_OPEN.perToken],
    );
    if (rows[0] !== undefined) await queue.put(client, rows[0].id);
    return rows[0];
  });
}

/** Primary key of production.run. */
export async function selectJob(database: Database, jobId: string): Promise<Job | undefined> {
  const { rows } = await database.pool.query<Job>(
    `select ${COLUMNS} from published.job where id = $1 and origine = 'job'`,
    [jobId],
  );
  return rows[0];
}

export interface JobFilter {
  /** Undefined: everybody's. */
  token: string | undefined;
  statuses: string[] | undefined;
  processIds: string[] | undefined;
  limit: number;
}

/** Latest first. Index run_created. */
export async function selectJobs(database: Database, filter: JobFilter): Promise<Job[]> {
  const { rows } = await database.pool.query<Job>(
    `select ${COLUMNS} from published.job
      where origine = 'job'
        and ($1::text is null or token = $1)
        and ($2::text[] is null or status = any ($2))
        and ($3::text[] is null or process_id = any ($3))
      order by created_at desc, id
      limit $4`,
    [filter.token ?? null, filter.statuses ?? null, filter.processIds ?? null, filter.limit],
  );
  return rows;
}

/** The job as it is then; undefined when it was dismissed before. Its worker sees it within a second or two and stops. */
export async function dismissJob(database: Database, jobId: string): Promise<Job | undefined> {
  const { rows } = await database.pool.query<Job>(
    `update production.run
        set status = 'dismissed', message = 'Abandonné à la demande', results = null, updated_at = now(),
            finished_at = coalesce(finished_at, now())
      where id = $1 and status <> 'dismissed'
      returning ${COLUMNS}`,
    [jobId],
  );
  return rows[0];
}
