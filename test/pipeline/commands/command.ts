/** Commands as a user gives them: processes of their own, from the sources. */
import { type ChildProcess, spawn } from 'node:child_process';
import { packageFile } from '../../../sql/package-root.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `ocsge …words`; `ended` resolves when it has, `said(pattern)` when standard error matches. */
export function startCommand(words: string[], env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', packageFile('ocsge.ts'), ...words], {
    cwd: packageFile(),
    env: { ...process.env, DATABASE_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]!.on('data', (chunk: Buffer) => {
      text[stream] += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...text })));
  const said = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(text.stderr + text.stdout) && resolve();
      listeners.add(look);
      void ended.then(({ stderr }) => reject(new Error(`it ended without saying ${pattern}:\n${stderr}`)));
      look();
    });
  return { child, text, ended, said, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

export const runCommand = (words: string[], env: Record<string, string>) => startCommand(words, env).ended;
