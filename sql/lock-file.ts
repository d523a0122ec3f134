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
  const whole = `${path}.${process.pid}.new`; // linked once written: nobody sees a lock without its pid
  writeFileSync(whole, JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid) }));
  try {
    for (;;) {
      if (linked(whole, path)) return undefined;
      const holder = lockHolder(path);
      if (holder !== undefined) return holder;
      removeStale(path);
    }
  } finally {
    rmSync(whole, { force: true });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
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
