import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { type Bench, type BenchRow, type BenchSettings, inScratch, round, timingOf } from '../harness.ts';
import { type Extent, shippedModel, withInference } from '../inference.ts';
import { writeNetwork } from '../networks.ts';

/** Rate of the stage ÷ rate of the bare network; both count tiles, not the pixels kept of them. */
async function share(model: string, extent: Extent, folder: string, { runs, say }: BenchSettings): Promise<BenchRow> {
  const threads = availableParallelism();
  return withInference(model, extent, threads, say, async ({ tiles, stage, bare }) => {
    const [stageMs, bareMs]: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run++) {
      bareMs.push((await bare()).wallMs);
      stageMs.push((await stage(join(folder, `run-${run}`))).wallMs);
    }
    const [ours, theirs] = [timingOf(stageMs), timingOf(bareMs)];
    return {
      value: round(tiles / (ours.medianMs / 1000)),
      unit: 'tiles/s',
      peer: 'bare session.run of onnxruntime-node',
      ratio: round(theirs.medianMs / ours.medianMs),
      detail: { model: basename(model), tiles, tilePx: 512, threads, stage: ours, bare: theirs },
    };
  });
}

export const inferShare: Bench = {
  id: 'infer-share',
  about: 'the classes stage with the shipped model, against bare runs of it on as many tiles and threads',
  run: (settings) => inScratch((folder) => share(shippedModel(), { columns: 12, rows: 10 }, folder, settings)),
};

export const inferShareResnet34: Bench = {
  id: 'infer-share-resnet34',
  about: 'the same with a U-Net on a ResNet34 (24 million random weights, 19 classes)',
  run: (settings) =>
    inScratch(async (folder) => {
      const model = join(folder, 'model');
      await writeNetwork(model, 'unet-resnet34');
      return share(model, { columns: 12, rows: 10 }, folder, { ...settings, runs: Math.min(3, settings.runs) });
    }),
};
