import compression from 'compression';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../sql/database.ts';
import { changesGet, changesSummaryGet } from './changes/changes.ts';
import { differencesSource } from './changes/differences.ts';
import { apiGet } from './common/api.ts';
import { collectionGet, collectionsGet } from './common/collections.ts';
import { conformanceGet, nomenclatureGet } from './common/documents.ts';
import { healthGet } from './common/health.ts';
import { landingGet } from './common/landing.ts';
import type { ServerConfig } from './config.ts';
import type { Route, ServerContext } from './context.ts';
import { MethodNotAllowed, NotFound } from './errors.ts';
import type { FeatureSources } from './feature-source.ts';
import { itemGet, itemsGet } from './features/items.ts';
import { objectsSource } from './features/objects.ts';
import { territoiresSource } from './features/territoires.ts';
import { zonesSource } from './features/zones.ts';
import { answerOptions, commonHeaders, problemHandler } from './http.ts';
import type { Pages } from './page-names.ts';
import { siteRouter } from './pages/site-router.ts';
import { jobDelete, jobGet, jobsGet, resultsGet } from './processes/job-handlers.ts';
import { executionPost, processesGet, processGet } from './processes/process-handlers.ts';
import { createRegistry } from './registry.ts';
import { fluxGet } from './statistics/flux.ts';
import { stockGet } from './statistics/stock.ts';
import { tileGet } from './tiles/tile.ts';
import { tileMatrixSetGet, tileMatrixSetsGet } from './tiles/tile-matrix-sets.ts';
import { tileJsonGet, tilesetGet, tilesetsGet } from './tiles/tilesets.ts';
import { noWorker, type WorkerProcess } from './worker-process.ts';

export interface AppOptions {
  config: Pick<ServerConfig, 'publicUrl' | 'trustProxy'> & Partial<Pick<ServerConfig, 'sourcesDirs' | 'sourceOrigins'>>;
  /** Read by every resource; opened read-only. */
  database: Database;
  /** Written by the processes' jobs only. */
  writeDatabase: Database;
  pages: Pages;
  log: Logger;
  worker?: WorkerProcess;
  /** How long a request may believe what was published; 0 in tests. */
  registryCheckMs?: number;
}

/** Which part reads which kind of collection. */
export const SOURCES: FeatureSources = {
  tout: objectsSource,
  millesime: objectsSource,
  zone: zonesSource,
  difference: differencesSource,
  territoire: territoiresSource,
};

/** The whole server as one table. Paths are those of openapi/openapi.yaml; a test compares both ways. */
export function routeTable(context: ServerContext): Route[] {
  return [
    ['get', '/', landingGet(context)],
    ['get', '/conformance', conformanceGet(context)],
    ['get', '/api', apiGet(context, SOURCES)],
    ['get', '/collections', collectionsGet(context)],
    ['get', '/collections/{collectionId}', collectionGet(context)],
    ['get', '/collections/{collectionId}/items', itemsGet(context, SOURCES)],
    ['get', '/collections/{collectionId}/items/{featureId}', itemGet(context, SOURCES)],
    ['get', '/collections/{collectionId}/tiles', tilesetsGet(context)],
    ['get', '/collections/{collectionId}/tiles/{tileMatrixSetId}', tilesetGet(context)],
    ['get', '/collections/{collectionId}/tiles/{tileMatrixSetId}/tilejson.json', tileJsonGet(context)],
    ['get', '/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}', tileGet(context)],
    ['get', '/tileMatrixSets', tileMatrixSetsGet(context)],
    ['get', '/tileMatrixSets/{tileMatrixSetId}', tileMatrixSetGet(context)],
    ['get', '/changes', changesGet(context)],
    ['get', '/changes/summary', changesSummaryGet(context)],
    ['get', '/statistics/stock', stockGet(context)],
    ['get', '/statistics/flux', fluxGet(context)],
    ['get', '/health', healthGet(context)],
    ['get', '/nomenclature', nomenclatureGet(context)],
    ['get', '/processes', processesGet(context)],
    ['get', '/processes/{processId}', processGet(context)],
    ['post', '/processes/{processId}/execution', executionPost(context)],
    ['get', '/jobs', jobsGet(context)],
    ['get', '/jobs/{jobId}', jobGet(context)],
    ['delete', '/jobs/{jobId}', jobDelete(context)],
    ['get', '/jobs/{jobId}/results', resultsGet(context)],
  ];
}

export function createApp(options: AppOptions): Express {
  const context = createContext(options);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // ours, in http.ts
  app.set('trust proxy', context.config.trustProxy);
  app.set('query parser', false); // ours, in params.ts
  app.use(commonHeaders);
  app.use(compression());
  app.use(express.json({ limit: '1mb', type: ['application/json'] }));
  addRoutes(app, routeTable(context));
  app.use(siteRouter(context));
  app.use((req) => {
    throw new NotFound(`there is nothing at ${req.path.slice(0, 200)}`);
  });
  app.use(problemHandler(context));
  return app;
}

const createContext = ({ worker = noWorker, registryCheckMs, ...options }: AppOptions): ServerContext => ({
  ...options,
  registry: createRegistry(options.database, registryCheckMs),
  workerState: worker.state,
  startedAt: new Date(),
});

/** Every path answers its methods, HEAD where it has GET, OPTIONS with Allow, and 405 to anything else. */
function addRoutes(app: Express, routes: Route[]): void {
  for (const path of new Set(routes.map(([, path]) => path))) {
    const ofPath = routes.filter((route) => route[1] === path);
    const methods = ofPath.flatMap(([method]) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    const allow = [...methods, 'OPTIONS'].join(', ');
    const route = app.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const [method, , handler] of ofPath) route[method](handler);
    route.options((_req, res) => answerOptions(res, allow));
    route.all((req) => {
      throw new MethodNotAllowed(req.method, allow);
    });
  }
}
