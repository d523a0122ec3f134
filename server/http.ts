/** How resources go out: format, cache validators, headers common to all. */
import { createHash, randomUUID } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { ServerContext } from './context.ts';
import { faultOf, InvalidParameter, NotAcceptable, problemOf } from './errors.ts';
import { baseUrl, type Link, requestPath, requestUrl } from './links.ts';
import { type PageName, renderPage } from './page-names.ts';

export const MEDIA = {
  json: 'application/json',
  html: 'text/html',
  geojson: 'application/geo+json',
  openapi: 'application/vnd.oai.openapi+json;version=3.0',
  problem: 'application/problem+json',
  mvt: 'application/vnd.mapbox-vector-tile',
} as const;

const HTML_UTF8 = 'text/html; charset=utf-8';

export type Format = 'json' | 'html';

export interface Resource {
  /** JSON value; `undefined` members are left out. */
  body: unknown;
  /** Media type of the JSON form. */
  mediaType?: string;
  page: PageName;
  status?: number;
  headers?: Record<string, string>;
}

/** Answers with the resource as JSON or as HTML, with an ETag; 304 when the client has it. */
export function respond(context: ServerContext, req: Request, res: Response, resource: Resource): void {
  const format = chooseFormat(req, resource.mediaType);
  res.status(resource.status ?? 200).set(resource.headers ?? {});
  if (format === 'html') sendBody(req, res, HTML_UTF8, drawPage(context, req, resource));
  else sendBody(req, res, resource.mediaType ?? MEDIA.json, JSON.stringify(resource.body));
}

function drawPage(context: ServerContext, req: Request, { page, body }: Pick<Resource, 'page' | 'body'>): string {
  return renderPage(context.pages, body, {
    name: page,
    baseUrl: baseUrl(req, context.config.publicUrl),
    selfUrl: requestUrl(req, context.config.publicUrl),
    jsonUrl: requestUrl(req, context.config.publicUrl, { f: 'json' }),
  });
}

/**
 * JSON or HTML: `f=` decides, else Accept, JSON where the client has no wish. Any JSON type a client may ask for is met with the
 * resource's own.
 */
export function chooseFormat(req: Request, mediaType: string = MEDIA.json): Format {
  const asked = requestPath(req).query.get('f');
  if (asked === 'json' || asked === 'html') return asked;
  if (asked !== null) throw new InvalidParameter('f', asked, 'json or html');
  const offered = [...new Set([mediaType, MEDIA.json, MEDIA.html])];
  const best = req.accepts(offered);
  if (best === false) throw new NotAcceptable(`offered: ${offered.join(', ')}`);
  return best === MEDIA.html ? 'html' : 'json';
}

/** As a Buffer: Express adds a charset to strings, and clients compare `application/json` and `…/problem+json` exactly. */
export function sendBody(req: Request, res: Response, contentType: string, text: string): void {
  const body = Buffer.from(text);
  if (res.statusCode === 200 && !res.hasHeader('ETag')) {
    res.setHeader('ETag', `W/"${createHash('sha1').update(body).digest('base64url')}"`);
  }
  if (res.statusCode === 200 && req.fresh) {
    res.status(304).end();
    return;
  }
  res.setHeader('Content-Type', contentType);
  res.setHeader('Content-Length', body.length);
  res.end(req.method === 'HEAD' ? undefined : body);
}

/** Links `self` and `alternate` of a resource in JSON and HTML. */
export function formatLinks(context: ServerContext, req: Request, mediaType: string = MEDIA.json): Link[] {
  const { publicUrl } = context.config;
  const format = chooseFormat(req, mediaType);
  const types = { json: mediaType, html: MEDIA.html };
  const titles = { json: 'Ce document en JSON', html: 'Ce document en HTML' };
  const other = format === 'json' ? 'html' : 'json';
  return [
    { href: requestUrl(req, publicUrl), rel: 'self', type: types[format], title: titles[format] },
    { href: requestUrl(req, publicUrl, { f: other }), rel: 'alternate', type: types[other], title: titles[other] },
  ];
}

const EXPOSED_HEADERS =
  'Content-Crs, Link, Location, ETag, OGC-NumberMatched, OGC-NumberReturned, Preference-Applied, Retry-After, X-Request-Id';

/** MapLibre starts its worker from a file of ours or from a blob; no script stands in a page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

/** Headers of every answer. Reading is public and cookies are not used, so any origin may read. */
export const commonHeaders: RequestHandler = (_req, res, next) => {
  res.locals['requestId'] = randomUUID();
  res.set({
    'X-Request-Id': res.locals['requestId'],
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': EXPOSED_HEADERS,
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept, Accept-Encoding, Accept-Language, Prefer',
  });
  next();
};

/** OPTIONS of a path: the methods it has, and what a browser of another origin may send. */
export function answerOptions(res: Response, allow: string): void {
  res.set({
    Allow: allow,
    'Access-Control-Allow-Methods': allow,
    'Access-Control-Allow-Headers': 'Accept, Accept-Language, Authorization, Content-Type, If-None-Match, Prefer',
    'Access-Control-Max-Age': '86400',
    'Content-Length': '0',
  });
  res.status(200).end();
}

/** The one place where errors leave: a problem document, or its page where the client asked for HTML. */
export function problemHandler(context: ServerContext) {
  return (error: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const fault = faultOf(error);
    const requestId: string = res.locals['requestId'] ?? randomUUID();
    const problem = problemOf(fault, requestId);
    const level = problem.status >= 500 ? 'error' : 'info';
    context.log[level](
      {
        requestId,
        method: req.method,
        path: req.path,
        status: problem.status,
        detail: problem.detail,
        cause: fault.cause,
      },
      'Http:Fault',
    );
    if (res.headersSent) {
      res.destroy(); // a list that broke off must not look whole
      return;
    }
    for (const name of ['ETag', 'Content-Encoding', 'Content-Crs', 'Content-Length']) res.removeHeader(name);
    res.status(problem.status).set({ ...fault.headers, 'Cache-Control': 'no-store' });
    const type = problemMediaType(req);
    if (type === MEDIA.html) sendBody(req, res, HTML_UTF8, safePage(context, req, problem));
    else sendBody(req, res, type, JSON.stringify(problem));
  };
}

/** The page of a problem must not itself fail: with a bad Host header no link can be made. */
function safePage(context: ServerContext, req: Request, problem: unknown): string {
  try {
    return drawPage(context, req, { page: 'problem', body: problem });
  } catch {
    return renderPage({}, problem, { name: 'problem', baseUrl: '', selfUrl: '', jsonUrl: '' });
  }
}

/** `application/json` where Accept names only that: some clients refuse the problem type (ETS for Processes). */
function problemMediaType(req: Request): string {
  const asked = requestPath(req).query.get('f');
  if (asked === 'html') return MEDIA.html;
  const offered = asked === 'json' ? [MEDIA.problem, MEDIA.json] : [MEDIA.problem, MEDIA.json, MEDIA.html];
  return req.accepts(offered) || MEDIA.problem;
}
