/**
 * Every edge of every object, matched with its neighbour's. Edges are dealt out to files by where they are, an edge and its way
 * back to the same one, and a file's edges are matched in memory: exact, and never more in memory than one file's.
 */
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position } from 'geojson';
import { asDiskFault, writeAll } from '../disk.ts';
import type { Edge } from '../loops.ts';

/** An edge with the object on its left; `object` is its number, `NODATA` for ground that no image knows. */
export interface OwnedEdge extends Edge {
  object: number;
}

export const NODATA = 0xffffffff;

export interface EdgeVisitor {
  /** Two objects side by side; once an edge. */
  pair(a: number, b: number, edge: Edge): void;
  /** An edge with two objects on the same side. */
  doubled(edge: OwnedEdge, other: number): void;
  /** An edge without a neighbour. */
  exposed(edge: OwnedEdge): void;
}

/** Two points of two doubles, and the object's number. */
const EDGE_BYTES = 36;
const END = 16;
const BUFFERED_EDGES = 4096;
/** Edges of a file, about. */
const EDGES_A_FILE = 1_000_000;

export class EdgeSpool {
  readonly #folder: string;
  readonly #buffers: Buffer[];
  readonly #filled: number[];
  readonly #files: (FileHandle | undefined)[];
  readonly #written: number[];
  #edges = 0;

  /** `expected`: edges that will come, about. */
  constructor(folder: string, expected: number) {
    const files = Math.min(Math.max(Math.ceil(expected / EDGES_A_FILE), 1), 512);
    this.#folder = folder;
    this.#buffers = Array.from({ length: files }, () => Buffer.allocUnsafe(BUFFERED_EDGES * EDGE_BYTES));
    this.#filled = this.#buffers.map(() => 0);
    this.#files = this.#buffers.map(() => undefined);
    this.#written = this.#buffers.map(() => 0);
  }

  get edges(): number {
    return this.#edges;
  }

  /** Enters the rings of an object, the outer one counter-clockwise. Throws `DiskFault`. */
  async add(object: number, rings: Position[][]): Promise<void> {
    for (const ring of rings) {
      for (let i = 0; i + 1 < ring.length; i++) {
        const [x1, y1] = ring[i] as [number, number];
        const [x2, y2] = ring[i + 1] as [number, number];
        if (x1 === x2 && y1 === y2) continue;
        const file = this.#fileOf(x1 + x2, y1 + y2);
        const at = this.#filled[file]! * EDGE_BYTES;
        const buffer = this.#buffers[file]!;
        buffer.writeDoubleLE(x1, at);
        buffer.writeDoubleLE(y1, at + 8);
        buffer.writeDoubleLE(x2, at + END);
        buffer.writeDoubleLE(y2, at + END + 8);
        buffer.writeUInt32LE(object, at + 2 * END);
        this.#edges++;
        if (++this.#filled[file]! === BUFFERED_EDGES) await this.#flush(file);
      }
    }
  }

  /** Matches what was entered, file by file. */
  async match(visitor: EdgeVisitor): Promise<void> {
    for (let file = 0; file < this.#buffers.length; file++) {
      const open = new Map<string, number>();
      for await (const block of this.#read(file)) {
        for (let at = 0; at < block.length; at += EDGE_BYTES) enter(block, at, open, visitor);
      }
      for (const [key, object] of open) visitor.exposed({ ...edgeOf(key), object });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file?.close()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The same for an edge and its way back. */
  #fileOf(sumX: number, sumY: number): number {
    const hash = Math.imul(Math.round(sumX * 8) | 0, 0x9e3779b1) ^ Math.imul(Math.round(sumY * 8) | 0, 0x85ebca6b);
    return ((hash ^ (hash >>> 15)) >>> 0) % this.#buffers.length;
  }

  async #flush(file: number): Promise<void> {
    try {
      if (this.#files[file] === undefined) {
        await mkdir(this.#folder, { recursive: true });
        this.#files[file] = await open(join(this.#folder, `edges-${file}`), 'w+');
      }
      const bytes = this.#buffers[file]!.subarray(0, this.#filled[file]! * EDGE_BYTES);
      await writeAll(this.#files[file], bytes, this.#written[file]!);
      this.#written[file]! += bytes.length;
    } catch (error) {
      throw asDiskFault(error, this.#folder);
    }
    this.#filled[file] = 0;
  }

  async *#read(file: number): AsyncGenerator<Buffer> {
    const handle = this.#files[file];
    const block = Buffer.allocUnsafe(BUFFERED_EDGES * EDGE_BYTES);
    for (let position = 0; handle; ) {
      const { bytesRead } = await handle.read(block, 0, block.length, position);
      if (bytesRead === 0) break;
      const whole = bytesRead - (bytesRead % EDGE_BYTES);
      yield block.subarray(0, whole);
      position += whole;
    }
    yield this.#buffers[file]!.subarray(0, this.#filled[file]! * EDGE_BYTES);
  }
}

/** The bytes of a point as a short string: the fastest exact key. */
function enter(block: Buffer, at: number, open: Map<string, number>, visitor: EdgeVisitor): void {
  const from = block.toString('latin1', at, at + END);
  const to = block.toString('latin1', at + END, at + 2 * END);
  const object = block.readUInt32LE(at + 2 * END);
  const neighbour = open.get(to + from);
  if (neighbour !== undefined) {
    open.delete(to + from);
    visitor.pair(object, neighbour, edgeAt(block, at));
    return;
  }
  const key = from + to;
  const other = open.get(key);
  if (other === undefined) open.set(key, object);
  else visitor.doubled({ ...edgeOf(key), object }, other);
}

const edgeOf = (key: string): Edge => edgeAt(Buffer.from(key, 'latin1'), 0);

const edgeAt = (bytes: Buffer, at: number): Edge => ({
  x1: bytes.readDoubleLE(at),
  y1: bytes.readDoubleLE(at + 8),
  x2: bytes.readDoubleLE(at + END),
  y2: bytes.readDoubleLE(at + END + 8),
});
