/** Records sorted by a number, more of them than memory holds: sorted runs on disk, merged when read. */
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asDiskFault, writeAll } from '../../disk.ts';

export interface SpoolRecord {
  /** A whole number; records of one key come in any order. */
  key: number;
  payload: Uint8Array;
}

const HEAD_BYTES = 12;
/** Payloads kept until a run is written. */
const RUN_BYTES = 32 << 20;
const FIRST_BYTES = 1 << 14;
/** What memory holds of each run while they are merged. */
const PAGE_BYTES = 1 << 18;

export class SortedSpool {
  private readonly path: string;
  private readonly runBytes: number;
  /** Payloads in one room, one after the other: arrays of their own would be millions. */
  private room = Buffer.allocUnsafe(FIRST_BYTES);
  private keys: number[] = [];
  /** Where each ends. */
  private ends: number[] = [];
  private readonly runs: string[] = [];

  /** `path`: of its runs, which are numbered from there on. */
  constructor(path: string, runBytes = RUN_BYTES) {
    this.path = path;
    this.runBytes = runBytes;
  }

  /** Takes a copy of `payload`. Throws `DiskFault`. */
  async add(key: number, payload: Uint8Array): Promise<void> {
    const start = this.used;
    if (start + payload.length > this.room.length) this.makeRoom(start + payload.length);
    this.room.set(payload, start);
    this.keys.push(key);
    this.ends.push(start + payload.length);
    if (this.used + HEAD_BYTES * this.keys.length >= this.runBytes) await this.writeRun();
  }

  /**
   * All records, by key, many at a time: millions one by one take longer to wait for than to read. May be asked for once nothing
   * more is added, as often as wanted.
   */
  async *sorted(): AsyncGenerator<SpoolRecord[]> {
    if (this.runs.length === 0) {
      yield [...this.inOrder()];
      return;
    }
    const files = await Promise.all(this.runs.map((path) => open(path, 'r')));
    try {
      yield* merged([...files.map(readRun), fromMemory([...this.inOrder()])]);
    } finally {
      await Promise.all(files.map((file) => file.close()));
    }
  }

  async remove(): Promise<void> {
    this.forget();
    await Promise.all(this.runs.map((path) => rm(path, { force: true })));
  }

  private async writeRun(): Promise<void> {
    const path = `${this.path}.${this.runs.length}`;
    this.runs.push(path);
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, 'w');
      try {
        await writeRecords(file, this.inOrder());
      } finally {
        await file.close();
      }
    } catch (error) {
      throw asDiskFault(error, path);
    }
    this.forget();
  }

  private get used(): number {
    return this.ends.at(-1) ?? 0;
  }

  private makeRoom(bytes: number): void {
    const larger = Buffer.allocUnsafe(Math.max(bytes, Math.min(2 * bytes, this.runBytes)));
    larger.set(this.room.subarray(0, this.used));
    this.room = larger;
  }

  private forget(): void {
    [this.keys, this.ends] = [[], []];
  }

  /** What memory holds, by key. */
  private *inOrder(): Generator<SpoolRecord> {
    const { keys, ends, room } = this;
    const order = Uint32Array.from(keys, (_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
    for (const i of order) yield { key: keys[i]!, payload: room.subarray(ends[i - 1] ?? 0, ends[i]) };
  }
}

async function writeRecords(file: FileHandle, records: Iterable<SpoolRecord>): Promise<void> {
  let [at, page, bytes] = [0, [] as Uint8Array[], 0];
  const write = async () => {
    await writeAll(file, Buffer.concat(page), at);
    [at, page, bytes] = [at + bytes, [], 0];
  };
  for (const { key, payload } of records) {
    const head = Buffer.allocUnsafe(HEAD_BYTES);
    head.writeDoubleLE(key);
    head.writeUInt32LE(payload.length, 8);
    page.push(head, payload);
    bytes += HEAD_BYTES + payload.length;
    if (bytes >= PAGE_BYTES) await write();
  }
  await write();
}

async function* fromMemory(records: SpoolRecord[]): AsyncGenerator<SpoolRecord[]> {
  yield records;
}

/** The records of a run, a page at a time. */
async function* readRun(file: FileHandle): AsyncGenerator<SpoolRecord[]> {
  let [rest, at, wanted] = [Buffer.alloc(0), 0, HEAD_BYTES];
  for (;;) {
    const page = Buffer.allocUnsafe(Math.max(PAGE_BYTES, wanted));
    const { bytesRead } = await file.read(page, 0, page.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    rest = Buffer.concat([rest, page.subarray(0, bytesRead)]);
    const records: SpoolRecord[] = [];
    let from = 0;
    for (;;) {
      const start = from + HEAD_BYTES;
      wanted = start > rest.length ? HEAD_BYTES : HEAD_BYTES + rest.readUInt32LE(from + 8);
      if (from + wanted > rest.length) break;
      records.push({ key: rest.readDoubleLE(from), payload: rest.subarray(start, from + wanted) });
      from += wanted;
    }
    rest = rest.subarray(from);
    if (records.length > 0) yield records;
  }
}

/** Always the run whose next record is first; runs are few, so they are looked through. */
async function* merged(runs: AsyncGenerator<SpoolRecord[]>[]): AsyncGenerator<SpoolRecord[]> {
  const heads: { run: AsyncGenerator<SpoolRecord[]>; records: SpoolRecord[]; at: number }[] = [];
  const refill = async (run: AsyncGenerator<SpoolRecord[]>) => {
    const { value, done } = await run.next();
    return done ? [] : value;
  };
  for (const run of runs) {
    const records = await refill(run);
    if (records.length > 0) heads.push({ run, records, at: 0 });
  }
  let batch: SpoolRecord[] = [];
  while (heads.length > 0) {
    let first = heads[0]!;
    for (const head of heads) if (head.records[head.at]!.key < first.records[first.at]!.key) first = head;
    batch.push(first.records[first.at++]!);
    if (first.at < first.records.length) continue;
    yield batch; // its pages may go
    batch = [];
    [first.records, first.at] = [await refill(first.run), 0];
    if (first.records.length === 0) heads.splice(heads.indexOf(first), 1);
  }
}
