/**
 * A worker in a process of its own, for tests that kill it. Its work is ten steps that leave a file each and are not done again:
 * what a production is to a worker, without the imagery.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createReport } from '../../pipeline/log.ts';
import { runWorker } from '../../pipeline/worker.ts';
import { openDatabase } from '../../sql/database.ts';

const [folder, stepMs] = process.argv.slice(2) as [string, string];
const config = { databaseUrl: process.env['DATABASE_URL'], dataDir: process.env['DATA_DIR']! };
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const database = await openDatabase(config);
await runWorker({
  database,
  config,
  report: createReport(process.stdout),
  signal: stop.signal,
  staleSeconds: 3,
  pollMs: 100,
  async produce(_request, { report, signal }) {
    const step = report.step('dalles', 10, 'dalles');
    for (let n = 0; n < 10; n++) {
      const path = join(folder, `dalle-${n}`);
      if (!existsSync(path)) {
        await pause(Number(stepMs), undefined, { signal });
        writeFileSync(path, String(process.pid));
      }
      step.advance(1);
    }
    step.end();
    return { collectionId: 'occupation-sol-999-2022', revisionId: 1, objectCount: readdirSync(folder).length };
  },
});
await database.close();
