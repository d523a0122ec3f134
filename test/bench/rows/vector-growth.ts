import { join } from 'node:path';
import { type Bench, inScratch, quantile, round } from '../harness.ts';
import { vectoriseApart, writeSeededDalles } from '../layers.ts';

/** 9, 18, 36, 72 and 144 Mpx. */
const SIDES_PX = [3000, 4243, 6000, 8485, 12_000];

export const vectorGrowth: Bench = {
  id: 'vector-growth',
  about: 'exponent of the processor time of the polygons stage over five extents from 9 to 144 Mpx',
  run: ({ runs, say }) =>
    inScratch(async (folder) => {
      const sizes: { mpx: number; seconds: number; objects: number }[] = [];
      for (const sidePx of SIDES_PX) {
        say(`${sidePx} × ${sidePx} px`);
        const dalles = join(folder, String(sidePx));
        await writeSeededDalles(dalles, sidePx);
        const times: number[] = [];
        let objects = 0;
        for (let run = 0; run < Math.min(3, runs); run++) {
          const taken = await vectoriseApart(dalles);
          times.push(taken.cpuMs / 1000);
          objects = taken.objects;
        }
        times.sort((a, b) => a - b);
        sizes.push({ mpx: round(sidePx ** 2 / 1e6), seconds: round(quantile(times, 0.5)), objects });
      }
      const exponent = slopeOf(sizes.map(({ mpx, seconds }) => [Math.log(mpx), Math.log(seconds)]));
      return { value: round(exponent), unit: 'exponent', peer: null, ratio: round(exponent), detail: { sizes } };
    }),
};

/** Of the line through points, by least squares. */
function slopeOf(points: [x: number, y: number][]): number {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
