/** Passes made of block operations: local ones, and elimination. */
import { Stopped } from '../errors.ts';
import type { PassTally } from '../polygons-measures.ts';
import { Elimination, type EliminationRules } from './eliminate.ts';
import { inOrder } from './in-order.ts';
import type { LandClass } from './land-classes.ts';
import { createLayer, type LayerWriter, openLayer } from './layer.ts';
import type { LocalResult } from './local-operations.ts';
import type { Pass, PassRun, PassState } from './passes.ts';

export interface LocalPass {
  name: string;
  /** Of `LOCAL_OPERATIONS`. */
  operation: string;
  parameters: unknown;
  reads: string[];
  writes: string[];
  /** Under which name its tally is told; without it none is. */
  tally?: PassTally['pass'];
  /** Layers that no later pass reads. */
  drops?: string[];
}

/** A pass of one local operation over all blocks. */
export const localPass = (pass: LocalPass): Pass => ({
  name: pass.name,
  parameters: { operation: pass.operation, of: pass.parameters },
  async run(state, run) {
    const blocks = await blocksOfRun(state, run);
    const tally = new Tally(run.classes);
    const reads = Object.fromEntries(pass.reads.map((name) => [name, state.layers[name]!]));
    const make = (index: number) =>
      run.pool.run('local', {
        name: pass.operation,
        reads,
        block: blocks[index]!,
        parameters: pass.parameters,
        valueCount: run.classes.length + 1,
      });
    const paths = await writeLayers(pass.name, pass.writes, run, async (write) => {
      let index = 0;
      for await (const { outputs, tally: counted } of inOrder(blocks.length, run.pool.ahead, make)) {
        tally.add(counted);
        await write(blocks[index++]!, outputs);
      }
    });
    return nextState(state, paths, pass.drops, pass.tally && tally.told(pass.tally));
  },
});

async function blocksOfRun(state: PassState, run: PassRun) {
  const layer = await openLayer(state.layers['classes']!);
  await layer.close();
  if (run.ctx.signal.aborted) throw new Stopped('stopped while making polygons');
  return layer.blocks;
}

type WriteBlock = (
  block: { xPx: number; yPx: number; widthPx: number; heightPx: number },
  outputs: Record<string, Uint8Array>,
) => Promise<void>;

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

export interface EliminationPass {
  name: string;
  parameters: unknown;
  rules(classes: LandClass[]): EliminationRules;
  /** Layer that is 1 in the zone construite, where there is one. */
  zone?: string;
  tally: PassTally['pass'];
  /** What is said of regions that stay though they are small. */
  reason: string;
  drops?: string[];
}

/** A pass that merges what is too small. One block after the other is joined; the pixels are made side by side. */
export const eliminationPass = (pass: EliminationPass): Pass => ({
  name: pass.name,
  parameters: pass.parameters,
  async run(state, run) {
    const { widthPx, heightPx } = run.shape;
    const elimination = new Elimination(widthPx, heightPx, pass.rules(run.classes));
    const tally = new Tally(run.classes);
    const path = state.layers['classes']!;
    const zonePath = pass.zone === undefined ? undefined : state.layers[pass.zone];
    const [layer, zone] = [await openLayer(path), zonePath === undefined ? undefined : await openLayer(zonePath)];
    const indexOf = new Map(layer.blocks.map(({ xPx, yPx }, index) => [`${xPx} ${yPx}`, index]));
    const read = async (index: number) => ({
      classes: await layer.readBlock(index),
      inZone: await zone?.readBlock(index),
    });
    try {
      const paths = await writeLayers(pass.name, ['classes'], run, async (write) => {
        const settling = new Set<Promise<void>>();
        let failure: unknown;
        const settle = async (index: number, classOf: Uint8Array) => {
          const made = await run.pool.run('settle', { path, index, classOf, valueCount: run.classes.length + 1 });
          tally.add(made.tally);
          await write(layer.blocks[index]!, made.outputs);
        };
        let index = 0;
        for await (const { classes, inZone } of inOrder(layer.blocks.length, 2, read)) {
          if (run.ctx.signal.aborted) throw new Stopped('stopped while making polygons');
          for (const { block, classOf } of elimination.take(layer.blocks[index]!, classes, inZone)) {
            const job = settle(indexOf.get(`${block.xPx} ${block.yPx}`)!, classOf)
              .catch((error: unknown) => {
                failure ??= error;
              })
              .finally(() => settling.delete(job));
            settling.add(job);
          }
          while (settling.size > run.pool.ahead) await Promise.race(settling);
          if (failure !== undefined) break;
          index++;
        }
        await Promise.all(settling);
        if (failure !== undefined) throw failure;
      });
      const next = nextState(state, paths, pass.drops, tally.told(pass.tally));
      const listed = elimination.stranded
        .filter(({ value }) => value !== 0)
        .map(({ firstPixel }) => ({ firstPixel, rule: 'surface' as const, reason: pass.reason }));
      return { ...next, listed: [...next.listed, ...listed] };
    } finally {
      await layer.close();
      await zone?.close();
    }
  },
});

function nextState(
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

/** Pixels by class before and after a pass. */
class Tally {
  private readonly sums: Float64Array;
  private readonly classes: LandClass[];

  constructor(classes: LandClass[]) {
    this.classes = classes;
    this.sums = new Float64Array((classes.length + 1) ** 2);
  }

  add(counted: LocalResult['tally']): void {
    counted?.forEach((pixels, i) => {
      this.sums[i]! += pixels;
    });
  }

  /** By couverture: what counts under one code is added up. */
  told(pass: PassTally['pass']): PassTally {
    const codesCs = couverturesOf(this.classes);
    const row = [0, ...this.classes.map(({ codeCs }) => codesCs.indexOf(codeCs) + 1)];
    const pixels = Array.from({ length: codesCs.length + 1 }, () => new Array<number>(codesCs.length + 1).fill(0));
    this.sums.forEach((sum, i) => {
      const [before, after] = [row[Math.floor(i / row.length)]!, row[i % row.length]!];
      pixels[before]![after]! += sum;
    });
    return { pass, codesCs, pixels };
  }
}

/** Couvertures of a layer's classes, sorted. */
export const couverturesOf = (classes: LandClass[]): string[] =>
  [...new Set(classes.map(({ codeCs }) => codeCs))].sort();
