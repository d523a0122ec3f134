/** Threads that run a file of ours, and what travels between them. */
import { Worker } from 'node:worker_threads';
import { BadInput } from './errors.ts';

/** An error on its way to another thread. */
export interface ToldError {
  name: string;
  message: string;
  stack?: string;
}

/**
 * Starts a thread on `source`, the address of a .ts file beside the caller. Compiled, that file is a .js; from the sources, tsx has to
 * be woken in every thread. `workerData` is never left out: a package that reads images looks into that of the thread it finds
 * itself in.
 */
export function openThread(source: URL, workerData: unknown = {}): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL(source.href.replace(/\.ts$/, '.js')), { workerData });
  }
  const tsx = import.meta.resolve('tsx/esm/api');
  const wake = `import('${tsx}').then(({ register }) => { register(); return import(${JSON.stringify(source.href)}); });`;
  return new Worker(wake, { eval: true, workerData });
}

export const tellError = ({ name, message, stack }: Error): ToldError =>
  stack === undefined ? { name, message } : { name, message, stack };

/** A `BadInput` stays one: it is for whoever gave the input. */
export const errorTold = ({ name, message, stack }: ToldError): Error =>
  name === 'BadInput' ? new BadInput(message) : Object.assign(new Error(message), { stack });

/** The memory of the arrays in a result: it changes hands, nothing is copied. */
export function buffersIn(result: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(result)) found.add(result.buffer as ArrayBuffer);
  else if (typeof result === 'object' && result !== null) {
    for (const value of Object.values(result)) buffersIn(value, found);
  }
  return found;
}
