/** A pass that merges what is too small. One block after the other is joined; the pixels are made side by side. */

import { Stopped } from '../../errors.ts';
import type { ListedObject, PassTally } from '../../polygons-measures.ts';
import { inOrder } from '../blocks/in-order.ts';
import { type Layer, openLayer } from '../blocks/layer.ts';
import { settleAll } from '../blocks/settle-all.ts';
import { nextState, writeLayers } from '../blocks/write-layers.ts';
import { besideUnknown, INSIDE } from '../buildings/zone-construite.ts';
import { type LandClass, plainValues } from '../land-classes.ts';
import type { Pass, PassRun, PassState } from '../passes.ts';
import { Tally } from '../tally.ts';
import { Elimination, type EliminationRules, type Stranded } from './eliminate.ts';

export interface EliminationPass {
  name: string;
  /** The layer whose regions are merged: `classes`, or another whose values are not land classes. */
  layer: 'classes' | 'zone' | 'sieved' | 'marked';
  parameters: unknown;
  rules(classes: LandClass[]): EliminationRules;
  /** Pixels that are counted by region: those in the zone construite, of the layer `zone`; those beside unknown ground. */
  counts?: 'zone' | 'edge';
  tally?: PassTally['pass'];
  /** What is said of a region that stays though it is small or narrow; without it nothing is. */
  told?(stranded: Stranded, classes: LandClass[]): Omit<ListedObject, 'id'>[];
  /** Layers that no later pass reads. */
  drops?: string[];
}

export const eliminationPass = (pass: EliminationPass): Pass => ({
  name: pass.name,
  parameters: pass.parameters,
  async run(state, run) {
    const layer = await openLayer(state.layers[pass.layer]!);
    const zone = pass.counts === 'zone' ? await openLayer(state.layers['zone']!) : undefined;
    try {
      const elimination = new Elimination(layer.widthPx, layer.heightPx, pass.rules(run.classes));
      const tally = new Tally(run.classes);
      const paths = await writeLayers(pass.name, [pass.layer], run, (write) =>
        settleAll(settledBlocks(elimination, layer, zone), run.pool.ahead, async ({ block, classOf }) => {
          const made = await run.pool.run('settle', { path: layer.path, block, classOf, ...valuesOf(pass, run) });
          if (pass.tally !== undefined) tally.add(made.tally);
          await write(block, { [pass.layer]: made.outputs['classes']! });
        }),
      );
      const next = nextState(state, paths, pass.drops, pass.tally && tally.told(pass.tally));
      const listed = [...next.listed, ...listedOf(pass, elimination, run)];
      if (pass.counts !== 'zone') return { ...next, listed };
      // a second millésime's last pass takes all enclaves anew
      return { ...next, listed, enclaves: elimination.enclaves, lost: [...next.lost, ...lostOf(elimination)] };
    } finally {
      await layer.close();
      await zone?.close();
    }

    async function* settledBlocks(elimination: Elimination, from: Layer, inside: Layer | undefined) {
      const countedIn = async (index: number) =>
        pass.counts === 'edge'
          ? besideUnknown(await from.readFramed(from.blocks[index]!, 1))
          : (await inside?.readBlock(index))?.map((value) => (value === INSIDE ? 1 : 0));
      const read = async (index: number) => ({
        block: from.blocks[index]!,
        classes: await from.readBlock(index),
        counted: await countedIn(index),
      });
      for await (const { block, classes, counted } of inOrder(from.blocks.length, 2, read)) {
        if (run.ctx.signal.aborted) throw new Stopped('stopped while merging what is too small');
        yield* elimination.take(block, classes, counted);
      }
    }
  },
});

/** Values of the classes, and what marks of being narrow are written as: whoever could join a neighbour has done so. */
const valuesOf = ({ layer }: EliminationPass, { classes }: PassRun) =>
  layer === 'classes' ? { valueCount: classes.length + 1, writtenAs: plainValues(classes) } : {};

const listedOf = ({ told }: EliminationPass, { stranded }: Elimination, { classes }: PassRun): PassState['listed'] =>
  stranded.flatMap((one) => (told?.(one, classes) ?? []).map((row) => ({ ...row, firstPixel: one.firstPixel })));

const lostOf = ({ lost }: Elimination): PassState['lost'] =>
  lost.map(({ firstPixel, pixels }) => ({ firstPixel, pixels })).sort((a, b) => a.firstPixel - b.firstPixel);
