/** A production asked for over HTTP, run by the worker that `serve` starts, watched to its end: nothing stands in for anything. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { demoRequest } from '../../../pipeline/commands/demo.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { renderScene } from '../../../pipeline/scenes/render-scene.ts';
import { createToken } from '../../../sql/tokens.ts';
import { openTestDatabase } from '../../database.ts';
import { startCommand } from '../../pipeline/commands/command.ts';

const database = await openTestDatabase();
const sceneDir = join(database.connection.dataDir, 'images');

interface Status {
  jobID: string;
  status: string;
  progress: number;
  message: string;
}

describe('a production over HTTP', () => {
  let serving: ReturnType<typeof startCommand>;
  let url: string;
  let document: Record<string, unknown>;
  let authorization: string;

  before(async () => {
    const ctx = { report: silentReport, signal: new AbortController().signal, threads: 2 };
    const scene = await renderScene({ date: 2019, outDir: sceneDir, seed: 6, widthM: 240, heightM: 200 }, ctx);
    document = { ...demoRequest(scene, 2019, undefined), dalle: 256 };
    authorization = `Bearer ${await createToken(database, 'test')}`;
    const env = { ...database.env, OCSGE_SOURCES_DIR: sceneDir };
    serving = startCommand(['serve', '--no-demo', '--port', '0'], env);
    await serving.said(/ocsge serves http/);
    url = /ocsge serves (\S+)/.exec(serving.text.stdout)![1]!;
  });
  after(async () => {
    serving.kill('SIGTERM');
    await serving.ended;
  });

  const execute = () =>
    fetch(`${url}/processes/produce/execution`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify({ inputs: document }),
    });
  const statusAt = async (location: string) => (await (await fetch(location)).json()) as Status;

  it('is accepted, makes progress, is published; the server answers all the while', async () => {
    const accepted = await execute();
    assert.equal(accepted.status, 201, await accepted.clone().text());
    const location = accepted.headers.get('location')!;
    const seen = new Set<string>();
    let status = await statusAt(location);
    for (; ['accepted', 'running'].includes(status.status); status = await statusAt(location)) {
      seen.add(`${status.status} ${status.message}`);
      assert.equal((await fetch(`${url}/health`)).status, 200);
      await pause(100);
    }
    assert.equal(status.status, 'successful', `${status.message}\n${serving.text.stderr}`);
    assert.equal(status.progress, 100);
    assert.ok(seen.size >= 3, `steps seen: ${[...seen].join('; ')}`);
    const results = (await (await fetch(`${location}/results`)).json()) as { collection: string; objets: number };
    const items = await fetch(`${results.collection}/items?limit=1`);
    assert.equal(((await items.json()) as { numberMatched: number }).numberMatched, results.objets);
  });

  it('ends within seconds when it is dismissed, and what was published stays', async () => {
    document = { ...document, tile: 128, margin: 16 }; // other tiles: nothing of the first run can be reused
    const location = (await execute()).headers.get('location')!;
    while ((await statusAt(location)).status === 'accepted') await pause(50);
    const dismissed = await fetch(location, { method: 'DELETE', headers: { authorization } });
    assert.equal(dismissed.status, 200);
    assert.equal((await statusAt(location)).status, 'dismissed');
    const { rows } = await database.pool.query('select departement, millesime from published.millesime');
    assert.deepEqual(rows, [{ departement: '999', millesime: 2019 }]);
  });
});
