/** The pass that burns the ossature into the layer. */
import { hashFile, type InputFile } from '../../artefacts.ts';
import { Stopped } from '../../errors.ts';
import type { Grid, PixelWindow } from '../../grid.ts';
import type { ReferenceSource } from '../../references/find-layers.ts';
import { OSSATURE_WIDTHS } from '../../references/ossature-widths.ts';
import { openLayer } from '../blocks/layer.ts';
import { nextState, writeLayers } from '../blocks/write-layers.ts';
import { landValueOf } from '../land-classes.ts';
import type { Pass } from '../passes.ts';
import { Tally } from '../tally.ts';
import { burnOssature } from './burn-ossature.ts';
import { OSSATURE_DEFAULTS, type Ossature, type OssatureOptions, ossatureSources, readOssature } from './ossature.ts';
import { toldOssature } from './tell-ossature.ts';

/** Reference layers and what is to be made of them. */
export interface OssatureSettings {
  /** Folders of layers, or their files. */
  references: string | string[];
  options: OssatureOptions;
  /** Where copies of GeoPackages go. */
  dataDir: string;
}

/** The layers found, with what identifies them. Throws `BadInput`. */
export async function findOssature({ references, options, dataDir }: OssatureSettings) {
  const sources = await ossatureSources(references, options, dataDir);
  const inputs: InputFile[] = [];
  for (const file of sources.flatMap(({ files }) => files)) inputs.push(await hashFile(file));
  return { sources, inputs };
}

/**
 * Burns the ossature where ground is known. One block after the other: the index of a département's roads is held once.
 *
 * `isHeld`: leaves a layer `ossature` too, on ground that is not known as well, for who gets to know that ground.
 */
export const ossaturePass = (
  sources: ReferenceSource[],
  inputs: InputFile[],
  grid: Grid,
  { options, dataDir }: OssatureSettings,
  isHeld: boolean,
): Pass => ({
  name: 'ossature',
  parameters: {
    options: { ...OSSATURE_DEFAULTS, ...options },
    widths: OSSATURE_WIDTHS,
    references: inputs.map(({ sha256 }) => sha256),
    ...(isHeld ? { isHeld } : {}),
  },
  async run(state, run) {
    const ossature = await readOssature(sources, grid, options, dataDir, run.ctx.report);
    const values = [0, ...ossature.classes.map((land) => landValueOf(run.classes, land))];
    const layer = await openLayer(state.layers['classes']!);
    const tally = new Tally(run.classes);
    try {
      const names = ['classes', ...(isHeld ? ['ossature'] : [])];
      const paths = await writeLayers('ossature', names, run, async (write) => {
        for (const [index, block] of layer.blocks.entries()) {
          if (run.ctx.signal.aborted) throw new Stopped('stopped while burning the ossature');
          const before = await layer.readBlock(index);
          const outputs = burnt(before, block, ossature, values);
          tally.compare(before, outputs.classes);
          await write(block, outputs);
        }
      });
      return { ...nextState(state, paths, [], tally.told('ossature')), ossature: toldOssature(ossature.report) };
    } finally {
      await layer.close();
    }
  },
});

function burnt(before: Uint8Array, block: PixelWindow, { index }: Ossature, values: number[]) {
  const kinds = burnOssature(block, index);
  if (kinds === null) return { classes: before, ossature: new Uint8Array(before.length) };
  const ossature = kinds.map((kind) => values[kind]!);
  return { classes: before.map((value, i) => (value !== 0 && ossature[i]) || value), ossature };
}
