/**
 * A file behind an address, read by byte ranges (RFC 9110 §14). Reads asked for together become few requests: neighbours are
 * fetched as one. What the server says of the file's identity must not change while it is read.
 */
import { createHash } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { InputFile } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import { checkUrl, type HttpAccess, type PinnedAddress, pinAddress, shownUrl } from './http-access.ts';

/** The header of a COG, its directory of tiles included, is within it but for giants. */
const HEAD_BYTES = 64 * 1024;
/** A gap this small costs less to read than another request. */
const GAP_BYTES = 32 * 1024;
const REQUEST_BYTES = 8 * 2 ** 20;
const ATTEMPTS = 4;

export interface HttpSettings extends HttpAccess {
  /** The longest silence of a server that is waited for. */
  timeoutMs?: number;
  /** Before the second attempt; doubled before each further one. */
  backoffMs?: number;
}

/** What a server says of a file: its length, and which version of it this is. */
interface Identity {
  sizeBytes: number;
  version: string;
}

interface Waiting {
  offset: number;
  length: number;
  resolve: (bytes: ArrayBuffer) => void;
  reject: (error: unknown) => void;
}

/** A fault that may pass: the connection, a timeout, a server too busy. */
class Passing extends Error {}

const AGENTS = {
  'http:': new HttpAgent({ keepAlive: true, maxSockets: 8 }),
  'https:': new HttpsAgent({ keepAlive: true, maxSockets: 8 }),
};

export class HttpFile {
  private readonly url: URL;
  private readonly shown: string;
  private readonly settings: HttpSettings;
  private pinned: Promise<PinnedAddress> | undefined;
  private known: Identity | undefined;
  private head: Promise<ArrayBuffer> | undefined;
  private waiting: Waiting[] = [];

  /** Throws `BadInput` for an address that may not be read. */
  constructor(path: string, settings: HttpSettings) {
    this.url = checkUrl(path, settings);
    this.shown = shownUrl(path);
    this.settings = settings;
  }

  /** Bytes [offset, offset + length); fewer where the file ends before. Throws `BadInput` naming the address. */
  async read(offset: number, length: number): Promise<ArrayBuffer> {
    if (offset + length <= HEAD_BYTES) return (await this.readHead()).slice(offset, offset + length);
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.fetchWaiting());
      this.waiting.push({ offset, length, resolve, reject });
    });
  }

  async sizeBytes(): Promise<number> {
    if (this.known === undefined) await this.readHead();
    return this.known!.sizeBytes;
  }

  /** The server's word for the content stands in for its hash: nobody reads a whole orthophotography to name it. */
  async identity(): Promise<InputFile> {
    const sizeBytes = await this.sizeBytes();
    const sha256 = createHash('sha256').update(`${this.shown} ${sizeBytes} ${this.known!.version}`).digest('hex');
    return { path: this.shown, sha256 };
  }

  /** Forgets the bytes of the header; they come again when they are asked for. */
  forget(): void {
    this.head = undefined;
  }

  private readHead(): Promise<ArrayBuffer> {
    this.head ??= this.fetchRange(0, HEAD_BYTES);
    this.head.catch(() => {
      this.head = undefined;
    });
    return this.head;
  }

  private fetchWaiting(): void {
    const asked = this.waiting.sort((a, b) => a.offset - b.offset);
    this.waiting = [];
    for (const group of groupNeighbours(asked)) void this.fetchGroup(group);
  }

  private async fetchGroup(group: Waiting[]): Promise<void> {
    const start = group[0]!.offset;
    try {
      const bytes = await this.fetchRange(
        start,
        Math.max(...group.map(({ offset, length }) => offset + length)) - start,
      );
      for (const { offset, length, resolve } of group) resolve(bytes.slice(offset - start, offset - start + length));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  private async fetchRange(offset: number, length: number): Promise<ArrayBuffer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.fetchOnce(offset, length);
      } catch (error) {
        if (error instanceof BadInput) throw error;
        if (attempt === ATTEMPTS) {
          throw new BadInput(`${this.shown}: cannot be read, ${ATTEMPTS} attempts (${(error as Error).message})`);
        }
        await pause((this.settings.backoffMs ?? 250) * 2 ** (attempt - 1));
      }
    }
  }

  private async fetchOnce(offset: number, length: number): Promise<ArrayBuffer> {
    this.pinned ??= pinAddress(this.url, this.settings);
    this.pinned.catch(() => {
      this.pinned = undefined;
    });
    const response = await this.ask(await this.pinned, `bytes=${offset}-${offset + length - 1}`);
    try {
      const wanted = this.checkAnswer(response, offset, length);
      return await bodyOf(response, wanted);
    } catch (error) {
      response.destroy(); // whatever else it has to say is not waited for
      throw error;
    }
  }

  private ask(pinned: PinnedAddress, range: string): Promise<IncomingMessage> {
    const secure = this.url.protocol === 'https:';
    const lookup: LookupFunction = (_host, options, done) =>
      options.all ? done(null, [pinned]) : done(null, pinned.address, pinned.family);
    const timeout = this.settings.timeoutMs ?? 30_000;
    return new Promise((resolve, reject) => {
      const asking = (secure ? requestHttps : requestHttp)(
        this.url,
        {
          agent: AGENTS[secure ? 'https:' : 'http:'],
          lookup,
          timeout,
          headers: { range, 'accept-encoding': 'identity' },
        },
        resolve,
      );
      asking.once('timeout', () => asking.destroy(new Passing(`no answer for ${timeout / 1000} s`)));
      asking.once('error', reject);
      asking.end();
    });
  }

  /** Length of the answer's body. Throws `BadInput` for an answer that asking again does not mend. */
  private checkAnswer(response: IncomingMessage, offset: number, length: number): number {
    const { statusCode: status = 0, headers } = response;
    if (status === 429 || status >= 500) throw new Passing(`status ${status}`);
    if (status >= 300 && status < 400) {
      throw new BadInput(
        `${this.shown}: redirects (status ${status}), which is not followed; give the address it leads to`,
      );
    }
    if (status === 200)
      throw new BadInput(`${this.shown}: the server does not answer byte ranges (status 200, 206 wanted)`);
    if (status !== 206) throw new BadInput(`${this.shown}: status ${status}, 206 wanted`);
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '');
    if (range === null || Number(range[1]) !== offset) {
      throw new BadInput(`${this.shown}: range "${headers['content-range']}" answered, bytes from ${offset} wanted`);
    }
    const sizeBytes = Number(range[3]);
    this.checkIdentity({ sizeBytes, version: headers.etag ?? headers['last-modified'] ?? '' });
    const wanted = Math.min(length, sizeBytes - offset);
    if (Number(range[2]) - offset + 1 !== wanted) throw new Passing(`range "${headers['content-range']}" answered`);
    return wanted;
  }

  private checkIdentity(found: Identity): void {
    this.known ??= found;
    if (this.known.sizeBytes === found.sizeBytes && this.known.version === found.version) return;
    const text = ({ sizeBytes, version }: Identity) => `${sizeBytes} bytes, ${version || 'no ETag'}`;
    throw new BadInput(
      `${this.shown}: changed while it was read (${text(this.known)}; now ${text(found)}); start again`,
    );
  }
}

/** Neighbours are read as one, as long as that stays a request of reasonable size. */
function groupNeighbours(sorted: Waiting[]): Waiting[][] {
  const groups: Waiting[][] = [];
  let [start, end] = [0, Number.NEGATIVE_INFINITY];
  for (const read of sorted) {
    const readEnd = read.offset + read.length;
    if (read.offset <= end + GAP_BYTES && readEnd - start <= REQUEST_BYTES) {
      groups.at(-1)!.push(read);
      end = Math.max(end, readEnd);
    } else {
      groups.push([read]);
      [start, end] = [read.offset, readEnd];
    }
  }
  return groups;
}

async function bodyOf(response: IncomingMessage, length: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (at + chunk.length > length) throw new Passing(`more than the ${length} bytes announced`);
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at < length) throw new Passing(`${at} of ${length} bytes came`);
  return bytes.buffer;
}
