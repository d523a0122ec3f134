/** A file read forward, so many bytes at a time, in large pieces. */
import { type FileHandle, open } from 'node:fs/promises';
import { BadInput } from '../errors.ts';

const PIECE_BYTES = 1 << 20;

export class ByteFile {
  readonly path: string;
  readonly sizeBytes: number;
  private readonly file: FileHandle;
  private piece = Buffer.alloc(0);
  private at = 0;
  private nextByte = 0;

  private constructor(path: string, file: FileHandle, sizeBytes: number) {
    this.path = path;
    this.file = file;
    this.sizeBytes = sizeBytes;
  }

  static async open(path: string): Promise<ByteFile> {
    const file = await open(path, 'r').catch((error: Error) => {
      throw new BadInput(`${path}: cannot be read (${error.message})`);
    });
    return new ByteFile(path, file, (await file.stat()).size);
  }

  /** Bytes read so far. */
  get position(): number {
    return this.nextByte - (this.piece.length - this.at);
  }

  /** The next bytes, good until the next call. Throws `BadInput` where the file ends before. */
  async take(bytes: number): Promise<Buffer> {
    if (this.piece.length - this.at < bytes) await this.refill(bytes);
    this.at += bytes;
    return this.piece.subarray(this.at - bytes, this.at);
  }

  async skip(bytes: number): Promise<void> {
    const inPiece = Math.min(bytes, this.piece.length - this.at);
    this.at += inPiece;
    this.nextByte += bytes - inPiece;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async refill(bytes: number): Promise<void> {
    const rest = this.piece.subarray(this.at);
    const missing = bytes - rest.length;
    if (this.nextByte + missing > this.sizeBytes) {
      const wanted = this.position + bytes;
      throw new BadInput(
        `${this.path}: truncated or damaged, ${this.sizeBytes} bytes found, at least ${wanted} wanted`,
      );
    }
    const length = Math.min(Math.max(missing, PIECE_BYTES), this.sizeBytes - this.nextByte);
    const piece = Buffer.allocUnsafe(rest.length + length);
    rest.copy(piece);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.file.read(piece, rest.length + filled, length - filled, this.nextByte + filled);
      if (bytesRead === 0) throw new BadInput(`${this.path}: became shorter while it was read`);
      filled += bytesRead;
    }
    this.nextByte += length;
    this.piece = piece;
    this.at = 0;
  }
}
