/** The app with an open folder of sources, two tokens, and what tests of processes ask of it. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import supertest from 'supertest';
import { silentReport } from '../../../pipeline/log.ts';
import { runWorker, type WorkerOptions } from '../../../pipeline/worker.ts';
import { createApp } from '../../../server/app.ts';
import { createToken, ensureFirstToken } from '../../../sql/tokens.ts';
import { openTestDatabase } from '../../database.ts';

export const database = await openTestDatabase();
export const root = realpathSync(mkdtempSync(join(tmpdir(), 'ocsge-sources-')));
after(() => rmSync(root, { recursive: true }));
export const open = join(root, 'open');
mkdirSync(open);
writeFileSync(join(open, 'pva.tif'), '');
writeFileSync(join(root, 'secret.tif'), '');
symlinkSync(join(root, 'secret.tif'), join(open, 'escape.tif'));
symlinkSync(join(open, 'pva.tif'), join(open, 'inside.tif'));
mkdirSync(join(open, 'linked'));
symlinkSync(join(root, 'secret.tif'), join(open, 'linked', 'l.tif'));

export const app = createApp({
  config: { publicUrl: undefined, trustProxy: false, sourcesDirs: [open], sourceOrigins: ['https://data.example.fr'] },
  database,
  writeDatabase: database,
  pages: {},
  log: pino({ level: 'silent' }),
  registryCheckMs: 0,
});
export const token = (await ensureFirstToken(database))!;
export const otherToken = await createToken(database, 'another');

export const inputs = {
  departement: '999',
  millesime: 2022,
  sources: { pva: join(open, 'pva.tif') },
  model: 'demo-rgbie-1',
};
const EXECUTION = '/processes/produce/execution';
export const execute = (body: string | object, bearer: string | undefined = token) => {
  const request = supertest(app).post(EXECUTION).set('Accept', 'application/json');
  if (bearer !== undefined) request.set('Authorization', `Bearer ${bearer}`);
  return request.send(body);
};

/** Runs a worker on the queue while `during` runs. */
export async function withWorker(produce: WorkerOptions['produce'], during: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const config = database.connection;
  const worker = runWorker({ database, config, report: silentReport, signal: stop.signal, pollMs: 50, produce });
  try {
    await during();
  } finally {
    stop.abort();
    await worker;
  }
}

export async function poll(path: string, wanted: (body: { status: string; progress: number }) => boolean) {
  for (const end = Date.now() + 30_000; Date.now() < end; await pause(50)) {
    const { body } = await supertest(app).get(path).expect(200);
    if (wanted(body)) return body;
  }
  assert.fail(`${path} did not come to what was wanted within 30 s`);
}
