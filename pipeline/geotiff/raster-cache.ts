/** What reading many rasters keeps in memory: open files, headers and decoded blocks, all bounded. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { hashFile, type InputFile } from '../artefacts.ts';
import { isUrl } from './http-access.ts';
import { HttpFile, type HttpSettings } from './http-file.ts';

/** Files open at a time: a département has thousands of dalles, a process far fewer descriptors. */
const OPEN_FILES = 64;
/** Headers kept: a dalle's takes some 10 kB, that of a whole département in one file some MB. */
const HEADERS = 64;
const DECODED_BYTES = 128 * 2 ** 20;

interface OpenFile {
  handle: Promise<FileHandle>;
  readers: number;
}

/** Shared by rasters read together; `close` when the last of them is done. Reads may run concurrently. */
export class RasterCache {
  private readonly files = new Map<string, OpenFile>();
  private readonly remotes = new Map<string, HttpFile>();
  private readonly headers = new Map<string, Promise<unknown>>();
  private readonly blocks = new Map<string, { block: Promise<ArrayBufferLike>; bytes: number }>();
  private decodedBytes = 0;
  private readonly http: HttpSettings;
  private readonly mostBytes: number;

  /** `http`: which addresses may be read; any https by default. `mostBytes`: of decoded blocks. */
  constructor(http: HttpSettings = {}, mostBytes = DECODED_BYTES) {
    this.http = http;
    this.mostBytes = mostBytes;
  }

  /** Bytes [offset, offset + length) of a file or an address; fewer where it ends before. */
  async readBytes(path: string, offset: number, length: number): Promise<ArrayBuffer> {
    if (isUrl(path)) return this.remote(path).read(offset, length);
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

  async sizeBytes(path: string): Promise<number> {
    return isUrl(path) ? this.remote(path).sizeBytes() : (await stat(path)).size;
  }

  /** What tells this content from another: the hash of a file, the server's word for what is behind an address. */
  identity(path: string): Promise<InputFile> {
    return isUrl(path) ? this.remote(path).identity() : hashFile(path);
  }

  /** What `read` made of a file's header; made again when it was asked for too long ago. */
  header<Header>(path: string, read: () => Promise<Header>): Promise<Header> {
    const kept = (this.headers.get(path) as Promise<Header> | undefined) ?? read();
    this.headers.delete(path);
    this.headers.set(path, kept);
    kept.catch(() => this.headers.delete(path));
    for (const oldest of this.headers.keys()) {
      if (this.headers.size <= HEADERS) break;
      this.headers.delete(oldest);
      this.remotes.get(oldest)?.forget();
    }
    return kept;
  }

  /** The decoded block under `key`; `decode` runs once for concurrent readers. */
  block(key: string, bytes: number, decode: () => Promise<ArrayBufferLike>): Promise<ArrayBufferLike> {
    const kept = this.blocks.get(key) ?? { block: this.forgetFailed(key, decode()), bytes };
    this.decodedBytes += this.blocks.delete(key) ? 0 : bytes;
    this.blocks.set(key, kept);
    for (const [oldest, { bytes: freed }] of this.blocks) {
      if (this.decodedBytes <= this.mostBytes || oldest === key) break;
      this.blocks.delete(oldest);
      this.decodedBytes -= freed;
    }
    return kept.block;
  }

  private forgetFailed(key: string, block: Promise<ArrayBufferLike>): Promise<ArrayBufferLike> {
    block.catch(() => {
      const kept = this.blocks.get(key);
      if (kept?.block === block && this.blocks.delete(key)) this.decodedBytes -= kept.bytes;
    });
    return block;
  }

  async close(): Promise<void> {
    this.blocks.clear();
    this.headers.clear();
    this.remotes.clear();
    this.decodedBytes = 0;
    await Promise.all(this.closeOldFiles(0));
  }

  private remote(path: string): HttpFile {
    const file = this.remotes.get(path) ?? new HttpFile(path, this.http);
    this.remotes.set(path, file);
    return file;
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
