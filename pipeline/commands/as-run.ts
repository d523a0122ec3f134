import type { Database } from '../../sql/database.ts';
import { jobReport, throttled } from '../job-report.ts';
import type { Report } from '../log.ts';
import { beat, failRun, finishRun, startCommandRun, workerName, writeProgress } from '../runs.ts';
import type { CommandEnv } from './environment.ts';

const PROGRESS_MS = 1_000;
const BEAT_MS = 10_000;

/** Does a command's work as a row of `production.run`, so that `status` shows it beside what was asked for over HTTP. */
export async function asRun<Result>(
  what: { processId: string; request: unknown },
  database: Database,
  env: CommandEnv,
  work: (run: { report: Report; runId: string }) => Promise<Result>,
): Promise<Result> {
  const who = workerName();
  const runId = await startCommandRun(database, { ...what, who });
  const run = { id: runId, worker: who };
  const write = ([percent, message]: [number, string]) => writeProgress(database, run, percent, message);
  const progress = throttled<[number, string]>(write, PROGRESS_MS);
  const beats = setInterval(() => void beat(database, runId, who).catch(() => {}), BEAT_MS);
  try {
    const report = jobReport(env.report, (percent, message) => progress.set([percent, message]));
    const result = await work({ report, runId });
    await progress.flush();
    await finishRun(database, run, result);
    return result;
  } catch (error) {
    await progress.flush().catch(() => {});
    await failRun(database, run, (error as Error).message).catch(() => {});
    throw error;
  } finally {
    clearInterval(beats);
  }
}
