/** What reading many rasters keeps in memory: open files and decoded blocks, both bounded. */
import { type FileHandle, open } from 'node:fs/promises';

/** Files open at a time: a département has thousands of dalles, a process far fewer descriptors. */
const OPEN_FILES = 64;
const DECODED_BYTES = 128 * 2 ** 20;

interface OpenFile {
  handle: Promise<FileHandle>;
  readers: number;
}

/** Shared by rasters read together; `close` when the last of them is done. Reads may run concurrently. */
export class RasterCache {
  private readonly files = new Map<string, OpenFile>();
  private readonly blocks = new Map<string, { block: Promise<ArrayBufferLike>; bytes: number }>();
  private decodedBytes = 0;

  /** Bytes [offset, offset + length) of a file; fewer where it ends before. */
  async readBytes(path: string, offset: number, length: number): Promise<ArrayBuffer> {
    const file = this.files.get(path) ?? { handle: open(path, 'r'), readers: 0 };
    this.files.delete(path);
    this.files.set(path, file); // the last used comes last
    file.readers++;
    try {
      const { buffer, bytesRead } = await (await file.handle).read(new Uint8Array(length), 0, length, offset);
      return bytesRead === length ? buffer.buffer : buffer.buffer.slice(0, bytesRead);
    } finally {
      file.readers--;
      this.closeOldFiles(OPEN_FILES);
    }
  }

  /** The decoded block under `key`; `decode` runs once for concurrent readers. */
  block(key: string, bytes: number, decode: () => Promise<ArrayBufferLike>): Promise<ArrayBufferLike> {
    const kept = this.blocks.get(key) ?? { block: decode(), bytes };
    this.decodedBytes += this.blocks.delete(key) ? 0 : bytes;
    this.blocks.set(key, kept);
    for (const [oldest, { bytes: freed }] of this.blocks) {
      if (this.decodedBytes <= DECODED_BYTES || oldest === key) break;
      this.blocks.delete(oldest);
      this.decodedBytes -= freed;
    }
    return kept.block;
  }

  async close(): Promise<void> {
    this.blocks.clear();
    this.decodedBytes = 0;
    await Promise.all(this.closeOldFiles(0));
  }

  private closeOldFiles(keep: number): Promise<void>[] {
    const closing: Promise<void>[] = [];
    for (const [path, file] of this.files) {
      if (this.files.size <= keep) break;
      if (file.readers > 0) continue;
      this.files.delete(path);
      closing.push(file.handle.then((handle) => handle.close()).catch(() => {})); // a file that never opened
    }
    return closing;
  }
}
