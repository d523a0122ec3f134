/** How long work tells what it does: bars on a terminal, JSON lines elsewhere, rows of `production.run` for a job. */
export interface Report {
  /** One thing that happened; `event` reads `Stage:Event`. */
  info(event: string, data?: Record<string, unknown>): void;
  /** Something a person should look at; the work goes on. */
  warn(event: string, data?: Record<string, unknown>): void;
  /** A step whose length is known. `unit` is what `total` counts (`px`, `objects`, `tiles`). */
  step(label: string, total: number, unit: string): Step;
}

export interface Step {
  advance(count: number, about?: Advance): void;
  end(): void;
}

/** What else is to be told of an advance. */
export interface Advance {
  /** Made by an earlier run: done, but it tells nothing of the speed. */
  earlier?: boolean;
  /** Shares of the time (0 to 1) so far, by what it went into. */
  shares?: Record<string, number>;
}

interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
}

const TERMINAL_INTERVAL_MS = 200;
const LINES_INTERVAL_MS = 2_000;

/** Long statements and inferences say nothing by themselves: after so long the report says that work goes on. */
const SILENCE_MS = 3_000;

/**
 * A report for people (bars) when `output` is a terminal, else one JSON object a line. It is never silent for long, unless
 * `waits`: a worker without jobs has nothing to say.
 */
export function createReport(output: Output = process.stderr, options: { waits?: boolean } = {}): Report {
  const start = Date.now();
  let wroteAt = start;
  let doing = 'start';
  const noted: Output = {
    isTTY: output.isTTY ?? false,
    write: (text) => {
      wroteAt = Date.now();
      return output.write(text);
    },
  };
  const report = noted.isTTY ? terminalReport(noted) : linesReport(noted);
  const pulse = () => {
    if (Date.now() - wroteAt < SILENCE_MS) return;
    report.info('Working', { after: doing, seconds: Math.round((Date.now() - start) / 1000) });
  };
  if (!options.waits) setInterval(pulse, 500).unref();
  return {
    info: (event, data) => {
      doing = event;
      report.info(event, data);
    },
    warn: report.warn,
    step: (label, total, unit) => {
      doing = label;
      return report.step(label, total, unit);
    },
  };
}

/** A report that says nothing: for tests and for callers that have their own. */
export const silentReport: Report = {
  info: () => {},
  warn: () => {},
  step: () => ({ advance: () => {}, end: () => {} }),
};

function linesReport(output: Output): Report {
  const line = (level: string, event: string, data: Record<string, unknown> = {}) =>
    output.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...data })}\n`);
  return {
    info: (event, data) => line('info', event, data),
    warn: (event, data) => line('warn', event, data),
    step: (label, total, unit) =>
      countedStep(total, LINES_INTERVAL_MS, ({ done, seconds, perSecond, secondsLeft, shares }) =>
        line('info', 'Progress', {
          label,
          done,
          total,
          unit,
          seconds: Number(seconds.toFixed(1)),
          perSecond: Number(perSecond.toPrecision(4)),
          secondsLeft,
          shares,
        }),
      ),
  };
}

function terminalReport(output: Output): Report {
  const line = (mark: string, event: string, data: Record<string, unknown> = {}) => {
    const details = Object.entries(data).map(([key, value]) => `${key}=${shown(value)}`);
    output.write(`\r\x1b[K${mark} ${event} ${details.join(' ')}\n`);
  };
  return {
    info: (event, data) => line('·', event, data),
    warn: (event, data) => line('!', event, data),
    step: (label, total, unit) =>
      countedStep(total, TERMINAL_INTERVAL_MS, (state) => {
        output.write(`\r\x1b[K${bar(state.done / Math.max(total, 1))} ${label}: ${stateText(state, total, unit)}`);
        if (state.done >= total) output.write('\n');
      }),
  };
}

/** How far a step is. */
interface StepState {
  done: number;
  /** Since its start. */
  seconds: number;
  /** Of what was done since then, not by an earlier run. */
  perSecond: number;
  /** Undefined while nothing tells. */
  secondsLeft: number | undefined;
  /** To two digits. */
  shares: Record<string, number> | undefined;
}

function countedStep(total: number, intervalMs: number, show: (state: StepState) => void): Step {
  const start = Date.now();
  let [done, earlier, shownAt, ended] = [0, 0, 0, false];
  let shares: StepState['shares'];
  const print = () => {
    shownAt = Date.now();
    const seconds = (shownAt - start) / 1000;
    const shown = Math.min(done, total);
    const perSecond = Math.max(shown - earlier, 0) / Math.max(seconds, 0.001);
    const secondsLeft = perSecond > 0 && !ended ? Math.ceil((total - shown) / perSecond) : undefined;
    show({ done: shown, seconds, perSecond, secondsLeft, shares });
  };
  print();
  return {
    advance(count, about = {}) {
      done += count;
      if (about.earlier) earlier += count;
      if (about.shares) shares = mapValues(about.shares, (share) => Math.round(share * 100) / 100);
      if (!ended && done < total && Date.now() - shownAt >= intervalMs) print();
    },
    end() {
      if (ended) return;
      ended = true;
      done = total;
      print();
    },
  };
}

const mapValues = (values: Record<string, number>, change: (value: number) => number) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));

const shown = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const bar = (share: number) => {
  const filled = Math.round(Math.min(Math.max(share, 0), 1) * 24);
  return `[${'█'.repeat(filled)}${'░'.repeat(24 - filled)}] ${String(Math.round(share * 100)).padStart(3)} %`;
};

function stateText({ done, perSecond, secondsLeft, shares = {} }: StepState, total: number, unit: string): string {
  const parts = [`${si(done)}/${si(total)} ${unit}`, `${si(perSecond)} ${unit}/s`];
  for (const [name, share] of Object.entries(shares)) parts.push(`${name} ${Math.round(share * 100)} %`);
  if (secondsLeft !== undefined && done < total) parts.push(`${duration(secondsLeft)} left`);
  return parts.join(', ');
}

const duration = (seconds: number) =>
  seconds < 120
    ? `${seconds} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

const si = (value: number) =>
  value >= 1e9
    ? `${(value / 1e9).toFixed(2)} G`
    : value >= 1e6
      ? `${(value / 1e6).toFixed(1)} M`
      : value >= 1e4
        ? `${(value / 1e3).toFixed(1)} k`
        : String(Math.round(value * 10) / 10);
