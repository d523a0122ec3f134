/** Programs we are compared with: installed here when they are missing and this machine can, never by package.json. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A peer's version as the row names it (`GDAL 3.6.2`); undefined when it is not there and cannot be installed. */
export function gdal(say: (text: string) => void): string | undefined {
  const version = () => words('gdalinfo', ['--version'])?.match(/GDAL [\d.]+/)?.[0];
  return version() ?? (aptInstall(['gdal-bin', 'python3-gdal'], say) ? version() : undefined);
}

const MAPSHAPER = '0.7.70';

/** Where mapshaper's programs are, installed beside the temporary files; undefined when that cannot be. */
export function mapshaper(say: (text: string) => void): { version: string; programs: string } | undefined {
  const folder = join(tmpdir(), 'ocsge-peers', `mapshaper-${MAPSHAPER}`);
  const programs = join(folder, 'node_modules', '.bin');
  const found = () => words(join(programs, 'mapshaper'), ['--version']) !== undefined;
  if (!found()) {
    say(`installing mapshaper ${MAPSHAPER}`);
    mkdirSync(folder, { recursive: true });
    const wanted = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `mapshaper@${MAPSHAPER}`,
    ];
    if (words('npm', wanted) === undefined || !found()) return undefined;
  }
  return { version: `mapshaper ${MAPSHAPER}`, programs };
}

function words(program: string, args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

export function aptInstall(packages: string[], say: (text: string) => void): boolean {
  if (process.getuid?.() !== 0) return false;
  say(`installing ${packages.join(' ')}`);
  words('apt-get', ['update', '-qq']);
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  try {
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
    return true;
  } catch {
    return false;
  }
}

/** Runs a command, a peer's or ours, to its end. Throws with its last words when it fails. */
export function runPeer(program: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
    let last = '';
    child.stderr.on('data', (chunk: Buffer) => {
      last = (last + chunk.toString()).slice(-500);
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${last}`)),
    );
  });
}
