import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { releaseLock, takeLock } from '../sql/lock-file.ts';
import { BadInput } from './errors.ts';

/** Runs `work` while no other process works in `folder`; throws `BadInput` naming the process that does. */
export async function withRunLock<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'run.lock');
  const holder = takeLock(path);
  if (holder !== undefined) {
    throw new BadInput(`${folder} is being worked on by process ${holder}: wait for it to end, or stop it`);
  }
  try {
    return await work();
  } finally {
    releaseLock(path);
  }
}
