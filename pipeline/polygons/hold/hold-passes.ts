/**
 * The passes that hold a new millésime to the former one: every pixel at its class of that, but where a change is believed. Where
 * nothing changed the regions are exactly the former ones, so tracing gives the same geometry and id. What a change leaves of the
 * regions it cuts, when too small, goes to a region that has changed too, never to one that has not. Nodata on one side takes
 * the other's class. Each works by blocks; in memory is, beside a few of them, a byte by object of the former millésime.
 *
 * Of regions whose pixels are the former ones, these may be drawn otherwise all the same, and have a new id: those that touch what
 * changed, for junctions come and go on their borders; those with a border so near to one that changed that its clearance is
 * another (`clearanceReachPx`); and those beside a building whose own pixels changed, whichever wall they are at. What changes
 * beside a building moves none of its other walls, unless ossature comes or goes there, which its orientation is not found from, or
 * squaring takes it near IoU 0.9 or 1 % of its area, where its borders answer for one another.
 *
 * Confidence: the image's where it shows the class kept; elsewhere what it leaves at most to that class, 1 − its own.
 */
import type { PolygonsArtefact } from '../../artefacts.ts';
import { type Grid, pixelAreaM2 } from '../../grid.ts';
import { inOrder } from '../blocks/in-order.ts';
import { blocksOf } from '../blocks/layer.ts';
import { regionPass } from '../blocks/region-pass.ts';
import { nextState, writeLayers } from '../blocks/write-layers.ts';
import { type LocalPass, localPass } from '../local-pass.ts';
import type { Pass } from '../passes.ts';
import { type EliminationPass, eliminationPass } from '../units/elimination-pass.ts';
import { couverturesIn } from './couvertures.ts';
import { checkSameGrid, listedRegions } from './former.ts';

/**
 * They leave the held classes, their confidence, and `unchanged`: 1 in regions that are, to the pixel, those of the former
 * millésime and kept its rules. Ossature is burnt in from its references, whatever was there before: on ground that only the
 * former millésime knows out of the layer `ossature`, which is there if `hasOssature`. They read that and the layer `seen` and
 * drop both. The first throws `BadInput` where the two millésimes are not on one grid.
 */
export function holdPasses(
  former: PolygonsArtefact,
  grid: Grid,
  decided: Omit<LocalPass, 'operation'>,
  hasOssature: boolean,
): Pass[] {
  const { resolutionM, builtUp, hold } = decided;
  const parameters = { resolutionM, builtUp, hold };
  const isLarge = (_: number, pixels: number) => pixels >= hold.minPixels;
  return [
    formerPass(former, grid),
    localPass({ ...parameters, operation: 'seen', name: 'hold-seen', drops: ['seen'] }),
    tidyPass('hold-specks', 'sieved', hold.minPixels, () => ({ isLarge, isFixed: () => false, affinity: () => 1 })),
    localPass({ ...parameters, operation: 'patches', name: 'hold-patches' }),
    regionPass({
      name: 'hold-believed',
      rule: 'believed',
      parameters,
      drops: ['patches'],
      tell: ({ regions: [not = 0, believed = 0] }, { ctx }) =>
        ctx.report.info('Update:Believed', { patches: not + believed, believed }),
    }),
    localPass({ ...parameters, operation: 'growth', name: 'hold-growth', drops: ['believed', 'sieved'] }),
    regionPass({ name: 'hold-marked', rule: 'marked', parameters, drops: ['held'] }),
    tidyPass('hold-tidy', 'marked', hold.minPixels, (classes) => {
      const { length } = couverturesIn(classes).codesCs;
      // what has not changed takes nothing, so nothing beside it may become of its class
      return { isLarge, isFixed: (value) => value > length, affinity: () => 1, barredBy: (value) => value - length };
    }),
    hasOssature
      ? localPass({ ...parameters, operation: 'heldWithOssature', name: 'hold', drops: ['marked', 'ossature'] })
      : localPass({ ...parameters, operation: 'held', name: 'hold', drops: ['marked'] }),
    regionPass({
      name: 'hold-unchanged',
      rule: 'unchanged',
      parameters,
      drops: ['frame', 'listed'],
      tell: ({ pixels: [, unchanged = 0] }, { ctx }) =>
        ctx.report.info('Update:Held', { unchangedM2: Math.round(unchanged * pixelAreaM2(grid)) }),
    }),
  ];
}

const tidyPass = (
  name: string,
  layer: EliminationPass['layer'],
  minPixels: number,
  rules: EliminationPass['rules'],
): Pass => eliminationPass({ name, layer, parameters: { minPixels }, rules });

/** Writes `frame`, the couvertures of the former millésime, and `listed`, 1 on its objects that were told to break a rule. */
const formerPass = (former: PolygonsArtefact, grid: Grid): Pass => ({
  name: 'hold-former',
  parameters: { codesCs: former.codesCs },
  async run(state, run) {
    await checkSameGrid(former, grid);
    const { codesCs } = couverturesIn(run.classes);
    const { couverturePath, regionsPath } = former;
    const recode = Uint8Array.from([0, ...former.codesCs.map((codeCs) => codesCs.indexOf(codeCs) + 1)]);
    const isListed = await listedRegions(former);
    const listed = isListed && { regionsPath, isListed };
    const blocks = blocksOf(run.shape);
    const make = (index: number) => run.pool.run('former', { couverturePath, recode, listed, block: blocks[index]! });
    const paths = await writeLayers('hold-former', ['frame', 'listed'], run, async (write) => {
      let index = 0;
      for await (const outputs of inOrder(blocks.length, run.pool.ahead, make)) {
        await write(blocks[index++]!, { ...outputs });
      }
    });
    return nextState(state, paths);
  },
});
