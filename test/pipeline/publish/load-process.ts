/** Started by kill.test.ts: publishes a slow source, and says when half of it is loaded. Settings as the command line reads them. */
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../../pipeline/config.ts';
import { publish } from '../../../pipeline/publish/publish.ts';
import { openDatabase } from '../../../sql/database.ts';
import { box, ctx, demo, objetOf } from './squares.ts';

const { databaseUrl, dataDir } = readConfig();
const database = await openDatabase({ databaseUrl, dataDir });

async function* slow() {
  for (let n = 0; n < 4_000; n++) {
    if (n === 2_000) {
      console.log('half-way');
      await pause(60_000);
    }
    yield objetOf({ id: `killed-${n}`, rings: [box(n * 10, 0, 10, 10)] });
  }
}

await publish(
  database,
  { objets: slow },
  demo(2019),
  { requireCoverage: true, keepHours: 24, preparePairs: async () => {} },
  ctx,
);
