/** A pass that decides of whole regions: they are measured and written side by side, and joined one block after the other. */
import type { PixelWindow } from '../../grid.ts';
import type { PassTally } from '../../polygons-measures.ts';
import type { Pass, PassRun } from '../passes.ts';
import { Tally } from '../tally.ts';
import { inOrder } from './in-order.ts';
import { blocksOf } from './layer.ts';
import type { LocalParameters } from './local-operations.ts';
import { type RegionRuleName, regionRule } from './region-rules.ts';
import { RegionVerdicts } from './region-verdicts.ts';
import { settleAll } from './settle-all.ts';
import { nextState, writeLayers } from './write-layers.ts';

/** A block whose regions are looked at. */
export interface RegionJob {
  name: RegionRuleName;
  /** Layers the rule reads, by name: their paths. */
  reads: Record<string, string>;
  block: PixelWindow;
  parameters: LocalParameters;
}

/** The same once it is known what becomes of its regions. */
export interface JudgedJob extends RegionJob {
  /** By region of the block. */
  verdicts: Uint8Array;
}

export interface RegionPass {
  name: string;
  rule: RegionRuleName;
  parameters: Omit<LocalParameters, 'classes'>;
  /** Under which name its tally is told, where it writes classes; without it none is. */
  tally?: PassTally['pass'];
  /** Layers that no later pass reads. */
  drops?: string[];
  /** Says what was decided. */
  tell?(verdicts: RegionVerdicts, run: PassRun): void;
}

export const regionPass = (pass: RegionPass): Pass => ({
  name: pass.name,
  parameters: { resolutionM: pass.parameters.resolutionM, settings: pass.parameters.hold },
  async run(state, run) {
    const rule = regionRule(pass.rule);
    const blocks = blocksOf(run.shape);
    const parameters = { ...pass.parameters, classes: run.classes };
    const reads = Object.fromEntries(rule.reads.map((layer) => [layer, state.layers[layer]!]));
    const jobOf = (block: PixelWindow): RegionJob => ({ name: pass.rule, reads, block, parameters });
    const tally = new Tally(run.classes);
    const verdicts = new RegionVerdicts(run.shape.widthPx, run.shape.heightPx, rule.verdict(parameters));
    const paths = await writeLayers(pass.name, [rule.writes], run, (write) =>
      settleAll(judged(), run.pool.ahead, async ({ block, verdicts: ofBlock }) => {
        const { pixels, tally: counted } = await run.pool.run('judged', { ...jobOf(block), verdicts: ofBlock });
        tally.add(counted);
        await write(block, { [rule.writes]: pixels });
      }),
    );
    pass.tell?.(verdicts, run);
    return nextState(state, paths, pass.drops, pass.tally && tally.told(pass.tally));

    async function* judged() {
      const measure = (index: number) => run.pool.run('measured', jobOf(blocks[index]!));
      let index = 0;
      for await (const sums of inOrder(blocks.length, run.pool.ahead, measure)) {
        yield* verdicts.take(blocks[index++]!, sums);
      }
    }
  },
});
