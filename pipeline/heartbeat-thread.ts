/**
 * Runs in a thread of its own beside a production: tracing is synchronous work, and a worker busy with it must still give signs
 * of life and hear that its job was dismissed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../sql/database.ts';
import { beat } from './runs.ts';

const INTERVAL_MS = 1_000;

interface HeartbeatData {
  databaseUrl: string | undefined;
  dataDir: string;
  runId: string;
  worker: string;
}

const { databaseUrl, dataDir, runId, worker } = workerData as HeartbeatData;
const database = await openDatabase({ databaseUrl, dataDir, maxConnections: 1 });
let ended = false;
parentPort!.once('message', () => {
  ended = true;
});
while (!ended) {
  try {
    if (!(await beat(database, runId, worker))) {
      parentPort!.postMessage('lost');
      break;
    }
  } catch {
    // the database is away: the run goes on, and the next beat tells whether it is still this worker's
  }
  await pause(INTERVAL_MS);
}
await database.close();
parentPort!.close();
