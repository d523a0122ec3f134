/** `ocsge serve` as a process, and the worker it looks after. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { pino } from 'pino';
import { superviseWorker } from '../../server/worker-process.ts';
import { packageFile } from '../../sql/package-root.ts';
import { openTestDatabase } from '../database.ts';
import { publishSquares } from './published-fixture.ts';

const log = pino({ level: 'silent' });
const scratch = await mkdtemp(join(tmpdir(), 'ocsge-serve-'));
after(() => rm(scratch, { recursive: true, force: true }));

async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  for (let wait = 0; wait < 200; wait++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`${what}: not within 20 s`);
}

suite('the worker of a server', () => {
  const pids = async (path: string) =>
    (await readFile(path, 'utf8').catch(() => '')).trim().split('\n').filter(Boolean).map(Number);

  test('is started again when it is killed, and ends with the server', async () => {
    const path = join(scratch, 'pids');
    const script = `require('fs').appendFileSync(${JSON.stringify(path)}, process.pid + '\\n'); setInterval(() => {}, 1000)`;
    const worker = superviseWorker({ file: process.execPath, args: ['-e', script] }, log);
    await until('first start', async () => (await pids(path)).length === 1);
    assert.equal(worker.state(), 'running');
    process.kill((await pids(path))[0]!, 'SIGKILL');
    await until('notice', () => worker.state() === 'restarting');
    await until('second start', async () => (await pids(path)).length === 2);
    await worker.stop();
    const [, second] = await pids(path);
    assert.throws(() => process.kill(second!, 0), { code: 'ESRCH' });
  });

  test('that cannot be started does not end the server', async () => {
    const worker = superviseWorker({ file: join(scratch, 'nothing-here'), args: [] }, log);
    await until('notice', () => worker.state() === 'restarting');
    await worker.stop();
  });
});

const database = await openTestDatabase();

function serve(args: string[], env: Record<string, string> = {}): ChildProcess & { said: () => string } {
  const child = spawn(process.execPath, ['--import', 'tsx', packageFile('ocsge.ts'), 'serve', ...args], {
    env: { ...process.env, ...database.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream!.on('data', (chunk: Buffer) => {
      text += chunk;
    });
  }
  return Object.assign(child, { said: () => text });
}

suite('serve', () => {
  test('says where it is, serves, and ends in order on SIGTERM', async () => {
    await publishSquares(database, { millesime: 2019, count: 20 });
    const child = serve(['--port', '0', '--no-worker']);
    const exit = once(child, 'exit');
    try {
      await until('ready', () => child.said().includes('ocsge serves') || child.exitCode !== null);
      const url = /ocsge serves (\S+)/.exec(child.said())?.[1];
      assert.ok(url, child.said());
      assert.match(child.said(), /token for executing processes, shown this once: ocsge_/);
      const collections = (await (await fetch(`${url}/collections`)).json()) as { collections: { id: string }[] };
      assert.ok(collections.collections.some(({ id }) => id === 'occupation-sol-999-2019'));
    } finally {
      child.kill('SIGTERM');
    }
    assert.equal((await exit)[0], 0, child.said());
  });

  test('refuses settings it cannot use with exit code 2', async () => {
    for (const [args, env, message] of [
      [['--port', 'http'], {}, /PORT is "http"/],
      [['--nonsense'], {}, /unknown option/],
      [[], { PUBLIC_URL: 'x' }, /PUBLIC_URL is "x"/],
    ] as [string[], Record<string, string>, RegExp][]) {
      const child = serve(args, env);
      const [code] = await once(child, 'exit');
      assert.equal(code, 2, child.said());
      assert.match(child.said(), message);
    }
  });
});
