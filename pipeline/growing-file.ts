/** Files that are written at their end only, and what was put there. */
import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asDiskFault, writeAll } from './disk.ts';

/** Made, in place of what was there, with its first bytes. */
export class GrowingFile {
  readonly path: string;
  private file: FileHandle | undefined;
  private size = 0;

  constructor(path: string) {
    this.path = path;
  }

  get bytes(): number {
    return this.size;
  }

  /** Returns where the bytes begin. Throws `DiskFault`. */
  async append(bytes: Uint8Array): Promise<number> {
    const at = this.size;
    try {
      if (this.file === undefined) {
        await mkdir(dirname(this.path), { recursive: true });
        this.file = await open(this.path, at === 0 ? 'w+' : 'r+');
      }
      await writeAll(this.file, bytes, at);
    } catch (error) {
      throw asDiskFault(error, this.path);
    }
    this.size += bytes.length;
    return at;
  }

  /** Fills `into` from `at` on, as far as the file goes; returns how many bytes that are. */
  async read(into: Uint8Array, at: number): Promise<number> {
    let done = 0;
    while (done < into.length && at + done < this.size) {
      const { bytesRead } = await this.file!.read(into, done, into.length - done, at + done);
      if (bytesRead === 0) throw new Error(`${this.path} has lost its end`);
      done += bytesRead;
    }
    return done;
  }

  /** To be called when nothing is appended or read for now. */
  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }
}

const PART_BYTES = 1 << 20;

/** Text too long to be held: a stretch of a file, read part by part, as often as asked while the file is there. */
export class StoredText implements Iterable<Uint8Array> {
  readonly path: string;
  readonly at: number;
  readonly length: number;

  constructor(path: string, at: number, length: number) {
    this.path = path;
    this.at = at;
    this.length = length;
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    const file = openSync(this.path, 'r');
    try {
      for (let done = 0; done < this.length; ) {
        const part = Buffer.allocUnsafe(Math.min(PART_BYTES, this.length - done));
        const read = readSync(file, part, 0, part.length, this.at + done);
        if (read === 0) throw new Error(`${this.path} has lost its end`);
        yield part.subarray(0, read);
        done += read;
      }
    } finally {
      closeSync(file);
    }
  }
}
