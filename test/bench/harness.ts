/** What a row of the bench is, and how its time is taken. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BenchRow {
  /** Median over the runs, in `unit`. */
  value: number;
  unit: string;
  /** What it is compared with; null when nothing does the same, or it could not be installed. */
  peer: string | null;
  /** Against a peer: its time ÷ ours, so that 2 is twice as fast; else the figure the row is about, or null. */
  ratio: number | null;
  detail: Record<string, unknown>;
}

export interface BenchSettings {
  /** Objects of the coverages; the issue of each row names its own default. */
  objects: number;
  runs: number;
  /** Tells a person what is being done. */
  say(text: string): void;
}

export interface Bench {
  id: string;
  /** One line: what is measured, on what. */
  about: string;
  run(settings: BenchSettings): Promise<BenchRow>;
}

export interface Timing {
  medianMs: number;
  minMs: number;
  maxMs: number;
  runs: number;
}

/** Runs `work` `runs` times, one after the other; `prepare` is not counted. */
export async function timed(
  runs: number,
  work: (run: number) => unknown,
  prepare: (run: number) => unknown = () => {},
): Promise<Timing> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    await prepare(run);
    const start = performance.now();
    await work(run);
    times.push(performance.now() - start);
  }
  return timingOf(times);
}

export function timingOf(times: number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    medianMs: round(quantile(sorted, 0.5)),
    minMs: round(sorted[0]!),
    maxMs: round(sorted.at(-1)!),
    runs: times.length,
  };
}

/** `sorted` ascending; between two values, the line between them. */
export function quantile(sorted: number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at % 1);
}

/** Three digits are what a timing on a shared machine can carry. */
export const round = (value: number) => Number(value.toPrecision(value >= 1000 ? 4 : 3));

/** Gives `work` an empty folder and removes it afterwards. */
export async function inScratch<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'ocsge-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
