/** The chain: the stages of one production, in order. */
import { join } from 'node:path';
import type { Database } from '../sql/database.ts';
import {
  type ClassesArtefact,
  type ObjetsArtefact,
  type PolygonsArtefact,
  runFolder,
  type StageContext,
} from './artefacts.ts';
import { makePairs } from './changes/make-pairs.ts';
import { remakeFlux } from './changes/remake-flux.ts';
import { loadModel } from './classes/load-model.ts';
import { type ClassifyOptions, classify } from './classes/stage.ts';
import { checkAnnotations, scoreProduction } from './commands/score-production.ts';
import type { PipelineConfig } from './config.ts';
import { millesimeCollectionId, sridOfDepartement, sridOfProduction } from './departement.ts';
import { BadInput } from './errors.ts';
import { importTerritoires, type TerritoiresOptions } from './exchange/import-territoires.ts';
import { checkMetricCrs, type Extent, extentAreaM2, growExtent, readExtent } from './extent.ts';
import { keepFrame, readFrame, sweepFrames } from './frames.ts';
import { type Grid, gridBbox, pixelAreaM2 } from './grid.ts';
import { checkGround } from './ground.ts';
import { readListed } from './listed-objects.ts';
import type { Report } from './log.ts';
import { floatingBelowM2, MIN_PIECE_M } from './ossature-pieces.ts';
import { HOLD_DEFAULTS } from './polygons/hold/hold-options.ts';
import { defaultToleranceM, ossatureShiftM } from './polygons/lines/line-of-arc.ts';
import { checkResolution } from './polygons/resolution.ts';
import { type VectorOptions, vectorise } from './polygons/vectorise.ts';
import type { ProductionRequest, ProductionResult } from './production-request.ts';
import type { ProducedRules } from './publish/load-produced.ts';
import { publish } from './publish/publish.ts';
import { remakeStocks } from './publish/remake-stocks.ts';
import { assessQuality, type QualityArtefact } from './quality/quality.ts';
import { refuseFaults } from './quality/refuse-faults.ts';
import { openAcquisitions } from './rasters/open-window-source.ts';
import { readNodata, readObjets, zonesOf } from './read-produced.ts';
import { withRunLock } from './run-lock.ts';
import { modelPath } from './shipped-model.ts';
import { assignUsage } from './usage/assign-usage.ts';

export interface ProduceEnv {
  database: Database;
  config: Readonly<PipelineConfig>;
  report: Report;
  signal: AbortSignal;
  runId?: string;
  /** Networks run side by side; what `classify` says by default. */
  workers?: number;
  /** Origins rasters may be read from, for what was asked for over HTTP; undefined: any that a person typed. */
  sourceOrigins?: string[];
}

/**
 * Runs the chain on the imagery of `request` and publishes the millésime, state `auto`. What a stopped or killed run finished is
 * kept under `runFolder` and not done again; what was published stays until the new revision takes its place.
 */
export async function produce(request: ProductionRequest, env: ProduceEnv): Promise<ProductionResult> {
  const { departement, millesime } = request;
  const folder = runFolder(env.config.dataDir, departement, millesime);
  return withRunLock(folder, async () => {
    const ctx: StageContext = { report: env.report, signal: env.signal, threads: env.config.threads };
    const former =
      request.from === undefined
        ? undefined
        : await readFrame(env.database, env.config.dataDir, departement, request.from);
    const ground = await groundOf(request, former?.grid, env.database);
    await checkAnnotations(request.annotations, ctx.report);
    if (request.territoires !== undefined) await loadTerritoires(env.database, request.territoires, {}, ctx);
    const classified = await classifyImagery(request, ground, join(folder, 'classes'), env, ctx);
    const options = vectorOptions(request, ground, former, env.config);
    const polygons = await vectorise(classified, join(folder, 'polygons'), options, ctx);
    reportGround(polygons, ground.limit, ctx.report);
    const objets = await assignUsage(polygons, request.references ?? null, join(folder, 'usage'), ctx);
    if (objets.count === 0)
      throw new BadInput(`the imagery of ${departement} ${millesime} holds no known pixel: nodata everywhere`);
    const about = { title: `OCS GE ${departement} ${millesime}`, classes: classified };
    const quality = await assessQuality(polygons, join(folder, 'quality'), about, ctx);
    refuseFaults(quality);
    const { revisionId } = await publishObjets(objets, polygons, quality, request, env, ctx);
    await sweepFrames(env.database, env.config.dataDir, departement, millesime);
    if (request.annotations) await score(request, polygons, join(folder, 'evaluation'), env, ctx);
    return { collectionId: millesimeCollectionId(departement, millesime), revisionId, objectCount: objets.count };
  });
}

/** What is published stays published, whatever becomes of its scores. */
async function score(
  { annotations, sources }: ProductionRequest,
  polygons: PolygonsArtefact,
  outDir: string,
  env: ProduceEnv,
  ctx: StageContext,
): Promise<void> {
  try {
    await scoreProduction(annotations!, polygons, sources[0]!, outDir, { origins: env.sourceOrigins }, ctx);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    ctx.report.warn('Evaluate:Failed', { message: error.message });
  }
}

/**
 * Loads territories, and sums the statistics of what is published again where communes changed: they are made by commune when a
 * revision is. Throws `BadInput`.
 */
export function loadTerritoires(
  database: Database,
  path: string,
  options: Pick<TerritoiresOptions, 'niveau' | 'departement'>,
  ctx: StageContext,
): Promise<{ count: number; departements: string[] }> {
  const onDepartement = async (departement: string) => {
    await remakeStocks(database, departement, ctx);
    await remakeFlux(database, departement, ctx);
  };
  return importTerritoires(database, path, { ...options, onDepartement }, ctx);
}

/** Where a production takes place. */
interface Ground {
  srid: number;
  /** What is interpreted: the limit's ground and a margin round it. */
  extent: Extent | undefined;
  /** What the coverage is cut at. */
  limit: Extent | undefined;
  /** The former millésime's grid, where there is one. */
  frame: Grid | undefined;
}

/** Throws `BadInput` for an extent or a CRS that cannot be used. */
async function groundOf(request: ProductionRequest, frame: Grid | undefined, database: Database): Promise<Ground> {
  const srid = sridOfProduction(request.departement, request.crs);
  if (request.crs !== undefined) await checkMetricCrs(srid, database);
  if (request.territoires !== undefined && srid !== sridOfDepartement(request.departement)) {
    throw new BadInput(
      `territoires: those of ${request.departement} are in its own grid; none wanted beside crs ${request.crs}`,
    );
  }
  if (frame && frame.srid !== srid) {
    throw new BadInput(`from ${request.from}: that millésime is in EPSG:${frame.srid}, EPSG:${srid} asked`);
  }
  const limit = request.extent === undefined ? undefined : await readExtent(request.extent, srid, database);
  const extent = limit && (await growExtent(limit, request.marginM ?? DEFAULT_MARGIN_M, database));
  return { srid, extent, limit, frame };
}

/** Ours: several times the reach of what decides a border; a minimal unit is some 50 m across, a width 20 m at most. */
const DEFAULT_MARGIN_M = 250;

/** Stages 1 and 2, on the former millésime's grid where there is one. */
async function classifyImagery(
  request: ProductionRequest,
  ground: Ground,
  outDir: string,
  env: ProduceEnv,
  ctx: StageContext,
): Promise<ClassesArtefact> {
  const { bands, codesCs, head, activation } = request;
  const overrides = { bands: bands?.join(','), codesCs, head, activation };
  const model = await loadModel(modelPath(request.model), { overrides, threads: ctx.threads });
  try {
    const sources = await openAcquisitions(request.sources, model.bands, {
      srid: ground.srid,
      resolutionM: request.resolution,
      extent: ground.extent,
      grid: ground.frame,
      http: { origins: env.sourceOrigins },
    });
    try {
      const { grid } = sources[0]!;
      checkGround('the sources together', gridBbox(grid), grid.srid);
      if (request.generalise !== false) checkResolution(grid.resolutionM);
      return await classify(sources, model, outDir, classifyOptions(request, env), ctx);
    } finally {
      for (const source of sources) await source.close();
    }
  } finally {
    await model.close();
  }
}

const classifyOptions = (request: ProductionRequest, env: ProduceEnv): ClassifyOptions => ({
  tilePx: request.tile,
  marginPx: request.margin,
  dallePx: request.dalle,
  batch: request.batch,
  stitching: request.stitching,
  probabilities: request.probabilities,
  workers: env.workers,
});

function vectorOptions(
  request: ProductionRequest,
  { limit }: Ground,
  former: PolygonsArtefact | undefined,
  { dataDir }: PipelineConfig,
): VectorOptions {
  const { departement, minAreaM2, toleranceM, generalise, zoneConstruite, buildings } = request;
  const { references, ossature = true } = request;
  const networks = ossature === true ? {} : ossature;
  return {
    ...{ departement, minAreaM2, toleranceM, generalise, zoneConstruite, buildings },
    ossature: references && networks ? { references, options: networks, dataDir } : undefined,
    limit,
    former,
    hold: former && HOLD_DEFAULTS,
  };
}

/** Says how much of the ground asked for no image knows: it is nodata, and no object of the millésime. */
function reportGround({ grid, knownM2 }: PolygonsArtefact, limit: Extent | undefined, report: Report): void {
  const asked = limit ? extentAreaM2(limit) : grid.widthPx * grid.heightPx * pixelAreaM2(grid);
  const withoutImagery = Math.max(asked - knownM2, 0);
  const data = { askedM2: Math.round(asked), withoutImageryM2: Math.round(withoutImagery) };
  const few = withoutImagery < FEW_PIXELS * pixelAreaM2(grid);
  if (few) report.info('Imagery:Ground', data);
  else report.warn('Imagery:Holes', { ...data, percent: Number(((100 * withoutImagery) / asked).toFixed(3)) });
}

/** An outline cuts pixels: less than this is not worth a warning. */
const FEW_PIXELS = 100;

async function publishObjets(
  objets: ObjetsArtefact,
  polygons: PolygonsArtefact,
  quality: QualityArtefact,
  request: ProductionRequest,
  env: ProduceEnv,
  ctx: StageContext,
) {
  const [imageDebut, imageFin = imageDebut] = request.imageDate?.split('/') ?? [];
  return publish(
    env.database,
    {
      objets: () => readObjets(objets),
      count: objets.count,
      zones: zonesOf(polygons),
      rapport: { production: quality.summary },
    },
    {
      departement: request.departement,
      millesime: request.millesime,
      srid: objets.srid,
      imageDebut,
      imageFin,
      origine: 'produced',
      etat: 'auto',
      attribution: request.attribution ?? `OCS GE ${request.departement} ${request.millesime}, produit par ocsge`,
      licence: request.licence ?? 'Licence Ouverte 2.0',
    },
    {
      requireCoverage: true,
      nodata: () => readNodata(polygons),
      produced: polygons.generalised ? producedRules(polygons, quality, request) : undefined,
      keepHours: env.config.revisionKeepHours,
      runId: env.runId,
      preparePairs: async (revisionId) => {
        await keepFrame(env.config.dataDir, request, revisionId, polygons);
        await makePairs(env.database, revisionId, ctx);
      },
    },
    ctx,
  );
}

/**
 * What an object's width may have lost since the report measured it, by discs about the centres of pixels. The corners of pixels lie
 * half a diagonal nearer to a centre, and either side may have moved by the tolerance. The ossature lost a pixel when it was burnt,
 * as in the report; an object is as wide somewhere as on the mean, and there either side moved by its shift. (Measured on short
 * stretches of 5 m at random: 0.1 m less in all where they lie alone, 1.4 pixels between crossings.)
 */
export const producedRules = (
  polygons: Pick<PolygonsArtefact, 'grid' | 'ossature'>,
  quality: Pick<QualityArtefact, 'listedPath'>,
  { toleranceM = defaultToleranceM(polygons.grid.resolutionM) }: Pick<ProductionRequest, 'toleranceM'>,
): ProducedRules => ({
  widthToleranceM: 2 * toleranceM + Math.SQRT2 * polygons.grid.resolutionM,
  ossatureToleranceM: 2 * ossatureShiftM(polygons.grid.resolutionM) + polygons.grid.resolutionM,
  floatingBelowM2: floatingBelowM2(polygons.ossature?.minPieceM ?? MIN_PIECE_M),
  exceptions: () => readListed(quality.listedPath),
});
