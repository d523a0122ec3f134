import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Bench, inScratch, round, timingOf } from '../harness.ts';
import { shippedModel, withInference } from '../inference.ts';

const EXTENT = { columns: 12, rows: 10 };

/** Two networks of half the threads each, against one that has them all. */
export const inferWorkers: Bench = {
  id: 'infer-workers',
  about: 'the classes stage with two workers against one, the threads of all together the same',
  run: ({ runs, say }) =>
    inScratch(async (folder) => {
      const threads = Math.max(2, availableParallelism());
      return withInference(shippedModel(), EXTENT, threads, say, async ({ tiles, stage }) => {
        const times: Record<1 | 2, number[]> = { 1: [], 2: [] };
        for (let run = 0; run < runs; run++) {
          for (const workers of [1, 2] as const) {
            times[workers].push((await stage(join(folder, `${workers}-${run}`), { workers })).wallMs);
          }
        }
        const [one, two] = [timingOf(times[1]), timingOf(times[2])];
        return {
          value: round(tiles / (two.medianMs / 1000)),
          unit: 'tiles/s',
          peer: 'one worker',
          ratio: round(one.medianMs / two.medianMs),
          detail: { tiles, threads, one, two },
        };
      });
    }),
};
