/** A pass of one local operation over all blocks. */
import { Stopped } from '../errors.ts';
import type { PassTally } from '../polygons-measures.ts';
import { inOrder } from './blocks/in-order.ts';
import { blocksOf } from './blocks/layer.ts';
import { type LocalName, localOperation } from './blocks/local-operations.ts';
import { nextState, writeLayers } from './blocks/write-layers.ts';
import type { BuiltUpParameters } from './buildings/built-up.ts';
import type { HoldTests } from './hold/hold-options.ts';
import type { Pass } from './passes.ts';
import { Tally } from './tally.ts';

export interface LocalPass {
  /** The operation's where absent. */
  name?: string;
  operation: LocalName;
  resolutionM: number;
  builtUp: BuiltUpParameters;
  hold: HoldTests;
  /** Under which name its tally is told; without it none is. */
  tally?: PassTally['pass'];
  /** Layers that no later pass reads. */
  drops?: string[];
}

/** A pass of one local operation over all blocks. */
export const localPass = ({ operation: operationName, resolutionM, builtUp, hold, ...pass }: LocalPass): Pass => ({
  name: pass.name ?? operationName,
  parameters: { resolutionM, settings: localOperation(operationName).settings(builtUp, hold) },
  async run(state, run) {
    const blocks = blocksOf(run.shape);
    const operation = localOperation(operationName);
    const name = pass.name ?? operationName;
    const tally = new Tally(run.classes);
    const reads = Object.fromEntries(operation.reads.map((layer) => [layer, state.layers[layer]!]));
    const parameters = { classes: run.classes, resolutionM, builtUp, hold };
    const make = (index: number) =>
      run.pool.run('local', { name: operationName, reads, block: blocks[index]!, parameters });
    const paths = await writeLayers(name, operation.writes, run, async (write) => {
      let index = 0;
      for await (const { outputs, tally: counted } of inOrder(blocks.length, run.pool.ahead, make)) {
        if (run.ctx.signal.aborted) throw new Stopped(`stopped in the pass ${name}`);
        tally.add(counted);
        await write(blocks[index++]!, outputs);
      }
    });
    return nextState(state, paths, pass.drops, pass.tally && tally.told(pass.tally));
  },
});
