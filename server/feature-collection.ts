/** A GeoJSON FeatureCollection of a question, streamed as it is read; or as a page. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ServerContext } from './context.ts';
import { countMatched, type FeatureQuestion, type PageEnd, readFeatures } from './feature-pages.ts';
import { type Cursor, formatCursor } from './feature-source.ts';
import { chooseFormat, formatLinks, MEDIA, respond } from './http.ts';
import { baseUrl, type Link, requestUrl } from './links.ts';
import type { PageName } from './page-names.ts';

/** A page for people shows fewer features than a program's, unless `limit` says otherwise. */
export const HTML_LIMIT_DEFAULT = 100;

export interface CollectionAnswer {
  question: FeatureQuestion;
  page: PageName;
  /** `resultType=hits`: the number, and no feature. */
  hits: boolean;
  /** Members besides those of GeoJSON (warnings of a change set). */
  extra?: Record<string, unknown>;
}

/** Nothing is sent before the first batch has been read, so that a fault then is still a whole problem document. */
export async function sendFeatures(
  context: ServerContext,
  req: Request,
  res: Response,
  answer: CollectionAnswer,
): Promise<void> {
  const { question } = answer;
  setHeaders(req, res, question);
  if (req.fresh) {
    res.status(304).end();
    return;
  }
  const numberMatched = await countMatched(context, question, answer.hits);
  const head = {
    type: 'FeatureCollection',
    timeStamp: new Date().toISOString(),
    numberMatched,
    ...answer.extra,
  };
  if (numberMatched !== undefined) res.set('OGC-NumberMatched', String(numberMatched));
  const tail = ({ numberReturned, next }: PageEnd) => ({ numberReturned, links: links(context, req, answer, next) });
  const features = answer.hits ? noFeatures() : readFeatures(context, question);
  if (chooseFormat(req, MEDIA.geojson) === 'html') return sendPage(context, req, res, answer, { head, features, tail });
  const first = await features.next();
  res.status(200).setHeader('Content-Type', MEDIA.geojson);
  if (req.method === 'HEAD') {
    await features.return({ numberReturned: 0, next: undefined });
    res.end();
    return;
  }
  const text = collectionText(head, prepend(first, features), tail, () => stillThere(context, question));
  await pipeline(Readable.from(text, { objectMode: true, highWaterMark: 1 }), res);
}

/** A cursor may hold a revision that is not current any more: had it been removed while it was read, the rest would be missing. */
async function stillThere(context: ServerContext, { source, collection, cursor }: FeatureQuestion): Promise<void> {
  if (cursor !== undefined) await source.open(context, await context.registry.snapshot(), collection, cursor);
}

type Features = AsyncGenerator<string[], PageEnd>;

// biome-ignore lint/correctness/useYield: an empty list of features is still one to read
async function* noFeatures(): Features {
  return { numberReturned: 0, next: undefined };
}

async function* prepend(first: IteratorResult<string[], PageEnd>, rest: Features): Features {
  if (first.done) return first.value;
  yield first.value;
  return yield* rest;
}

async function* collectionText(
  head: object,
  features: Features,
  tail: (end: PageEnd) => object,
  check: () => Promise<void>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"features":[`;
  let separator = '';
  for (;;) {
    const step = await features.next();
    if (step.done) {
      await check();
      yield `],${JSON.stringify(tail(step.value)).slice(1)}`;
      return;
    }
    yield separator + step.value.join(',\n');
    separator = ',\n';
  }
}

interface Parts {
  head: object;
  features: Features;
  tail: (end: PageEnd) => object;
}

async function sendPage(
  context: ServerContext,
  req: Request,
  res: Response,
  answer: CollectionAnswer,
  { head, features, tail }: Parts,
): Promise<void> {
  const texts: string[] = [];
  let step = await features.next();
  for (; !step.done; step = await features.next()) texts.push(...step.value);
  const { collectionId, title, attribution } = answer.question.collection;
  const body = {
    ...head,
    collection: { id: collectionId, title, attribution },
    features: texts.map((text) => JSON.parse(text) as unknown),
    ...tail(step.value),
  };
  respond(context, req, res, { page: answer.page, mediaType: MEDIA.geojson, body });
}

/** The same segments asked the same thing give the same features: the tag is known before anything is read. */
function setHeaders(req: Request, res: Response, { opened, crs }: FeatureQuestion): void {
  res.set('Content-Crs', `<${crs.uri}>`);
  if (opened.version === undefined) return;
  const parts = [opened.version, req.originalUrl, chooseFormat(req, MEDIA.geojson), req.host];
  res.set('ETag', `W/"${createHash('sha1').update(JSON.stringify(parts)).digest('base64url')}"`);
}

function links(context: ServerContext, req: Request, { question }: CollectionAnswer, next: Cursor | undefined): Link[] {
  const { publicUrl } = context.config;
  const { collectionId, title } = question.collection;
  const all: Link[] = [
    ...formatLinks(context, req, MEDIA.geojson),
    { href: `${baseUrl(req, publicUrl)}/collections/${collectionId}`, rel: 'collection', type: MEDIA.json, title },
  ];
  if (next === undefined) return all;
  const href = requestUrl(req, publicUrl, { cursor: formatCursor(next) });
  const type = chooseFormat(req, MEDIA.geojson) === 'html' ? MEDIA.html : MEDIA.geojson;
  return [...all, { href, rel: 'next', type, title: 'Page suivante' }];
}
