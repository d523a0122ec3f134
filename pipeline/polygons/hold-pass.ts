/** The pass that holds a new millésime to the former one. It looks at the whole raster, in memory. */
import type { PolygonsArtefact } from '../artefacts.ts';
import { type CouvertureRaster, checkPixelLimit } from '../couverture.ts';
import type { Grid } from '../grid.ts';
import { connectedRegions, type Regions } from '../regions.ts';
import { framedFrom } from './blocks/framed.ts';
import { blocksOf, openLayer } from './blocks/layer.ts';
import { nextState, writeLayers } from './blocks/write-layers.ts';
import { readFormer } from './former-raster.ts';
import { landValueOf } from './land-classes.ts';
import type { Pass, PassRun } from './passes.ts';
import { couverturesOf } from './tally.ts';

/** Gives a raster with every pixel at its class of the former millésime but where a change is believed. */
export type HoldRaster = (current: CouvertureRaster) => Promise<CouvertureRaster>;

/**
 * Writes the held classes, their confidence, and `unchanged`: 1 in regions that are, to the pixel, those of the former millésime
 * and kept its rules. Ossature is burnt in from its references, whatever was there before. Throws `BadInput` where memory does
 * not do.
 */
export const holdPass = (hold: HoldRaster, former: PolygonsArtefact, grid: Grid): Pass => ({
  name: 'hold',
  parameters: {},
  async run(state, run) {
    checkPixelLimit(grid);
    const classes = await readWhole(state.layers['classes']!);
    const { codesCs, fold } = foldedClasses(run);
    const confidence = await readWhole(state.layers['confidence']!);
    const seen = await readWhole(state.layers['seen']!);
    disbelieve(confidence, classes, seen, run);
    const held = await hold({ grid, codesCs, classes: classes.map((value) => fold[value]!), confidence });
    const isOssature = Uint8Array.from([0, ...run.classes.map(({ ossature }) => (ossature ? 1 : 0))]);
    const recode = plainValuesOf(held.codesCs, run);
    const result = classes.map((value, i) => (isOssature[value] ? value : recode[held.classes[i]!]!));
    const unchanged = await unchangedMask(result, isOssature, former, run);
    const paths = await writeLayers('hold', ['classes', 'confidence', 'unchanged'], run, async (write) => {
      for (const block of blocksOf(run.shape)) {
        const cut = (raster: Uint8Array) => framedFrom(raster, grid.widthPx, block, 0).pixels;
        await write(block, { classes: cut(result), confidence: cut(held.confidence), unchanged: cut(unchanged) });
      }
    });
    return { ...nextState(state, paths, ['seen']), listed: [] };
  },
});

/**
 * Confidence is the image's in the class it showed. Where generalising gave another, what is left of it at most is what speaks for
 * that one; but enlarging a building does not make it doubtful, nor does a stand become so by being called mixed.
 */
function disbelieve(confidence: Uint8Array, classes: Uint8Array, seen: Uint8Array, { classes: lands }: PassRun): void {
  const keeps = Uint8Array.from([1, ...lands.map(({ codeCs }) => (KEPT_CONFIDENCE.includes(codeCs) ? 1 : 0))]);
  for (let i = 0; i < classes.length; i++) {
    if (classes[i] !== seen[i] && keeps[classes[i]!] === 0) confidence[i] = 255 - confidence[i]!;
  }
}

const KEPT_CONFIDENCE = ['CS1.1.1.1', 'CS2.1.1.3'];

/** By value of a raster in `codesCs`: that of the layer. */
const plainValuesOf = (codesCs: string[], { classes }: PassRun) =>
  Uint8Array.from([0, ...codesCs.map((codeCs) => landValueOf(classes, { codeCs, ossature: false }))]);

/** Objects that were told to break a rule are looked at again: they count as changed. */
async function unchangedMask(result: Uint8Array, isOssature: Uint8Array, former: PolygonsArtefact, run: PassRun) {
  const { widthPx, heightPx } = run.shape;
  const before = await readFormer(former);
  const recode = plainValuesOf(former.codesCs, run);
  const frame = before.classes.map((value, i) => (isOssature[result[i]!] || before.isListed[i] ? 0 : recode[value]!));
  const shown = result.map((value) => (isOssature[value] ? 0 : value));
  const [then, now] = [connectedRegions(frame, widthPx, heightPx), connectedRegions(shown, widthPx, heightPx)];
  const same = sameRegions(then, now);
  return Uint8Array.from(now.labels, (region) => same[region]!);
}

const UNSEEN = -1;

/** By region of `now`: 1 when it is, to the pixel, a region of `then`. */
function sameRegions(then: Regions, now: Regions): Uint8Array {
  const same = new Uint8Array(now.count + 1);
  const formerOf = new Int32Array(now.count + 1).fill(UNSEEN);
  for (let i = 0; i < now.labels.length; i++) {
    const [region, former] = [now.labels[i]!, then.labels[i]!];
    if (region === 0) continue;
    if (formerOf[region] === UNSEEN) {
      formerOf[region] = former;
      const isSame = then.classOf[former] === now.classOf[region] && then.pixels[former] === now.pixels[region];
      same[region] = former !== 0 && isSame ? 1 : 0;
    } else if (formerOf[region] !== former) same[region] = 0;
  }
  return same;
}

/** Couvertures and, by value of the layer, 1 + the index of its own. */
function foldedClasses({ classes }: PassRun): { codesCs: string[]; fold: Uint8Array } {
  const codesCs = couverturesOf(classes);
  return { codesCs, fold: Uint8Array.from([0, ...classes.map(({ codeCs }) => codesCs.indexOf(codeCs) + 1)]) };
}

async function readWhole(path: string): Promise<Uint8Array> {
  const layer = await openLayer(path);
  try {
    const { widthPx, heightPx } = layer;
    return (await layer.readFramed({ xPx: 0, yPx: 0, widthPx, heightPx }, 0)).pixels;
  } finally {
    await layer.close();
  }
}
