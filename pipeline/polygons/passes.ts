/**
 * The passes of the polygons stage: each reads layers and writes layers. What a pass made goes when the next one's is whole, so
 * that a killed run goes on with the pass it was in and the disk holds two passes at most.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freshManifest, type InputFile, manifestKey, type StageContext, writeManifest } from '../artefacts.ts';
import type { ListedObject, OssatureReport, PassTally } from '../polygons-measures.ts';
import type { BlockPool } from './blocks/block-pool.ts';
import type { LayerShape } from './blocks/layer.ts';
import type { LandClass } from './land-classes.ts';

/** What the passes so far left. */
export interface PassState {
  /** Layers by name: their files. */
  layers: Record<string, string>;
  tallies: PassTally[];
  ossature?: OssatureReport;
  /** What the ossature took of the ground within it. */
  enclaves?: { count: number; pixels: number };
  /** Regions that stay below a rule, by first pixel (y × width + x). */
  listed: (Omit<ListedObject, 'id'> & { firstPixel: number })[];
  /** Buildings of the specification's size that gave way to what lies round them. */
  lost: { firstPixel: number; pixels: number }[];
}

/** Where and with what a pass works. */
export interface PassRun {
  ctx: StageContext;
  pool: BlockPool;
  shape: LayerShape;
  classes: LandClass[];
  /** A file of this pass: `<folder>/<pass>-<name>`. */
  fileOf(name: string): string;
}

export interface Pass {
  name: string;
  /** All that decides what it makes, beside its inputs. */
  parameters: unknown;
  /** Layers that later passes do not need may be left out of what it returns. */
  run(state: PassState, run: PassRun): Promise<PassState>;
}

/** Runs the passes that no earlier run has finished. `inputs`: of the first pass. */
export async function runPasses(
  passes: Pass[],
  inputs: InputFile[],
  folder: string,
  run: Omit<PassRun, 'fileOf'>,
): Promise<PassState> {
  const stageOf = (index: number) => `polygons-${passes[index]!.name}`;
  const keys = passes.map((_, index) => {
    const before = passes.slice(0, index + 1).map(({ name, parameters }) => ({ name, parameters }));
    return manifestKey(stageOf(index), inputs, { shape: run.shape, classes: run.classes, passes: before });
  });
  const manifestOf = (index: number) => join(folder, `${passes[index]!.name}.manifest.json`);
  let next = 0;
  let state: PassState = { layers: {}, tallies: [], listed: [], lost: [] };
  for (let index = passes.length - 1; index >= 0 && next === 0; index--) {
    const made = await freshManifest<PassState>(manifestOf(index), keys[index]!);
    if (made !== undefined) [state, next] = [made.output, index + 1];
  }
  await keepOnly(folder, next === 0 ? [] : [manifestOf(next - 1), ...Object.values(state.layers)]);
  for (; next < passes.length; next++) {
    const pass = passes[next]!;
    state = await pass.run(state, { ...run, fileOf: (name) => join(folder, `${pass.name}-${name}`) });
    const files = Object.values(state.layers);
    const manifest = { key: keys[next]!, inputs: [], parameters: {}, output: state, files };
    await writeManifest(manifestOf(next), { ...manifest, stage: stageOf(next) });
    await keepOnly(folder, [manifestOf(next), ...files]);
  }
  return state;
}

/** Removes all else: what earlier passes left, and what a killed run began. */
async function keepOnly(folder: string, files: string[]): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!files.includes(join(folder, name))) await rm(join(folder, name), { recursive: true, force: true });
  }
}
