import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { releaseLock, takeLock } from '../sql/lock-file.ts';
import { BadInput } from './errors.ts';

/** Runs `work` while no other process works in `folder`, cleared of what killed ones left half-written; throws `BadInput` naming the process that does. */
export async function withRunLock<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'run.lock');
  const holder = takeLock(path);
  if (holder !== undefined) {
    throw new BadInput(`${folder} is being worked on by process ${holder}: wait for it to end, or stop it`);
  }
  try {
    await removeRemains(folder);
    return await work();
  } finally {
    releaseLock(path);
  }
}

/** What killed processes left half-written: files get their names when they are whole. For who is alone in `folder`, which need not be there. */
export async function removeRemains(folder: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true }).catch(() => [] as string[])) {
    if (name.endsWith('.part')) await rm(join(folder, name), { recursive: true, force: true });
  }
}
