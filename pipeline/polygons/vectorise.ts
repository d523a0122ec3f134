/** The polygons stage: class rasters → a coverage of polygons, of any extent, in bounded memory. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  freshManifest,
  hashFile,
  type InputFile,
  manifestKey,
  type PolygonsArtefact,
  type StageContext,
  writeManifest,
} from '../artefacts.ts';
import type { Extent } from '../extent.ts';
import { type Grid, pixelAreaM2 } from '../grid.ts';
import type { OssatureReport } from '../polygons-measures.ts';
import { type BlockPool, openBlockPool } from './blocks/block-pool.ts';
import { type BuiltUpOptions, builtUpParameters } from './buildings/built-up.ts';
import { lostBuildings } from './buildings/lost-buildings.ts';
import { traceZone } from './buildings/trace-zone.ts';
import { idsByKey, joinedByKey } from './coverage/object-ids.ts';
import { PolygonSpool } from './coverage/polygon-spool.ts';
import { traceLayer } from './coverage/trace-layer.ts';
import { writeCoverage } from './coverage/write-coverage.ts';
import type { HoldOptions } from './hold/hold-options.ts';
import { defaultToleranceM } from './lines/line-of-arc.ts';
import { ossatureClasses } from './ossature/ossature.ts';
import { findOssature, type OssatureSettings, ossaturePass } from './ossature/ossature-pass.ts';
import { type PassState, runPasses } from './passes.ts';
import { type Plan, planPasses } from './plan-passes.ts';
import { codesOf, gridOf, inputsOf, type Source } from './source-pass.ts';

export interface VectorOptions extends BuiltUpOptions {
  /** As INSEE writes it (`62`, `2A`, `999`): part of what the objects' ids are drawn from. */
  departement: string;
  /** Specks smaller than this give way to what lies round them; 0 keeps all. Default 25 m², an assumption of ours. */
  minAreaM2?: number | undefined;
  /** How far a border may be moved, metres; `defaultToleranceM` by default. */
  toleranceM?: number | undefined;
  /** False: specks and staircases only; the product's minimal units and widths are not applied. Default true. */
  generalise?: boolean | undefined;
  /** Side of the blocks the raster is cut into; the polygons do not depend on it. */
  blockPx?: number | undefined;
  /** What the borders of a region not closed yet may take in memory before they go to disk; the polygons do not depend on it. */
  spillBytes?: number | undefined;
  /** Threads; as many as the run may use by default. */
  workers?: number | undefined;
  /** The millésime whose unchanged objects keep their ids. */
  former?: PolygonsArtefact | undefined;
  /** Reference layers the ossature is made of; absent: there is none. */
  ossature?: OssatureSettings | undefined;
  /** What the coverage is cut at, in the grid's CRS; absent: the grid's own rectangle. */
  limit?: Extent | undefined;
  /** What it takes for a change since the former millésime to be believed; absent: the new raster is not held to that. */
  hold?: HoldOptions | undefined;
}

export const DEFAULT_MIN_AREA_M2 = 25;
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
  const { departement, former, hold, minAreaM2 = DEFAULT_MIN_AREA_M2, generalise = true } = options;
  const grid = gridOf(source);
  const toleranceM = options.toleranceM ?? defaultToleranceM(grid.resolutionM);
  const held = former && hold && { polygons: former, hold };
  const isHeld = held !== undefined;
  const ossature = generalise && options.ossature ? await planOssature(options.ossature, grid, isHeld) : undefined;
  const builtUp = builtUpParameters(options);
  const plan = planPasses(source, { minAreaM2, generalise, ossature, builtUp, former: held });
  const { limit } = options;
  const inputs = [
    ...(await inputsOf(source)),
    ...(former ? await inputsOfFormer(former) : []),
    ...inputsOfLimit(limit),
  ];
  const passes = plan.passes.map(({ name, parameters }) => ({ name, parameters }));
  const parameters = { grid, codesCs: codesOf(source), departement, toleranceM, passes };
  const key = manifestKey('polygons', inputs, parameters);
  const manifestPath = join(outDir, 'polygons.manifest.json');
  const fresh = await freshManifest<PolygonsArtefact>(manifestPath, key);
  if (fresh) return fresh.output;

  const workDir = join(outDir, 'passes');
  const shape = { widthPx: grid.widthPx, heightPx: grid.heightPx, blockPx: options.blockPx ?? DEFAULT_BLOCK_PX };
  const pool = openBlockPool(options.workers ?? ctx.threads, ctx.signal);
  try {
    const state = await runPasses(plan.passes, inputs, workDir, { ctx, pool, shape, classes: plan.classes });
    const { spillBytes } = options;
    const drawn = { grid, plan, state, departement, former, limit, toleranceM, spillBytes, outDir, workDir };
    const lost = lostBuildings(state.lost, grid, limit, builtUp);
    const told = {
      generalised: generalise,
      tallies: state.tallies,
      ossature: withEnclaves(state, grid),
      lostBuildings: lost,
    };
    const output = { ...(await drawCoverage(drawn, pool, ctx)), ...told };
    await writeManifest(manifestPath, { stage: 'polygons', key, inputs, parameters, output, files: filesOf(output) });
    await rm(workDir, { recursive: true, force: true });
    return output;
  } finally {
    await pool.close();
  }
}

/** Undefined where the references have nothing to make ossature of. */
async function planOssature(settings: OssatureSettings, grid: Grid, isHeld: boolean) {
  const { sources, inputs } = await findOssature(settings);
  if (sources.length === 0) return undefined;
  return { pass: ossaturePass(sources, inputs, grid, settings, isHeld), classes: ossatureClasses() };
}

function withEnclaves({ ossature, enclaves }: PassState, grid: Grid): OssatureReport | undefined {
  if (ossature === undefined || enclaves === undefined) return ossature;
  return { ...ossature, enclaves: { count: enclaves.count, areaM2: enclaves.pixels * pixelAreaM2(grid) } };
}

interface Drawing {
  grid: Grid;
  plan: Plan;
  /** What the passes left. */
  state: PassState;
  departement: string;
  former: PolygonsArtefact | undefined;
  limit: Extent | undefined;
  toleranceM: number;
  spillBytes: number | undefined;
  outDir: string;
  workDir: string;
}

/** From layers to files. */
async function drawCoverage(drawing: Drawing, pool: BlockPool, ctx: StageContext): Promise<PolygonsArtefact> {
  const { grid, plan, state, former, limit, toleranceM, spillBytes, outDir, workDir, departement } = drawing;
  const [classesPath, confidencePath] = [state.layers['classes']!, state.layers['confidence']!];
  const polygons = new PolygonSpool(join(workDir, 'polygons'));
  const settings = { grid, classes: plan.classes, classesPath, confidencePath, toleranceM, spillBytes };
  const traced = await traceLayer(settings, polygons, pool, ctx);
  ctx.report.info('Polygons:Traced', { regions: traced.regions, arcs: traced.arcs });
  const formerIds = former ? await idsByKey(former) : new Map<string, string>();
  const joined = former ? await joinedByKey(former) : new Map<string, string>();
  const { listed } = state;
  const coverage = { ...settings, traced, polygons, listed, limit, departement, formerIds, joined, outDir, workDir };
  const artefact = await writeCoverage(coverage, ctx);
  await polygons.remove();
  if (toleranceM > 0) artefact.geometry = traced.geometry.told(grid.resolutionM);
  const zoneLayer = state.layers['zone'];
  if (zoneLayer === undefined) return artefact;
  return { ...artefact, zonePath: await traceZone({ ...drawing, zoneLayer }, pool, ctx) };
}

function inputsOfFormer({ polygonsPath, couverturePath, joinedPath, listed }: PolygonsArtefact) {
  const paths = [polygonsPath, couverturePath, joinedPath];
  if (listed !== undefined && existsSync(listed)) paths.push(listed);
  return Promise.all(paths.filter((path) => path !== undefined).map(hashFile));
}

function inputsOfLimit(limit: Extent | undefined): InputFile[] {
  if (limit === undefined) return [];
  return [{ path: 'limit', sha256: createHash('sha256').update(JSON.stringify(limit)).digest('hex') }];
}

const filesOf = (artefact: PolygonsArtefact): string[] =>
  [
    artefact.polygonsPath,
    artefact.regionsPath,
    artefact.couverturePath,
    artefact.framePath,
    artefact.nodataPath,
    artefact.zonePath,
    artefact.limitPath,
    artefact.enclavesPath,
    artefact.joinedPath,
    artefact.listed,
  ].filter((path) => path !== undefined);
