/** The progress of a job: what stages report, as a percentage and a sentence for whoever asked. */
import type { Report, Step } from './log.ts';

/** Stages in their order, what the user reads, and their share of a production's time. */
const STAGES = [
  { stage: 'rasters', label: 'Lecture des images', share: 2 },
  { stage: 'classes', label: 'Interprétation des images', share: 63 },
  { stage: 'update', label: 'Comparaison avec le millésime de départ', share: 3 },
  { stage: 'polygons', label: 'Tracé des polygones', share: 10 },
  { stage: 'usage', label: 'Attribution des usages', share: 7 },
  { stage: 'publish', label: 'Publication', share: 15 },
] as const;

export type StageName = (typeof STAGES)[number]['stage'];

/** Event by which the chain says which stage begins: `report.info(STAGE_EVENT, { stage: 'classes' })`. */
export const STAGE_EVENT = 'Produce:Stage';

/**
 * A report that passes everything on to `log` and calls `onProgress` (percent, message) as steps advance. A step counts within
 * the stage that was last announced.
 */
export function jobReport(log: Report, onProgress: (percent: number, message: string) => void): Report {
  let at = { label: 'Préparation', start: 0, share: 0 };
  const announce = (name: unknown) => {
    const index = STAGES.findIndex(({ stage }) => stage === name);
    if (index < 0) return;
    const start = STAGES.slice(0, index).reduce((sum, { share }) => sum + share, 0);
    at = { ...STAGES[index]!, start };
    onProgress(start, at.label);
  };
  return {
    info(event, data) {
      if (event === STAGE_EVENT) announce(data?.['stage']);
      log.info(event, data);
    },
    warn: (event, data) => log.warn(event, data),
    step(label, total, unit) {
      const step = log.step(label, total, unit);
      const { start, share, label: stageLabel } = at;
      return countedStep(step, total, (part) =>
        onProgress(start + share * part, `${stageLabel} : ${Math.floor(part * 100)} %`),
      );
    },
  };
}

function countedStep(step: Step, total: number, onPart: (part: number) => void): Step {
  let done = 0;
  return {
    advance(count) {
      done += count;
      onPart(total > 0 ? Math.min(done / total, 1) : 0);
      step.advance(count);
    },
    end() {
      onPart(1);
      step.end();
    },
  };
}

/** Calls `write` with the last value at most every `intervalMs`. A write that fails is dropped: the next tells more. */
export function throttled<Value>(write: (value: Value) => Promise<void>, intervalMs: number) {
  let waiting: { value: Value } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === undefined) return writing;
    const { value } = waiting;
    waiting = undefined;
    writing = writing.then(() => write(value)).catch(() => {});
    return writing;
  };
  return {
    set(value: Value) {
      waiting = { value };
      timer ??= setTimeout(flush, intervalMs);
    },
    flush,
  };
}
