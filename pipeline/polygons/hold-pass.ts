/** The pass that holds a new millésime to the former one. It looks at the whole raster, in memory. */
import { type CouvertureRaster, checkPixelLimit } from '../couverture.ts';
import type { Grid } from '../grid.ts';
import { framedFrom } from './framed.ts';
import { landValueOf } from './land-classes.ts';
import { blocksOf, type Layer, openLayer } from './layer.ts';
import type { Pass, PassRun } from './passes.ts';
import { couverturesOf } from './tally.ts';
import { nextState, writeLayers } from './write-layers.ts';

/** Gives a raster with every pixel at its class of the former millésime but where a change is believed. */
export type HoldRaster = (current: CouvertureRaster) => Promise<CouvertureRaster>;

/** Ossature is burnt in from its references, whatever was there before. Throws `BadInput` where memory does not do. */
export const holdPass = (hold: HoldRaster, grid: Grid): Pass => ({
  name: 'hold',
  parameters: {},
  async run(state, run) {
    checkPixelLimit(grid);
    const [classes, confidence] = await Promise.all(
      ['classes', 'confidence'].map((name) => readWhole(state.layers[name]!)),
    );
    const { codesCs, fold } = foldedClasses(run);
    const current = { grid, codesCs, classes: classes!.map((value) => fold[value]!), confidence: confidence! };
    const held = await hold(current);
    const values = [0, ...held.codesCs.map((codeCs) => landValueOf(run.classes, { codeCs, ossature: false }))];
    const isOssature = [false, ...run.classes.map(({ ossature }) => ossature)];
    const result = held.classes.map((value, i) => (isOssature[classes![i]!] ? classes![i]! : values[value]!));
    const paths = await writeLayers('hold', ['classes', 'confidence'], run, async (write) => {
      for (const block of blocksOf(run.shape)) {
        const cut = (raster: Uint8Array) => framedFrom(raster, grid.widthPx, block, 0).pixels;
        await write(block, { classes: cut(result), confidence: cut(held.confidence) });
      }
    });
    return nextState(state, paths);
  },
});

/** Couvertures and, by value of the layer, 1 + the index of its own. */
function foldedClasses({ classes }: PassRun): { codesCs: string[]; fold: Uint8Array } {
  const codesCs = couverturesOf(classes);
  return { codesCs, fold: Uint8Array.from([0, ...classes.map(({ codeCs }) => codesCs.indexOf(codeCs) + 1)]) };
}

async function readWhole(path: string): Promise<Uint8Array> {
  const layer: Layer = await openLayer(path);
  try {
    const { widthPx, heightPx } = layer;
    return (await layer.readFramed({ xPx: 0, yPx: 0, widthPx, heightPx }, 0)).pixels;
  } finally {
    await layer.close();
  }
}
