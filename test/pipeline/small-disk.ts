/** A file system of a few kilobytes, to be filled: a tmpfs, which only root may mount. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mount = (options: string, folder: string) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });

export interface SmallDisk {
  folder: string;
  resize(kilobytes: number): void;
  remove(): void;
}

export function mountSmallDisk(kilobytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'ocsge-small-disk-'));
  mount(`size=${kilobytes}k`, folder);
  return {
    folder,
    resize: (size) => mount(`remount,size=${size}k`, folder),
    remove() {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Why no such disk can be had here; false where it can. */
export function smallDiskAbsent(): string | false {
  try {
    mountSmallDisk(64).remove();
    return false;
  } catch (error) {
    return `a tmpfs cannot be mounted (${(error as Error).message.trim().split('\n').at(-1)})`;
  }
}
