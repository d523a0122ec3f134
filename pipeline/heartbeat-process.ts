/**
 * Runs in a process of its own beside a production: tracing is synchronous work, and a worker busy with it must still give signs
 * of life and hear that its job was dismissed. (A thread would do, but loaders for TypeScript do not reach into threads.)
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../sql/database.ts';
import { beat } from './runs.ts';

const INTERVAL_MS = 1_000;

export interface HeartbeatOrder {
  databaseUrl: string | undefined;
  dataDir: string;
  runId: string;
  worker: string;
}

process.once('disconnect', () => process.exit()); // the worker is done, or dead: nobody is left to give signs for
if (!process.connected) process.exit();
const [order] = (await once(process, 'message')) as [HeartbeatOrder];
const database = await openDatabase({ ...order, maxConnections: 1 });
for (;;) {
  try {
    if (!(await beat(database, order.runId, order.worker))) process.send?.('lost');
  } catch {
    // the database is away: the run goes on, and the next beat tells whether it is still this worker's
  }
  await pause(INTERVAL_MS);
}
