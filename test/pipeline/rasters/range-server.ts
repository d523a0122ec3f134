/** A file server that answers byte ranges, and misbehaves as it is told. */

import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Answers a request instead of the server; true when it did. */
type Misbehave = (request: IncomingMessage, response: ServerResponse, count: number) => boolean;

export interface RangeServer {
  url: string;
  /** Ranges asked for, in order. */
  ranges: [start: number, end: number][];
  misbehave: Misbehave | undefined;
  etag: string | undefined;
  close(): Promise<void>;
}

export async function serveRanges(folder: string): Promise<RangeServer> {
  let count = 0;
  const served = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (server.misbehave?.(request, response, ++count)) return;
    const path = new URL(request.url!, 'http://localhost').pathname;
    const file = await open(join(folder, path)).catch(() => undefined);
    if (file === undefined) return void response.writeHead(404).end();
    const { size } = await file.stat();
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const [start, end] = range ? [Number(range[1]), Math.min(Number(range[2]), size - 1)] : [0, size - 1];
    const { buffer } = await file.read(Buffer.alloc(end - start + 1), 0, end - start + 1, start);
    await file.close();
    if (server.etag !== undefined) response.setHeader('etag', server.etag);
    if (range === null) return void response.writeHead(200).end(buffer);
    server.ranges.push([start, end]);
    response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${size}`, 'content-length': buffer.length });
    response.end(buffer);
  };
  await new Promise<void>((resolve) => served.listen(0, '127.0.0.1', resolve));
  const server: RangeServer = {
    url: `http://127.0.0.1:${(served.address() as AddressInfo).port}`,
    ranges: [],
    misbehave: undefined,
    etag: '"one"',
    close: () =>
      new Promise((resolve) => {
        served.close(() => resolve());
        served.closeAllConnections();
      }),
  };
  return server;
}
