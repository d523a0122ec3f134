/** A thread that computes blocks: a job in, its result out. */
import { parentPort } from 'node:worker_threads';
import { buffersIn, type ToldError, tellError } from '../../threads.ts';
import { type Operations, openBlockOperations } from './block-operations.ts';

export interface ThreadRequest {
  id: number;
  name: keyof Operations;
  job: unknown;
}

export interface ThreadAnswer {
  id: number;
  result?: unknown;
  failure?: ToldError;
}

const operations = openBlockOperations();

parentPort!.on('message', async ({ id, name, job }: ThreadRequest) => {
  try {
    const result = await operations[name](job as never);
    parentPort!.postMessage({ id, result } satisfies ThreadAnswer, [...buffersIn(result)]);
  } catch (error) {
    parentPort!.postMessage({ id, failure: tellError(error as Error) } satisfies ThreadAnswer);
  }
});
