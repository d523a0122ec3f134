import type { Request } from 'express';
import type { Handler, ServerContext } from '../context.ts';
import { collectionCrs, findCrs } from '../crs.ts';
import { InvalidParameter, NotFound } from '../errors.ts';
import { HTML_LIMIT_DEFAULT, sendFeatures } from '../feature-collection.ts';
import { readFilters } from '../feature-filters.ts';
import { featureText } from '../feature-geojson.ts';
import type { FeatureQuestion } from '../feature-pages.ts';
import { type FeatureSource, type FeatureSources, parseCursor } from '../feature-source.ts';
import { chooseFormat, formatLinks, MEDIA, respond } from '../http.ts';
import { baseUrl, requestPath } from '../links.ts';
import { parseBbox, parseDatetime, parseLimit, readQuery } from '../params.ts';
import type { Collection } from '../published-collections.ts';
import { findCollection, type Snapshot } from '../registry.ts';

export const ITEMS_PARAMETERS = ['limit', 'bbox', 'bbox-crs', 'crs', 'datetime', 'cursor', 'resultType'];

/** `GET /collections/{collectionId}/items` */
export const itemsGet =
  (context: ServerContext, sources: FeatureSources): Handler =>
  async (req, res) => {
    const snapshot = await context.registry.snapshot();
    const collection = findCollection(snapshot, req.params['collectionId'] as string);
    const source = sources[collection.kind];
    const query = readQuery(requestPath(req).query, [...ITEMS_PARAMETERS, ...source.columns.keys()]);
    const hits = parseResultType(query.get('resultType'));
    const question = await readQuestion(context, req, { snapshot, collection, source, query });
    await sendFeatures(context, req, res, { question, page: 'items', hits });
  };

interface ReadItems {
  snapshot: Snapshot;
  collection: Collection;
  source: FeatureSource;
  query: Map<string, string>;
}

async function readQuestion(context: ServerContext, req: Request, read: ReadItems): Promise<FeatureQuestion> {
  const { snapshot, collection, source, query } = read;
  const offered = collectionCrs(collection.storageSrid);
  const bboxCrs = findCrs('bbox-crs', query.get('bbox-crs'), offered);
  const html = chooseFormat(req, MEDIA.geojson) === 'html';
  const cursor = parseCursor(query.get('cursor'));
  const question = {
    limit: parseLimit(query.get('limit'), html ? HTML_LIMIT_DEFAULT : undefined),
    crs: findCrs('crs', query.get('crs'), offered),
    box: parseBbox(query.get('bbox'), bboxCrs),
    datetime: parseDatetime(query.get('datetime')),
    filters: readFilters(query, source.columns, snapshot),
  };
  const opened = await source.open(context, snapshot, collection, cursor);
  return { source, collection, opened, cursor, ...question };
}

function parseResultType(text: string | undefined): boolean {
  if (text === undefined || text === 'results') return false;
  if (text === 'hits') return true;
  throw new InvalidParameter('resultType', text, 'results or hits');
}

/** `GET /collections/{collectionId}/items/{featureId}` */
export const itemGet =
  (context: ServerContext, sources: FeatureSources): Handler =>
  async (req, res) => {
    const snapshot = await context.registry.snapshot();
    const collection = findCollection(snapshot, req.params['collectionId'] as string);
    const query = readQuery(requestPath(req).query, ['crs']);
    const crs = findCrs('crs', query.get('crs'), collectionCrs(collection.storageSrid));
    const featureId = req.params['featureId'] as string;
    const statement = featureId.includes('\0')
      ? undefined
      : sources[collection.kind].item(snapshot, collection, featureId, crs);
    const rows = statement === undefined ? [] : (await statement.execute(context.database.db)).rows;
    if (rows.length === 0) throw new NotFound(`${collection.collectionId} has no feature "${featureId.slice(0, 80)}"`);
    const { collectionId, title, attribution } = collection;
    const href = `${baseUrl(req, context.config.publicUrl)}/collections/${collectionId}`;
    respond(context, req, res, {
      page: 'item',
      mediaType: MEDIA.geojson,
      headers: { 'Content-Crs': `<${crs.uri}>` },
      body: {
        ...(JSON.parse(featureText(rows[0]!)) as object),
        collection: { id: collectionId, title, attribution },
        links: [...formatLinks(context, req, MEDIA.geojson), { href, rel: 'collection', type: MEDIA.json, title }],
      },
    });
  };
