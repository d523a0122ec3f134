/** The first pass: what is to be vectorised, as layers. */
import { createHash } from 'node:crypto';
import { type ClassesArtefact, hashFile, type InputFile } from '../artefacts.ts';
import type { CouvertureRaster } from '../couverture.ts';
import type { Grid } from '../grid.ts';
import { framedFrom } from './blocks/framed.ts';
import { inOrder } from './blocks/in-order.ts';
import { blocksOf } from './blocks/layer.ts';
import { writeLayers } from './blocks/write-layers.ts';
import type { Pass } from './passes.ts';
import { type BlockClasses, couvertureCodes, dallesIn, hasProbabilities, recodeTable } from './read-classes.ts';

/** A class raster, in dalles on disk or whole in memory. */
export type Source = ClassesArtefact | CouvertureRaster;

const inMemory = (source: Source): source is CouvertureRaster => 'codesCs' in source;

/** Couvertures of a source, in the order of its values. */
export const codesOf = (source: Source): string[] =>
  inMemory(source) ? source.codesCs : couvertureCodes(source.classes);

export const gridOf = (source: Source): Grid => source.grid;

/** What identifies a source's content. */
export async function inputsOf(source: Source): Promise<InputFile[]> {
  if (inMemory(source)) {
    const hash = createHash('sha256').update(source.classes).update(source.confidence);
    return [{ path: 'couverture', sha256: hash.digest('hex') }];
  }
  const inputs: InputFile[] = [];
  for (const { classPath, confidencePath, probabilitiesPath } of source.dalles) {
    inputs.push(await hashFile(classPath), await hashFile(confidencePath));
    if (probabilitiesPath !== undefined) inputs.push(await hashFile(probabilitiesPath));
  }
  return inputs;
}

/** Whether the source tells the probabilities of all classes. */
export const canVote = (source: Source): boolean => !inMemory(source) && hasProbabilities(source);

/** Layers beside `classes` and `confidence`. */
interface SourceLayers {
  /** `seen`: the classes once more, to be there when those of later passes are. */
  isSeen: boolean;
  /** `voted`, of sources that can: the classes after the vote of their neighbourhoods by probabilities. */
  isVoted: boolean;
}

/** Reads a source; value n + 1 of its layers is `codesCs[n]`, of which the source's own are some. */
export const sourcePass = (source: Source, codesCs: string[], { isSeen, isVoted }: SourceLayers): Pass => ({
  name: 'source',
  parameters: { classes: inMemory(source) ? source.codesCs : source.classes, isSeen, isVoted },
  async run(state, run) {
    const blocks = blocksOf(run.shape);
    const make = inMemory(source) ? cutFrom(source) : readFrom(source);
    const names = ['classes', 'confidence', ...(isVoted ? ['voted'] : [])];
    const layers = await writeLayers('read classes', names, run, async (write) => {
      let index = 0;
      for await (const outputs of inOrder(blocks.length, run.pool.ahead, make)) {
        await write(blocks[index++]!, { ...outputs });
      }
    });
    return { ...state, layers: isSeen ? { ...layers, seen: layers['classes']! } : layers };

    function cutFrom({ classes, confidence, grid, ...raster }: CouvertureRaster) {
      const recode = [0, ...raster.codesCs.map((codeCs) => codesCs.indexOf(codeCs) + 1)];
      const cut = (pixels: Uint8Array, index: number) => framedFrom(pixels, grid.widthPx, blocks[index]!, 0).pixels;
      return async (index: number): Promise<BlockClasses> => ({
        classes: cut(classes, index).map((value) => recode[value]!),
        confidence: cut(confidence, index),
      });
    }

    function readFrom(artefact: ClassesArtefact) {
      const recode = recodeTable(artefact.classes, codesCs);
      const { modelId } = artefact;
      return (index: number) => {
        const block = blocks[index]!;
        return run.pool.run('readClasses', { modelId, recode, block, isVoted, dalles: dallesIn(artefact, block) });
      };
    }
  },
});
