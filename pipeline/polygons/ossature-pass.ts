/** The pass that burns the ossature into the layer, and what it tells the report. */
import { hashFile, type InputFile } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import type { Grid, PixelWindow } from '../grid.ts';
import type { OssatureReport as ToldReport } from '../polygons-measures.ts';
import type { ReferenceSource } from '../references/find-layers.ts';
import { burnOssature } from './burn-ossature.ts';
import { landValueOf } from './land-classes.ts';
import { openLayer } from './layer.ts';
import { type Ossature, type OssatureOptions, type OssatureReport, ossatureSources, readOssature } from './ossature.ts';
import { KIND_CODES, OSSATURE_KINDS, type OssatureKind } from './ossature-widths.ts';
import type { Pass } from './passes.ts';
import { Tally } from './tally.ts';
import { nextState, writeLayers } from './write-layers.ts';

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

/** Burns the ossature where ground is known. One block after the other: the index of a département's roads is held once. */
export const ossaturePass = (
  sources: ReferenceSource[],
  inputs: InputFile[],
  grid: Grid,
  { options, dataDir }: OssatureSettings,
): Pass => ({
  name: 'ossature',
  parameters: { options, references: inputs.map(({ sha256 }) => sha256) },
  async run(state, run) {
    const ossature = await readOssature(sources, grid, options, dataDir, run.ctx.report);
    const values = [0, ...ossature.classes.map((land) => landValueOf(run.classes, land))];
    const layer = await openLayer(state.layers['classes']!);
    const tally = new Tally(run.classes);
    try {
      const paths = await writeLayers('ossature', ['classes'], run, async (write) => {
        for (const [index, block] of layer.blocks.entries()) {
          if (run.ctx.signal.aborted) throw new Stopped('stopped while burning the ossature');
          const before = await layer.readBlock(index);
          const classes = burnt(before, block, ossature, values);
          tally.compare(before, classes);
          await write(block, { classes });
        }
      });
      return { ...nextState(state, paths, [], tally.told('ossature')), ossature: toldReport(ossature.report) };
    } finally {
      await layer.close();
    }
  },
});

function burnt(before: Uint8Array, block: PixelWindow, { index }: Ossature, values: number[]): Uint8Array {
  const kinds = burnOssature(block, index);
  return kinds === null ? before : before.map((value, i) => (value !== 0 && values[kinds[i]!]) || value);
}

const KIND_NAMES: Record<OssatureKind, string> = { road: 'Routes', rail: 'Voies ferrées', water: 'Eau' };

const REASONS: Record<string, string> = {
  underground: 'en souterrain',
  'not built yet': 'pas encore en service',
  nature: 'nature écartée par le tableau des largeurs',
  narrow: 'moins large que le seuil',
  fictive: 'tronçon fictif',
  floating: 'morceau flottant',
  small: 'sous l’unité minimale',
};

/** By kind, with what a reader should know of the layers. */
function toldReport(report: OssatureReport): ToldReport {
  const kinds = OSSATURE_KINDS.filter(
    (kind) => about(report.kept, kind).length + about(report.dropped, kind).length > 0,
  );
  return {
    kinds: kinds.map((kind) => ({
      codeCs: KIND_CODES[kind],
      name: KIND_NAMES[kind],
      keptM: report.kept[kind]?.lengthM ?? 0,
      dropped: about(report.dropped, kind).map(([reason, { count, lengthM }]) => ({
        reason: REASONS[reason] ?? reason,
        count,
        lengthM,
      })),
    })),
    notes: report.layers.flatMap(({ file, remarks }) => remarks.map((remark) => `${file} : ${remark}`)),
  };
}

/** Entries of `kind` or `kind reason`, by reason. */
const about = <Value>(tallies: Record<string, Value>, kind: OssatureKind): [reason: string, Value][] =>
  Object.entries(tallies)
    .filter(([name]) => name === kind || name.startsWith(`${kind} `))
    .map(([name, value]) => [name.slice(kind.length + 1), value]);
