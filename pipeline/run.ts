/** The chain: the stages of one production, in order. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Polygon } from 'geojson';
import type { Database } from '../sql/database.ts';
import { packageFile } from '../sql/package-root.ts';
import {
  type ObjetOccupationSol,
  type ObjetProperties,
  type ObjetsArtefact,
  type PolygonsArtefact,
  runFolder,
  type StageContext,
} from './artefacts.ts';
import { makePairs } from './changes/make-pairs.ts';
import { remakeFlux } from './changes/remake-flux.ts';
import { loadModel } from './classes/load-model.ts';
import { classify } from './classes/stage.ts';
import type { PipelineConfig } from './config.ts';
import type { CouvertureRaster } from './couverture.ts';
import { millesimeCollectionId, sridOfDepartement } from './departement.ts';
import { BadInput } from './errors.ts';
import { importTerritoires, type TerritoiresOptions } from './exchange/import-territoires.ts';
import { keepFrame, readFrame, sweepFrames } from './frames.ts';
import { readFeatures } from './geojsonl.ts';
import { type Grid, gridBbox } from './grid.ts';
import { checkGround } from './ground.ts';
import type { Report } from './log.ts';
import { readCouverture } from './polygons/read-couverture.ts';
import { tracePolygons } from './polygons/trace-polygons.ts';
import type { ProductionRequest, ProductionResult } from './production-request.ts';
import { publish } from './publish/publish.ts';
import { remakeStocks } from './publish/remake-stocks.ts';
import { openWindowSource } from './rasters/open-window-source.ts';
import { withRunLock } from './run-lock.ts';
import { holdToFrame } from './update/hold-to-frame.ts';
import { assignUsage } from './usage/assign-usage.ts';
import { polygonWkb } from './wkb.ts';

export interface ProduceEnv {
  database: Database;
  config: Readonly<PipelineConfig>;
  report: Report;
  signal: AbortSignal;
  runId?: string;
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
    if (request.territoires !== undefined) await loadTerritoires(env.database, request.territoires, {}, ctx);
    const classified = await classifyImagery(request, former?.grid, join(folder, 'classes'), ctx);
    const couverture = former ? await holdToFrame(classified, former, {}, ctx) : classified;
    const { minAreaM2 } = request;
    const polygons = await tracePolygons(couverture, join(folder, 'polygons'), { departement, minAreaM2, former }, ctx);
    const objets = await assignUsage(polygons, request.references ?? null, join(folder, 'usage'), ctx);
    if (objets.count === 0)
      throw new BadInput(`the imagery of ${departement} ${millesime} holds no known pixel: nodata everywhere`);
    const { revisionId } = await publishObjets(objets, polygons, request, env, ctx);
    await sweepFrames(env.database, env.config.dataDir, departement, millesime);
    return { collectionId: millesimeCollectionId(departement, millesime), revisionId, objectCount: objets.count };
  });
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

/**
 * Stages 1 and 2, on the former millésime's grid where there is one. The couverture raster is read whole: the thin polygons
 * stage holds the extent in memory.
 */
async function classifyImagery(
  request: ProductionRequest,
  frame: Grid | undefined,
  outDir: string,
  ctx: StageContext,
): Promise<CouvertureRaster> {
  const overrides = request.bands === undefined ? {} : { bands: request.bands.join(',') };
  const model = await loadModel(modelPath(request.model), { overrides, threads: ctx.threads });
  try {
    const source = await openWindowSource(request.sources, model.bands, {
      srid: sridOfDepartement(request.departement),
      ...(frame ? { resolutionM: frame.resolutionM, bboxLocal: gridBbox(frame) } : {}),
    });
    try {
      checkGround('the sources together', gridBbox(source.grid), source.grid.srid);
      const tiling = { tilePx: request.tile, marginPx: request.margin, dallePx: request.dalle };
      return await readCouverture(await classify(source, model, outDir, tiling, ctx), ctx);
    } finally {
      await source.close();
    }
  } finally {
    await model.close();
  }
}

/** A shipped model's folder for its id; any other text is a path. */
const modelPath = (model: string) => {
  const shipped = packageFile('models', model);
  return !model.includes('/') && existsSync(shipped) ? shipped : model;
};

async function publishObjets(
  objets: ObjetsArtefact,
  polygons: PolygonsArtefact,
  request: ProductionRequest,
  env: ProduceEnv,
  ctx: StageContext,
) {
  const [imageDebut, imageFin = imageDebut] = request.imageDate?.split('/') ?? [];
  return publish(
    env.database,
    { objets: () => readObjets(objets), count: objets.count },
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

async function* readObjets({ objetsPath }: ObjetsArtefact): AsyncGenerator<ObjetOccupationSol> {
  for await (const { properties, geometry } of readFeatures<Polygon, ObjetProperties>(objetsPath)) {
    yield { ...properties, wkb: polygonWkb(geometry) };
  }
}
