/**
 * The socket of the embedded engine: many clients, one session.
 *
 * Messages are handed to the engine in whole units, from the first one to the `Sync` or `Query` that ends them, and a client
 * keeps the engine until its transaction is over. (The package pglite-socket hands over single messages: when a large `Bind`
 * arrives in two pieces, another client's `Parse` gets in between, and the parameters go to the wrong statement.)
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { AnswerReader } from './embedded-answer.ts';

export interface EngineSocket {
  server: Server;
  /** Clients connected now. */
  clients(): number;
  close(): Promise<void>;
}

/** Listens on a Unix socket. `onClients` is told the number of clients whenever it changes. */
export async function listenOnSocket(
  db: PGlite,
  socketPath: string,
  onClients: (count: number) => void,
): Promise<EngineSocket> {
  const engine = new Engine(db);
  const open = new Set<Socket>();
  rmSync(socketPath, { force: true }); // the lock is ours, so what is here was left by a kill
  const server = createServer((socket) => {
    open.add(socket);
    onClients(open.size);
    serveClient(socket, engine);
    socket.on('close', () => {
      open.delete(socket);
      onClients(open.size);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    server,
    clients: () => open.size,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One turn at a time; a client keeps its turn while its transaction or pipeline is open. */
class Engine {
  private readonly db: PGlite;
  private readonly waiting: { client: object; start: () => void }[] = [];
  private readonly answer = new AnswerReader();
  private owner: object | undefined;

  constructor(db: PGlite) {
    this.db = db;
  }

  async run(client: object, unit: Uint8Array[], onData: (bytes: Uint8Array) => void): Promise<void> {
    await this.turn(client);
    try {
      for (const message of unit) {
        await this.send(message, onData);
        if (this.answer.suspended) await this.failTransaction();
      }
    } finally {
      const ended = isUnitEnd(unit.at(-1)!);
      if (ended && this.answer.state === 'I') this.pass();
    }
  }

  private send(message: Uint8Array, onData: (bytes: Uint8Array) => void): Promise<void> {
    this.answer.unitEnds = isUnitEnd(message);
    return this.db.execProtocolRawStream(message, { onRawData: (bytes) => onData(this.answer.read(bytes)) });
  }

  /** A statement that cannot be parsed fails the transaction, and what follows is skipped up to the Sync. */
  private async failTransaction(): Promise<void> {
    this.answer.suspended = false;
    await this.send(UNPARSABLE, () => {});
  }

  /** The client is gone: what it left open is rolled back. */
  async leave(client: object): Promise<void> {
    const at = this.waiting.findIndex((entry) => entry.client === client);
    if (at >= 0) this.waiting.splice(at, 1);
    if (this.owner !== client) return;
    await this.send(SYNC, () => {});
    if (this.answer.state !== 'I') await this.send(ROLLBACK, () => {});
    this.pass();
  }

  private turn(client: object): Promise<void> | void {
    if (this.owner === client) return;
    if (this.owner === undefined) {
      this.owner = client;
      return;
    }
    return new Promise((start) => this.waiting.push({ client, start }));
  }

  private pass(): void {
    const next = this.waiting.shift();
    this.owner = next?.client;
    next?.start();
  }
}

const SYNC = frontendMessage('S', '');
const ROLLBACK = frontendMessage('Q', 'rollback\0');
/** Parse: no name, a text that is no SQL, no parameter types. */
const UNPARSABLE = frontendMessage('P', '\0fail\0\0\0');
const TERMINATE = 0x58;

function frontendMessage(type: string, body: string): Uint8Array {
  const message = Buffer.alloc(5 + body.length);
  message.write(type, 0);
  message.writeUInt32BE(4 + body.length, 1);
  message.write(body, 5, 'latin1');
  return message;
}

/** Query, Sync, FunctionCall end a unit; so does the startup packet, which has no type byte (its first byte is 0). */
const isUnitEnd = (message: Uint8Array) => [0x51, 0x53, 0x46, 0].includes(message[0]!);

const FLUSH = 0x48;

function serveClient(socket: Socket, engine: Engine): void {
  const client = {};
  let buffered: Uint8Array[] = [];
  let unit: Uint8Array[] = [];
  let started = false;
  let chain = Promise.resolve();

  const take = (message: Uint8Array) => {
    if (started && message[0] === TERMINATE) {
      chain = chain.then(() => void socket.end());
      return;
    }
    unit.push(message);
    if (!isUnitEnd(message) && message[0] !== FLUSH) return;
    const whole = unit;
    unit = [];
    chain = chain
      .then(() =>
        engine.run(client, whole, (bytes) => void (bytes.length > 0 && socket.writable && socket.write(bytes))),
      )
      .catch(() => void socket.destroy());
  };

  socket.on('data', (chunk: Buffer) => {
    buffered.push(chunk);
    const { messages, rest } = cutMessages(buffered, started);
    buffered = rest;
    for (const message of messages) {
      if (!started && isEncryptionRequest(message)) {
        socket.write('N');
        continue;
      }
      take(message);
      started = true;
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => void chain.then(() => engine.leave(client)));
}

/** SSLRequest 80877103 or GSSENCRequest 80877104. */
function isEncryptionRequest(message: Uint8Array): boolean {
  const code = new DataView(message.buffer, message.byteOffset).getUint32(4);
  return message.length === 8 && (code === 80877103 || code === 80877104);
}

/** Whole messages in what has come so far. Chunks are joined only once a message is complete: a `Bind` may hold megabytes. */
function cutMessages(chunks: Uint8Array[], started: boolean): { messages: Uint8Array[]; rest: Uint8Array[] } {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const first = chunks[0]!.length >= 5 || chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (total < 5 || total < messageLength(first, 0, started)) return { messages: [], rest: chunks };
  const joined = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  const messages: Uint8Array[] = [];
  let at = 0;
  let typed = started;
  while (joined.length - at >= 5) {
    const length = messageLength(joined, at, typed);
    if (joined.length - at < length) break;
    const message = joined.subarray(at, at + length);
    messages.push(message);
    typed ||= !isEncryptionRequest(message);
    at += length;
  }
  return { messages, rest: at < joined.length ? [joined.subarray(at)] : [] };
}

function messageLength(bytes: Uint8Array, at: number, typed: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return typed ? 1 + view.getUint32(at + 1) : view.getUint32(at);
}
