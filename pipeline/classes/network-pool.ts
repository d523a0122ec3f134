/** Networks in threads of their own: onnxruntime holds the thread that calls it, and reading and writing must go on meanwhile. */
import type { Worker } from 'node:worker_threads';
import { Stopped } from '../errors.ts';
import { errorTold, openThread } from '../threads.ts';
import type { WorkerMessage } from './network-worker.ts';
import type { BatchAnswer, NetworkSettings, TileBatch } from './tile-batch.ts';

/** Networks that answer batches; each is opened once, in its thread. */
export interface NetworkPool {
  /**
   * Answers a batch. Throws what the thread threw (`BadInput` as
   * such), an Error where the thread has died, `Stopped` once the signal was given.
   */
  run(batch: TileBatch): Promise<BatchAnswer>;
  /** Share of the time since the first batch that the networks were at work; 1: all of them, always. */
  share(): number;
  /** Ends the threads; batches not yet answered are rejected. */
  close(): Promise<void>;
}

interface Pending {
  resolve(answer: BatchAnswer): void;
  reject(error: Error): void;
}

interface NetworkThread {
  worker: Worker;
  /** In the order they were sent, which is the order of the answers. */
  pending: Pending[];
  /** Why it answers no more. */
  failure: Error | undefined;
}

/** A thread busy in the network cannot hear that it is to end; it is not waited for longer than this. */
const PATIENCE_MS = 2_000;

/** Starts `workers` threads, each with the network of `settings`; after `signal` they answer no more. */
export function openNetworkPool(
  settings: NetworkSettings,
  workers: number,
  signal: AbortSignal,
  open = (workerData: NetworkSettings) => openThread(new URL('./network-worker.ts', import.meta.url), workerData),
): NetworkPool {
  const threads = Array.from({ length: workers }, () => startThread(open(settings)));
  const stop = () => {
    for (const thread of threads) fail(thread, new Stopped('stopped while classifying'));
  };
  signal.addEventListener('abort', stop);
  let startMs: number | undefined;
  let networkMs = 0;
  return {
    async run(batch) {
      if (signal.aborted) throw new Stopped('stopped while classifying');
      startMs ??= performance.now();
      const thread = threads.reduce((best, other) => (other.pending.length < best.pending.length ? other : best));
      const answer = await send(thread, batch);
      networkMs += answer.networkMs;
      return answer;
    },
    share: () => (startMs === undefined ? 0 : networkMs / (performance.now() - startMs) / workers),
    async close() {
      signal.removeEventListener('abort', stop);
      await Promise.all(threads.map(endThread));
    },
  };
}

function startThread(worker: Worker): NetworkThread {
  const thread: NetworkThread = { worker, pending: [], failure: undefined };
  worker.on('message', (message: WorkerMessage) => {
    if (message === 'closed') return;
    if ('failure' in message && message.fatal) return fail(thread, errorTold(message.failure));
    const pending = thread.pending.shift();
    if ('failure' in message) pending?.reject(errorTold(message.failure));
    else pending?.resolve(message);
  });
  worker.on('error', (error) => fail(thread, new Error(`the network's thread died: ${error.message}`)));
  worker.on('exit', (code) => fail(thread, new Error(`the network's thread ended by itself, code ${code}`)));
  return thread;
}

/** What waits is rejected, and so is what comes later. The first reason stays. */
function fail(thread: NetworkThread, error: Error): void {
  thread.failure ??= error;
  for (const pending of thread.pending.splice(0)) pending.reject(thread.failure);
}

function send(thread: NetworkThread, batch: TileBatch): Promise<BatchAnswer> {
  if (thread.failure) return Promise.reject(thread.failure);
  return new Promise((resolve, reject) => {
    thread.pending.push({ resolve, reject });
    thread.worker.postMessage(batch);
  });
}

async function endThread(thread: NetworkThread): Promise<void> {
  fail(thread, new Stopped('the networks were closed'));
  const { worker } = thread;
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
    worker.once('exit', () => resolve());
    worker.on('message', (message: WorkerMessage) => message === 'closed' && resolve());
    worker.postMessage('close');
  });
  clearTimeout(timer);
  await worker.terminate();
}
