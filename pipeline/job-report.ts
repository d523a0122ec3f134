/** The progress of a job: what stages report, as a percentage and a sentence for whoever asked. */
import type { Report, Step } from './log.ts';

/** The passes that hold a millésime to the former one. */
const HOLD_STEPS = [
  'hold-former',
  'hold-seen',
  'hold-specks',
  'hold-patches',
  'hold-believed',
  'hold-growth',
  'hold-marked',
  'hold-tidy',
  'hold',
  'hold-unchanged',
];

/** Steps of a production in their order, by the label they report under; what the user reads; their share of the time, in percent. */
export const PRODUCTION_STEPS = [
  { step: 'classes', label: 'Interprétation des images', share: 40 },
  { step: 'read classes', label: 'Lecture des classes', share: 1 },
  { step: 'majority', label: 'Votes entre pixels voisins', share: 2 },
  { step: 'mixed', label: 'Peuplements mixtes', share: 3 },
  { step: 'specks', label: 'Petites taches', share: 2.5 },
  { step: 'spared', label: 'Petits bâtiments', share: 0.5 },
  { step: 'zone', label: 'Zone construite', share: 5 },
  { step: 'ossature', label: 'Ossature', share: 3 },
  { step: 'group', label: 'Bâtiments voisins', share: 2 },
  { step: 'enlarge', label: 'Bâtiments isolés', share: 4.5 },
  { step: 'widths', label: 'Largeurs minimales', share: 7 },
  { step: 'units', label: 'Unités minimales', share: 2 },
  ...HOLD_STEPS.map((step) => ({ step, label: 'Comparaison avec le millésime de départ', share: 0.75 })),
  { step: 'trace', label: 'Tracé des contours', share: 3 },
  { step: 'polygons', label: 'Écriture des polygones', share: 1 },
  { step: 'usage votes', label: 'Lecture des références', share: 3 },
  { step: 'usage', label: 'Attribution des usages', share: 2 },
  { step: 'Quality:Regions', label: 'Contrôle de la qualité', share: 3 },
  { step: 'Load', label: 'Chargement', share: 2 },
  { step: 'Coverage', label: 'Contrôle de la couverture', share: 1 },
  { step: 'Stocks', label: 'Statistiques', share: 1 },
  { step: 'Tiles', label: 'Tuiles', share: 2 },
  { step: 'Identical objects', label: 'Objets identiques aux autres millésimes', share: 0.5 },
  { step: 'Overlay', label: 'Différences avec les autres millésimes', share: 1 },
  { step: 'Flows', label: 'Flux entre millésimes', share: 0.5 },
];

/** A report that passes everything on to `log` and calls `onProgress` (percent, message) as the steps above advance. */
export function jobReport(log: Report, onProgress: (percent: number, message: string) => void): Report {
  let most = 0; // a step may come again, for another layer
  const tell = (percent: number, message: string) => {
    most = Math.max(most, percent);
    onProgress(most, message);
  };
  return {
    info: (event, data) => log.info(event, data),
    warn: (event, data) => log.warn(event, data),
    step(name, total, unit) {
      const step = log.step(name, total, unit);
      const index = PRODUCTION_STEPS.findIndex((known) => known.step === name);
      if (index < 0) return step;
      const { label, share } = PRODUCTION_STEPS[index]!;
      const start = PRODUCTION_STEPS.slice(0, index).reduce((sum, earlier) => sum + earlier.share, 0);
      tell(start, label);
      return countedStep(step, total, (part) => tell(start + share * part, `${label} : ${Math.floor(part * 100)} %`));
    },
  };
}

function countedStep(step: Step, total: number, onPart: (part: number) => void): Step {
  let done = 0;
  return {
    advance(count, about) {
      done += count;
      onPart(total > 0 ? Math.min(done / total, 1) : 0);
      step.advance(count, about);
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
