/** The polygons stage: class rasters → a coverage of polygons, of any extent, in bounded memory. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  freshManifest,
  hashFile,
  manifestKey,
  type PolygonsArtefact,
  type StageContext,
  writeManifest,
} from '../artefacts.ts';
import { openBlockPool } from './block-pool.ts';
import { idsByKey } from './object-ids.ts';
import { type PassState, runPasses } from './passes.ts';
import { planPasses } from './plan-passes.ts';
import { codesOf, gridOf, inputsOf, type Source } from './source-pass.ts';
import { SortedSpool } from './spool.ts';
import { traceLayer } from './trace-layer.ts';
import { writeCoverage } from './write-coverage.ts';

export interface VectorOptions {
  /** As INSEE writes it (`62`, `2A`, `999`): part of what the objects' ids are drawn from. */
  departement: string;
  /** Specks smaller than this give way to what lies round them; 0 keeps all. Default 25 m², an assumption of ours. */
  minAreaM2?: number | undefined;
  /** How far a border may be moved, metres. */
  toleranceM?: number | undefined;
  /** False: specks and staircases only; the product's minimal units and widths are not applied. Default true. */
  generalise?: boolean | undefined;
  /** Side of the blocks the raster is cut into; the polygons do not depend on it. */
  blockPx?: number | undefined;
  /** Threads; as many as the run may use by default. */
  workers?: number | undefined;
  /** The millésime whose unchanged objects keep their ids. */
  former?: PolygonsArtefact | undefined;
}

export const DEFAULT_MIN_AREA_M2 = 25;
const DEFAULT_TOLERANCE_M = 1;
const DEFAULT_BLOCK_PX = 1024;

/**
 * Makes a coverage: every border is drawn once and used by both its sides, so that the polygons have no gap, no overlap and equal
 * vertices along each shared border. The same bytes however the raster is cut and whoever computes; a killed run goes on with
 * the pass it was in. Skipped when its outputs are already there for the same input. Throws `BadInput`, `DiskFault`, `Stopped`.
 */
export async function vectorise(
  source: Source,
  outDir: string,
  options: VectorOptions,
  ctx: StageContext,
): Promise<PolygonsArtefact> {
  const { departement, former, workers, blockPx, ...asked } = options;
  const settings = {
    minAreaM2: DEFAULT_MIN_AREA_M2,
    toleranceM: DEFAULT_TOLERANCE_M,
    generalise: true,
    ...given(asked),
  };
  const grid = gridOf(source);
  const plan = planPasses(source, settings);
  const inputs = [...(await inputsOf(source)), ...(former ? [await hashFile(former.polygonsPath)] : [])];
  const passes = plan.passes.map(({ name, parameters }) => ({ name, parameters }));
  const parameters = { grid, codesCs: codesOf(source), departement, toleranceM: settings.toleranceM, passes };
  const key = manifestKey('polygons', inputs, parameters);
  const manifestPath = join(outDir, 'polygons.manifest.json');
  const fresh = await freshManifest<PolygonsArtefact>(manifestPath, key);
  if (fresh) return fresh.output;

  const workDir = join(outDir, 'passes');
  const { widthPx, heightPx } = grid;
  const shape = { widthPx, heightPx, blockPx: blockPx ?? DEFAULT_BLOCK_PX };
  const pool = openBlockPool(workers ?? ctx.threads, ctx.signal);
  try {
    const state = await runPasses(plan.passes, inputs, workDir, { ctx, pool, shape, classes: plan.classes });
    const polygons = new SortedSpool(join(workDir, 'polygons'));
    const tolerancePx = settings.toleranceM / grid.resolutionM;
    const traced = await traceLayer({ grid, ...plan, ...tracedLayers(state), tolerancePx }, polygons, pool, ctx);
    ctx.report.info('Polygons:Traced', { regions: traced.regions, arcs: traced.arcs });
    const formerIds = former ? await idsByKey(former) : new Map<string, string>();
    const written = await writeCoverage(
      {
        grid,
        classes: plan.classes,
        ...tracedLayers(state),
        ...state,
        traced,
        polygons,
        departement,
        formerIds,
        outDir,
        workDir,
      },
      ctx,
    );
    const output = { ...written, generalised: settings.generalise, tallies: state.tallies };
    await writeManifest(manifestPath, { stage: 'polygons', key, inputs, parameters, output, files: filesOf(output) });
    await rm(workDir, { recursive: true, force: true });
    return output;
  } finally {
    await pool.close();
  }
}

/** Without what is undefined: defaults hold there. */
const given = <Options extends object>(options: Options) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Options]?: NonNullable<Options[Key]>;
  };

const tracedLayers = ({ layers }: PassState) => ({
  classesPath: layers['classes']!,
  confidencePath: layers['confidence']!,
});

const filesOf = (artefact: PolygonsArtefact): string[] =>
  [
    artefact.polygonsPath,
    artefact.regionsPath,
    artefact.couverturePath,
    artefact.nodataPath,
    artefact.zonePath,
    artefact.listed,
  ].filter((path) => path !== undefined);
