import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Script {
  child: ChildProcess;
  /** Resolves once a line of its output matches. Rejects when it ends before. */
  said(pattern: RegExp): Promise<string>;
  /** Resolves when it has ended. */
  ended: Promise<{ code: number | null; signal: string | null; output: string }>;
}

/** Starts a TypeScript file beside `base` in a process of its own. */
export function runScript(base: string, name: string, args: string[], env: Record<string, string> = {}): Script {
  const path = fileURLToPath(new URL(name, base));
  const child = spawn(process.execPath, [...process.execArgv, path, ...args], {
    env: { ...process.env, ...env, NODE_TEST_CONTEXT: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let hear = () => {};
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      hear();
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null; output: string }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, output })),
  );
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      hear = () => {
        const found = pattern.exec(output);
        if (found) resolve(found[0]);
      };
      hear();
      ended.then(() => reject(new Error(`it ended without saying ${pattern}: ${output}`)));
    });
  return { child, said, ended };
}
