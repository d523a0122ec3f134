/** A thread that holds a network: a batch in, its answer out. */
import { parentPort, workerData } from 'node:worker_threads';
import { buffersIn, type ToldError, tellError } from '../threads.ts';
import { loadModel, type Model } from './load-model.ts';
import { type Scoring, scoringOf } from './scores.ts';
import { answerBatch, type BatchAnswer, type NetworkSettings, type TileBatch } from './tile-batch.ts';

/** What a thread answers. */
export type WorkerMessage = 'closed' | BatchAnswer | { failure: ToldError; fatal: boolean };

const settings = workerData as NetworkSettings;
const port = parentPort!;
const { path, ...options } = settings.model;

const opened: Promise<{ model: Model; scoring: Scoring }> = loadModel(path, options).then((model) => ({
  model,
  scoring: scoringOf(model),
}));
opened.catch((error: Error) => tellFailure(error, true));

let last: Promise<unknown> = opened.catch(() => {});
port.on('message', (message: TileBatch | 'close') => {
  last = last.then(() => (message === 'close' ? end() : answer(message)));
});

async function answer(batch: TileBatch): Promise<void> {
  try {
    const { model, scoring } = await opened;
    const input = ownCopy(batch.input);
    const answered = await answerBatch(model, scoring, settings, { ...batch, input });
    port.postMessage(answered, [...buffersIn(answered)]);
  } catch (error) {
    tellFailure(error as Error, false);
  }
}

let own = new Float32Array(0);

/** onnxruntime takes no shared memory; a buffer handed from thread to thread would count as garbage in both, tile after tile. */
function ownCopy(input: Float32Array): Float32Array {
  if (own.length !== input.length) own = new Float32Array(input.length);
  own.set(input);
  return own;
}

function tellFailure(error: Error, fatal: boolean): void {
  port.postMessage({ failure: tellError(error), fatal } satisfies WorkerMessage);
}

async function end(): Promise<void> {
  await opened.then(
    ({ model }) => model.close(),
    () => {}, // told already
  );
  port.postMessage('closed');
}
