/** The contract as it is handed out: the hand-written document with what is published written into it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { packageFile } from '../../sql/package-root.ts';
import type { Handler, ServerContext } from '../context.ts';
import type { ColumnType, FeatureSources } from '../feature-source.ts';
import { MEDIA, respond } from '../http.ts';
import { baseUrl, requestPath } from '../links.ts';
import { readQuery } from '../params.ts';
import type { Collection } from '../published-collections.ts';

interface Parameter {
  $ref?: string;
  name?: string;
  [member: string]: unknown;
}
interface Operation {
  operationId: string;
  parameters: Parameter[];
  [member: string]: unknown;
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  servers: { url: string }[];
  components: { parameters: Record<string, { schema: Record<string, unknown> }>; [member: string]: unknown };
  [member: string]: unknown;
}

/** The document as it is written in openapi/. */
export const readContract = () =>
  parse(readFileSync(packageFile('openapi', 'openapi.yaml'), 'utf8'), { merge: true }) as OpenApi;

/** `GET /api` */
export const apiGet = (context: ServerContext, sources: FeatureSources): Handler => {
  const contract = readContract();
  return async (req, res) => {
    readQuery(requestPath(req).query, []);
    const { collections } = await context.registry.snapshot();
    const base = baseUrl(req, context.config.publicUrl);
    const body = writeOut(contract, [...collections.values()], sources, base);
    respond(context, req, res, { page: 'api', mediaType: MEDIA.openapi, body });
  };
};

const ITEMS = '/collections/{collectionId}/items';
const COLLECTION_REF = '#/components/parameters/collectionId';

/**
 * Paths of features, once per collection: QGIS and GDAL look for their literal form, and read limits and the properties that can
 * be filtered from it. Other paths keep `{collectionId}`, with the ids there are. Pure.
 */
export function writeOut(contract: OpenApi, collections: Collection[], sources: FeatureSources, base: string): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const [path, item] of Object.entries(contract.paths)) {
    if (!path.startsWith(ITEMS)) paths[path] = item;
    else for (const collection of collections) Object.assign(paths, literalPath(path, item, collection, sources));
  }
  const parameters = { ...contract.components.parameters };
  const tiled = collections.filter(({ kind }) => kind === 'millesime');
  for (const [name, ofKind] of [
    ['collectionId', collections],
    ['tiledCollectionId', tiled],
  ] as const) {
    if (ofKind.length === 0) continue; // an empty enum would be no document
    const ids = ofKind.map(({ collectionId }) => collectionId);
    parameters[name] = { ...parameters[name]!, schema: { type: 'string', enum: ids } };
  }
  return { ...contract, servers: [{ url: base }], paths, components: { ...contract.components, parameters } };
}

function literalPath(
  path: string,
  item: Record<string, Operation>,
  { collectionId, title, kind }: Collection,
  sources: FeatureSources,
): OpenApi['paths'] {
  const get = item['get']!;
  const own = path === ITEMS ? filterParameters(sources, kind) : [];
  const parameters = [...get.parameters.filter(({ $ref }) => $ref !== COLLECTION_REF), ...own];
  const operation = {
    ...get,
    operationId: `${get.operationId}.${collectionId}`,
    summary: `${get['summary'] as string} : ${title}`,
    parameters,
  };
  return { [path.replace('{collectionId}', collectionId)]: { get: operation } };
}

const SCHEMAS: Record<ColumnType, object> = {
  text: { type: 'string' },
  code: { type: 'string' },
  departement: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
};

/** QGIS takes a parameter for a filter only where style and explode are written. */
const filterParameters = (sources: FeatureSources, kind: Collection['kind']): Parameter[] =>
  [...sources[kind].columns].map(([name, { type, description }]) => ({
    name,
    in: 'query',
    description,
    required: false,
    style: 'form',
    explode: false,
    schema: SCHEMAS[type],
  }));
