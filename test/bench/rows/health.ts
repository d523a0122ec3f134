import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { demoRequest } from '../../../pipeline/commands/demo.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { renderScene } from '../../../pipeline/scenes/render-scene.ts';
import { openDatabase } from '../../../sql/database.ts';
import { migrate } from '../../../sql/migrate.ts';
import { createToken } from '../../../sql/tokens.ts';
import { startCommand } from '../../pipeline/commands/command.ts';
import { type Bench, inScratch, quantile, round } from '../harness.ts';

const SCENE = { seed: 7, widthM: 600, heightM: 500, date: 2019 } as const;
const EVERY_MS = 50;

/** The embedded engine, its server and its worker on one machine: what `npm start` runs. */
export const health: Bench = {
  id: 'health',
  about: `the longest answer of /health while the worker beside it produces a scene of ${SCENE.widthM} × ${SCENE.heightM} m (embedded engine)`,
  run: ({ say }) =>
    inScratch(async (dataDir) => {
      const outDir = join(dataDir, 'images');
      const ctx = { report: silentReport, signal: new AbortController().signal, threads: 2 };
      const scene = await renderScene({ ...SCENE, outDir }, ctx);
      const token = await firstToken(dataDir);
      const serving = startCommand(['serve', '--no-demo', '--port', '0'], {
        DATA_DIR: dataDir,
        OCSGE_SOURCES_DIR: outDir,
      });
      try {
        await serving.said(/ocsge serves http/);
        const url = /ocsge serves (\S+)/.exec(serving.text.stdout)![1]!;
        const location = await execute(url, token, demoRequest(scene, SCENE.date, undefined));
        const { waitsMs, status } = await pollUntilEnd(url, location);
        if (status !== 'successful') throw new Error(`the production ended ${status}\n${serving.text.stderr}`);
        const sorted = waitsMs.sort((a, b) => a - b);
        say(`${sorted.length} answers`);
        const detail = { answers: sorted.length, medianMs: round(quantile(sorted, 0.5)), limitMs: 200 };
        return { value: round(sorted.at(-1)!), unit: 'ms', peer: null, ratio: null, detail };
      } finally {
        serving.kill('SIGTERM');
        await serving.ended;
      }
    }),
};

async function firstToken(dataDir: string): Promise<string> {
  const database = await openDatabase({ databaseUrl: undefined, dataDir });
  try {
    await migrate(database);
    return await createToken(database, 'bench');
  } finally {
    await database.close();
  }
}

async function execute(url: string, token: string, inputs: Record<string, unknown>): Promise<string> {
  const answer = await fetch(`${url}/processes/produce/execution`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ inputs }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return answer.headers.get('location')!;
}

async function pollUntilEnd(url: string, location: string): Promise<{ waitsMs: number[]; status: string }> {
  const waitsMs: number[] = [];
  for (let round = 0; ; round++) {
    const start = performance.now();
    await (await fetch(`${url}/health`)).arrayBuffer();
    waitsMs.push(performance.now() - start);
    await pause(EVERY_MS);
    if (round % 20 !== 0) continue;
    const { status } = (await (await fetch(location)).json()) as { status: string };
    if (!['accepted', 'running'].includes(status)) return { waitsMs, status };
  }
}
