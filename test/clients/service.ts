/** What the client tests talk to: `ocsge serve` as a user starts it, on a database with something published in it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { packageFile } from '../../sql/package-root.ts';

const START_TIMEOUT_MS = 60_000;
export const SAMPLES = process.env['OCSGE_SAMPLES'] || undefined;

export interface Service {
  /** Without a slash at the end. */
  url: string;
  stop(): Promise<void>;
}

/**
 * For node:test's `skip`: the reason where the tool is missing, else false. With OCSGE_REQUIRE_TOOLS=1 nothing is skipped: what is
 * missing fails.
 */
export function skipWithout(name: string, present: boolean): string | false {
  if (present || process.env['OCSGE_REQUIRE_TOOLS'] === '1') return false;
  return `${name} is not installed`;
}

/** Whether a program is there and runs. */
export function runs(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Publishes the sample delivery through the command line. Returns its collection's id. */
export function importSample(database: { env: Record<string, string> }): string {
  const delivery = join(SAMPLES!, 'ocsge-d062-2018', 'OCS-GE_2-0__GPKG_LAMB93_D062_2018-01-01');
  execFileSync(process.execPath, [...BINARY, 'import', delivery], {
    env: { ...process.env, ...database.env },
    stdio: 'pipe',
  });
  return 'occupation-sol-062-2018';
}

const BINARY = ['--import', 'tsx', packageFile('ocsge.ts')];

/** Starts `ocsge serve` on the test's database; resolves once `/health` answers. */
export async function startService(database: { env: Record<string, string> }): Promise<Service> {
  const port = await freePort();
  const env = { ...process.env, ...database.env, PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: '' };
  const child = spawn(process.execPath, [...BINARY, 'serve', '--no-worker'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
  }
  const url = `http://127.0.0.1:${port}`;
  const start = Date.now();
  while (!(await isUp(url))) {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}: ${said}`);
    if (Date.now() - start > START_TIMEOUT_MS) {
      await end(child);
      throw new Error(`serve did not answer within ${START_TIMEOUT_MS / 1000} s: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { url, stop: () => end(child) };
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
