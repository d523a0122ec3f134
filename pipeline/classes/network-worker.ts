/** A thread that holds a network: a batch in, its answer out. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadModel, type Model } from './load-model.ts';
import { type Scoring, scoringOf } from './scores.ts';
import { answerBatch, type BatchAnswer, type NetworkSettings, type TileBatch } from './tile-batch.ts';

/** What a thread answers. */
export type WorkerMessage =
  | 'closed'
  | BatchAnswer
  | { failure: { name: string; message: string; stack?: string }; fatal: boolean };

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
    const answered = await answerBatch(model, scoring, settings, batch);
    port.postMessage(answered, buffersOf(answered));
  } catch (error) {
    tellFailure(error as Error, false);
  }
}

/** Buffers are handed over, not copied. */
function buffersOf({ input, answers }: BatchAnswer): ArrayBuffer[] {
  const arrays = answers.flatMap((answer) => Object.values(answer) as Uint8Array[]);
  return [input, ...arrays].map(({ buffer }) => buffer as ArrayBuffer);
}

function tellFailure({ name, message, stack }: Error, fatal: boolean): void {
  const failure: WorkerMessage = { failure: { name, message, ...(stack === undefined ? {} : { stack }) }, fatal };
  port.postMessage(failure);
}

async function end(): Promise<void> {
  await opened.then(
    ({ model }) => model.close(),
    () => {}, // told already
  );
  port.postMessage('closed');
}
