/** A thread that computes blocks: a job in, its result out. */
import { parentPort } from 'node:worker_threads';
import { type Operations, openBlockOperations } from './block-operations.ts';

export interface ThreadRequest {
  id: number;
  name: keyof Operations;
  job: unknown;
}

export interface ThreadAnswer {
  id: number;
  result?: unknown;
  failure?: { name: string; message: string; stack?: string | undefined };
}

const operations = openBlockOperations();

parentPort!.on('message', async ({ id, name, job }: ThreadRequest) => {
  try {
    const result = await operations[name](job as never);
    parentPort!.postMessage({ id, result } satisfies ThreadAnswer, [...buffersIn(result)]);
  } catch (error) {
    const { name: kind, message, stack } = error as Error;
    parentPort!.postMessage({ id, failure: { name: kind, message, stack } } satisfies ThreadAnswer);
  }
});

/** The memory of arrays in a result: it changes hands, nothing is copied. */
function buffersIn(result: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(result)) found.add(result.buffer as ArrayBuffer);
  else if (typeof result === 'object' && result !== null) {
    for (const value of Object.values(result)) buffersIn(value, found);
  }
  return found;
}
