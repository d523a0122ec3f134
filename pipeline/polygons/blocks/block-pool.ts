/** Block operations in threads. The results are the same whoever computes them, and in whatever order. */
import { Stopped } from '../../errors.ts';
import { errorTold, openThread } from '../../threads.ts';
import { type Operations, openBlockOperations } from './block-operations.ts';
import type { ThreadAnswer } from './block-worker.ts';

export interface BlockPool {
  /** Operations that may usefully be under way at a time. */
  ahead: number;
  /** Throws what the operation threw, `Stopped` once the signal was given. */
  run<Name extends keyof Operations>(
    name: Name,
    job: Parameters<Operations[Name]>[0],
  ): Promise<Awaited<ReturnType<Operations[Name]>>>;
  close(): Promise<void>;
}

/** `threads`: 1 works in the caller's own. */
export function openBlockPool(threads: number, signal: AbortSignal): BlockPool {
  const checkStop = () => {
    if (signal.aborted) throw new Stopped('stopped while making polygons');
  };
  if (threads <= 1) {
    const operations = openBlockOperations();
    return {
      ahead: 2,
      run: async (name, job) => {
        checkStop();
        return (await operations[name](job as never)) as never;
      },
      close: () => operations.close(),
    };
  }
  const workers = Array.from({ length: threads }, startThread);
  return {
    ahead: threads + 2,
    run: async (name, job) => {
      checkStop();
      const thread = workers.reduce((best, other) => (other.pending.size < best.pending.size ? other : best));
      return (await thread.run({ name, job })) as never;
    },
    close: async () => {
      await Promise.all(workers.map((thread) => thread.worker.terminate()));
    },
  };
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

function startThread() {
  const worker = openThread(new URL('./block-worker.ts', import.meta.url));
  const pending = new Map<number, Pending>();
  let [count, failure] = [0, undefined as Error | undefined];
  const fail = (error: Error) => {
    failure ??= error;
    for (const { reject } of pending.values()) reject(failure);
    pending.clear();
  };
  worker.on('message', ({ id, result, failure: told }: ThreadAnswer) => {
    const waiting = pending.get(id);
    pending.delete(id);
    if (told === undefined) waiting?.resolve(result);
    else waiting?.reject(errorTold(told));
  });
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`a thread that makes polygons ended, code ${code}`)));
  return {
    worker,
    pending,
    run: (request: { name: string; job: unknown }) =>
      new Promise<unknown>((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        const id = count++;
        pending.set(id, { resolve, reject });
        worker.postMessage({ id, ...request });
      }),
  };
}
