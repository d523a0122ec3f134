import { join } from 'node:path';
import { type Bench, inScratch, quantile, round } from '../harness.ts';
import { vectoriseApart, writeSeededDalles } from '../layers.ts';

/** 36 and 144 Mpx. */
const SIDES_PX = [6000, 12_000] as const;

export const vectorMemory: Bench = {
  id: 'vector-memory',
  about: `most memory of the polygons stage, less an empty process's: ${SIDES_PX[1]} × ${SIDES_PX[1]} px against ${SIDES_PX[0]} × ${SIDES_PX[0]} px`,
  run: ({ runs, say }) =>
    inScratch(async (folder) => {
      const empty = await peakMb(runs);
      const peaks: number[] = [];
      for (const sidePx of SIDES_PX) {
        say(`${sidePx} × ${sidePx} px`);
        const dalles = join(folder, String(sidePx));
        await writeSeededDalles(dalles, sidePx);
        peaks.push((await peakMb(runs, dalles)) - empty);
      }
      const [small, large] = peaks as [number, number];
      return {
        value: round(large),
        unit: 'MB',
        peer: 'a quarter of the extent',
        ratio: round(large / small),
        detail: { sidesPx: SIDES_PX, smallMb: round(small), largeMb: round(large), emptyMb: round(empty) },
      };
    }),
};

/** Median of three runs at most. */
async function peakMb(runs: number, folder?: string): Promise<number> {
  const peaks: number[] = [];
  for (let run = 0; run < Math.min(3, runs); run++) peaks.push((await vectoriseApart(folder)).peakBytes / 1e6);
  return quantile(
    peaks.toSorted((a, b) => a - b),
    0.5,
  );
}
