import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BadInput } from '../../pipeline/errors.ts';
import { silentReport } from '../../pipeline/log.ts';
import { runWorker, type WorkerOptions } from '../../pipeline/worker.ts';
import { openQueue } from '../../sql/jobs.ts';
import { openTestDatabase } from '../database.ts';

const database = await openTestDatabase();
const queue = await openQueue(database, { maintain: false });
const children = new Set<ChildProcess>();
after(() => {
  for (const child of children) child.kill('SIGKILL');
});

const request = { departement: '999', millesime: 2022, sources: { rgbie: 'scene.tif' }, model: 'demo' };

/** A job as the server asks for it. */
async function ask(body: unknown = request): Promise<string> {
  const id = randomUUID();
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query(
    `insert into production.run (id, process_id, origine, request, status) values ($1, 'produce', 'job', $2, 'accepted')`,
    [id, JSON.stringify(body)],
  );
  await queue.put(client, id);
  await client.query('commit');
  client.release();
  return id;
}

interface Row {
  status: string;
  progress: number;
  message: string | null;
  results: Record<string, unknown> | null;
  attempts: number;
}

async function rowOf(id: string): Promise<Row> {
  const { rows } = await database.pool.query<Row>(
    'select status, progress, message, results, attempts from production.run where id = $1',
    [id],
  );
  return rows[0]!;
}

async function until<Value>(what: string, look: () => Promise<Value | undefined | false>): Promise<Value> {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(50)) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
  }
  assert.fail(`not within 60 s: ${what}`);
}

const ended = (id: string) =>
  until('the job ends', async () => {
    const row = await rowOf(id);
    return ['successful', 'failed', 'dismissed'].includes(row.status) && row;
  });

/** Runs a worker in this process while `during` runs. */
async function withWorker(
  options: Pick<WorkerOptions, 'produce'> & Partial<WorkerOptions>,
  during: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const config = database.connection;
  const worker = runWorker({ database, config, report: silentReport, signal: stop.signal, pollMs: 50, ...options });
  try {
    await during();
  } finally {
    stop.abort();
    await worker;
  }
}

const done = { status: 'successful', progress: 100, message: 'Publié', attempts: 1 };
const result = { collectionId: 'occupation-sol-999-2022', revisionId: 7, objectCount: 12 };

test('a job is run with its request; progress and results are seen', async () => {
  const id = await ask();
  const seen: unknown[] = [];
  let goOn: () => void = () => {};
  const produce: WorkerOptions['produce'] = async (asked, { report }) => {
    seen.push(asked);
    report.step('classes', 4, 'px').advance(2);
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
    return result;
  };
  await withWorker({ produce }, async () => {
    const half = await until('progress', async () => {
      const row = await rowOf(id);
      return row.progress > 0 && row;
    });
    assert.deepEqual(half, {
      status: 'running',
      progress: 20, // half of 40
      message: 'Interprétation des images : 50 %',
      results: null,
      attempts: 1,
    });
    goOn();
    const row = await ended(id);
    assert.deepEqual([row.status, row.progress, row.results], ['successful', 100, result]);
  });
  assert.deepEqual(seen, [{ ...request, sources: [{ rgbie: { paths: ['scene.tif'] } }] }]);
});

test('a request that cannot be used says why; an inner failure shows nothing of itself', async () => {
  const bad = await ask({ ...request, departement: '20' });
  const missing = await ask({ ...request, model: 'nowhere' });
  const broken = await ask({ ...request, model: 'broken' });
  const produce: WorkerOptions['produce'] = async ({ model }) => {
    if (model === 'nowhere') {
      throw new BadInput(`model "nowhere": no such file in ${join(database.connection.dataDir, 'runs')}`);
    }
    throw new Error('relation "secret" does not exist');
  };
  await withWorker({ produce }, async () => {
    assert.match((await ended(bad)).message!, /departement/);
    assert.equal((await ended(missing)).message, 'model "nowhere": no such file in DATA_DIR/runs');
    const { status, message } = await ended(broken);
    assert.equal(status, 'failed');
    assert.match(message!, new RegExp(broken));
    assert.doesNotMatch(message!, /secret|at /);
  });
});

/** Ends when it is told to, and says so. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

test('a dismissed job is stopped, and stays dismissed', async () => {
  const id = await ask();
  let stopped = 0;
  const produce: WorkerOptions['produce'] = async (_request, { signal }) => {
    await untilAborted(signal).finally(() => {
      stopped = Date.now();
    });
    return result;
  };
  await withWorker({ produce }, async () => {
    await until('it runs', async () => (await rowOf(id)).status === 'running');
    await database.pool.query(`update production.run set status = 'dismissed' where id = $1`, [id]);
    const asked = Date.now();
    await until('it stops', async () => stopped > 0);
    assert.ok(stopped - asked < 5_000, `stopped after ${stopped - asked} ms`);
  });
  assert.equal((await rowOf(id)).status, 'dismissed');
});

test('a job that is dismissed while it waits is never begun', async () => {
  const [dropped, kept] = [await ask(), await ask()];
  await database.pool.query(`update production.run set status = 'dismissed' where id = $1`, [dropped]);
  let begun = 0;
  const produce: WorkerOptions['produce'] = async () => {
    begun++;
    return result;
  };
  await withWorker({ produce }, async () => void (await ended(kept)));
  assert.equal(begun, 1);
  assert.equal((await rowOf(dropped)).attempts, 0);
});

test('a job that takes too long is failed', async () => {
  const id = await ask();
  const produce: WorkerOptions['produce'] = (_request, { signal }) => untilAborted(signal);
  await withWorker({ produce, timeLimitMs: 200 }, async () => {
    const row = await ended(id);
    assert.deepEqual([row.status, row.message], ['failed', 'La production a dépassé le temps permis']);
  });
});

test('a worker that is stopped gives its job back, which does not count as an attempt', async () => {
  const id = await ask();
  const produce: WorkerOptions['produce'] = (_request, { signal }) => untilAborted(signal);
  await withWorker({ produce }, async () => {
    await until('it runs', async () => (await rowOf(id)).status === 'running');
  });
  const { status, attempts } = await rowOf(id);
  assert.deepEqual([status, attempts], ['accepted', 0]);
  await withWorker({ produce: async () => result }, async () => {
    assert.equal((await ended(id)).status, 'successful');
  });
});

test('a heartbeat goes on while the worker is busy with synchronous work', async () => {
  const id = await ask();
  const produce: WorkerOptions['produce'] = async () => {
    await pause(1_500); // the heartbeat has begun
    for (const end = Date.now() + 3_000; Date.now() < end; );
    const { rows } = await database.pool.query(
      'select extract(epoch from now() - heartbeat_at)::float8 as age from production.run where id = $1',
      [id],
    );
    return { ...result, objectCount: rows[0].age };
  };
  await withWorker({ produce }, async () => {
    const row = await ended(id);
    assert.ok((row.results!['objectCount'] as number) < 2.5, `last beat ${row.results!['objectCount']} s ago`);
  });
});

function startWorkerProcess(folder: string, stepMs: number): ChildProcess {
  const script = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, script, folder, String(stepMs)], {
    env: { ...process.env, DATABASE_URL: undefined, ...database.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.add(child);
  return child;
}

test('a worker killed in the middle: another takes its job up and does not redo what was done', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ocsge-worker-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const id = await ask();
  const first = startWorkerProcess(folder, 400);
  await until('three steps are done', async () => readdirSync(folder).length >= 3);
  first.kill('SIGKILL');
  const second = startWorkerProcess(folder, 10);
  const row = await ended(id);
  assert.deepEqual([row.status, row.attempts, row.results!['objectCount']], ['successful', 2, 10]);
  second.kill('SIGTERM');
  assert.deepEqual(await once(second, 'exit'), [0, null], 'a worker that is asked to ends by itself');
  const byFirst = readdirSync(folder).filter((name) => readFileSync(join(folder, name), 'utf8') === String(first.pid));
  assert.ok(byFirst.length >= 3, `${byFirst.length} steps of the first worker were kept`);
});

test('a job that kills every worker is given up', async () => {
  const id = await ask();
  await database.pool.query(
    `update production.run set status = 'running', worker = 'gone', attempts = 3, heartbeat_at = now() - interval '1 hour'
      where id = $1`,
    [id],
  );
  await withWorker({ produce: async () => result }, async () => {
    const row = await ended(id);
    assert.deepEqual([row.status, row.message], ['failed', "Abandonné : le traitement s'est interrompu 3 fois"]);
  });
});

test('two workers share the queue, each job is run once', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, () => ask()));
  const runs: string[] = [];
  const produceAs =
    (name: string): WorkerOptions['produce'] =>
    async () => {
      runs.push(name);
      await pause(100);
      return result;
    };
  await withWorker({ produce: produceAs('one') }, () =>
    withWorker({ produce: produceAs('two') }, async () => {
      for (const id of ids) assert.deepEqual(await ended(id), { ...done, results: result });
    }),
  );
  assert.equal(runs.length, ids.length);
  assert.deepEqual([...new Set(runs)].sort(), ['one', 'two']);
});
