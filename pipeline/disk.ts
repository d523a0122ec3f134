/** Writing whole files on a disk that may be full or broken. */
import type { FileHandle } from 'node:fs/promises';
import { DiskFault } from './errors.ts';

/** What a person can do something about, by error code. */
const FAULTS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk does not write (input/output error)',
  EROFS: 'the disk is mounted read-only',
  EFBIG: 'the file is larger than the disk allows',
};

/**
 * `error` as a `DiskFault` that names the file, where the disk is what failed; any other error as it is. `wantedBytes`: what the
 * file would have taken, where that is known.
 */
export function asDiskFault(error: unknown, path: string, wantedBytes?: number): unknown {
  const fault = FAULTS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  if (fault === undefined || error instanceof DiskFault) return error;
  const wanted = wantedBytes === undefined ? '' : `, ${(wantedBytes / 1e6).toFixed(1)} MB wanted`;
  return new DiskFault(
    `${path}: ${fault}${wanted}; what was finished is kept, and the same command goes on from there`,
    {
      cause: error,
    },
  );
}

/** Writes all of `bytes` at `position`: a disk nearly full takes a part and says so only by the count. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
