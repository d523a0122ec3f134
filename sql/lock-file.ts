/** A file that says which process holds a folder. It survives its process, so its pid and start time are looked up. */
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

interface Lock {
  pid: number;
  startedAt: string;
}

/** The pid of the living process that holds `path`; undefined when nobody does. */
export function lockHolder(path: string): number | undefined {
  try {
    const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock;
    return processStart(lock.pid) === lock.startedAt ? lock.pid : undefined;
  } catch {
    return undefined;
  }
}

/** Takes `path` for this process; returns undefined, or the pid of the process that holds it. */
export function takeLock(path: string): number | undefined {
  const mine = JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid) });
  for (;;) {
    try {
      writeFileSync(path, mine, { flag: 'wx' });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = lockHolder(path);
    if (holder !== undefined) return holder;
    removeStale(path);
  }
}

/** Gives `path` back if this process holds it. */
export function releaseLock(path: string): void {
  if (lockHolder(path) === process.pid) rmSync(path, { force: true });
}

/** Moves a dead process's lock away; if a living one's was moved by accident, it is put back. */
function removeStale(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (lockHolder(aside) !== undefined && !existsSync(path)) linkSync(aside, path);
  } catch {
    // another process was faster: the next attempt tells
  }
  rmSync(aside, { force: true });
}

/** When a process started, so that a reused pid is not taken for it; undefined if there is no such process. */
function processStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]; // field 22, counted from after the name
  } catch {
    return 'unknown'; // no /proc: the pid alone has to do
  }
}
