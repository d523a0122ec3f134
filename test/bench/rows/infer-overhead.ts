import { join } from 'node:path';
import { type Bench, inScratch, timingOf } from '../harness.ts';
import { withInference } from '../inference.ts';
import { writeNetwork } from '../networks.ts';

const EXTENT = { columns: 12, rows: 10 };

/**
 * Reading, resampling, scaling, argmax, confidence, compression and manifests, in processor time of all threads. The network is a
 * small one, so that the difference is not lost in it; on one thread, so that none of its threads waits actively.
 */
export const inferOverhead: Bench = {
  id: 'infer-overhead',
  about:
    'processor time of the classes stage beside the network, per tile of 512 × 512 px (5 bands, 19 classes, confidence)',
  run: ({ runs, say }) =>
    inScratch(async (folder) => {
      const weights = await writeNetwork(join(folder, 'model'), 'small');
      return withInference(join(folder, 'model'), EXTENT, 1, say, async ({ tiles, stage, bare }) => {
        const [stageMs, bareMs]: [number[], number[]] = [[], []];
        for (let run = 0; run < runs; run++) {
          bareMs.push((await bare()).cpuMs / tiles);
          stageMs.push((await stage(join(folder, `run-${run}`))).cpuMs / tiles);
        }
        const overhead = timingOf(stageMs.map((whole, run) => whole - bareMs[run]!));
        return {
          value: overhead.medianMs,
          unit: 'ms/tile',
          peer: null,
          ratio: null,
          detail: { tiles, weights, overhead, stage: timingOf(stageMs), bare: timingOf(bareMs) },
        };
      });
    }),
};
