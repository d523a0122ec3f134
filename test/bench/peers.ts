/** Programs we are compared with: installed here when they are missing and this machine can, never by package.json. */
import { execFileSync, spawn } from 'node:child_process';

/** A peer's version as the row names it (`GDAL 3.6.2`); undefined when it is not there and cannot be installed. */
export function gdal(say: (text: string) => void): string | undefined {
  const version = () => words('gdalinfo', ['--version'])?.match(/GDAL [\d.]+/)?.[0];
  return version() ?? (aptInstall(['gdal-bin', 'python3-gdal'], say) ? version() : undefined);
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
