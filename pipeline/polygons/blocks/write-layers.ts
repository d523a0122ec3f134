/** Layers as passes write them. */
import type { PixelWindow } from '../../grid.ts';
import type { PassTally } from '../../polygons-measures.ts';
import type { PassRun, PassState } from '../passes.ts';
import { createLayer, type LayerWriter } from './layer.ts';

type WriteBlock = (block: PixelWindow, outputs: Record<string, Uint8Array>) => Promise<void>;

/** Layers written together, block by block; none has its name unless all are whole. Returns their paths. */
export async function writeLayers(
  label: string,
  names: string[],
  run: PassRun,
  work: (write: WriteBlock) => Promise<void>,
): Promise<Record<string, string>> {
  const step = run.ctx.report.step(label, run.shape.widthPx * run.shape.heightPx, 'px');
  const paths = Object.fromEntries(names.map((name) => [name, run.fileOf(`${name}.layer`)]));
  const writers: Record<string, LayerWriter> = {};
  try {
    for (const name of names) writers[name] = await createLayer(paths[name]!, run.shape);
    await work(async (block, outputs) => {
      for (const name of names) await writers[name]!.write(block, outputs[name]!);
      step.advance(block.widthPx * block.heightPx);
    });
    for (const writer of Object.values(writers)) await writer.finish();
  } catch (error) {
    for (const writer of Object.values(writers)) await writer.abort();
    throw error;
  }
  step.end();
  return paths;
}

/** What is left after a pass wrote the layers `paths`. */
export function nextState(
  state: PassState,
  paths: Record<string, string>,
  drops: string[] = [],
  tally?: PassTally,
): PassState {
  const layers = Object.fromEntries(
    Object.entries({ ...state.layers, ...paths }).filter(([name]) => !drops.includes(name)),
  );
  return { ...state, layers, tallies: tally ? [...state.tallies, tally] : state.tallies };
}
