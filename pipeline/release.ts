import { MessageChannel } from 'node:worker_threads';

const { port1: closed } = new MessageChannel();
closed.close();

/**
 * Frees the memory behind large arrays now, where the collector would come for it some hundred megabytes later and the system
 * would have to find and clear new pages each time. They are posted to a closed port: what is transferred there is gone (Node's
 * documentation of `port.postMessage`). Nobody may look at them any more: their length is 0.
 */
export function release(...arrays: { buffer: ArrayBufferLike }[]): void {
  closed.postMessage(
    null,
    arrays.map(({ buffer }) => buffer as ArrayBuffer),
  );
}
