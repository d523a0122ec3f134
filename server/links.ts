/** Absolute links: some clients glue relative ones wrongly (facts: ETS for Tiles loses the port). Pure. */
import type { Request } from 'express';
import { InvalidParameter } from './errors.ts';

export interface Link {
  href: string;
  rel: string;
  type?: string;
  title?: string;
  hreflang?: string;
  templated?: boolean;
  length?: number;
}

export const OGC_REL = 'http://www.opengis.net/def/rel/ogc/1.0';

/** Address of the landing page without a slash at the end: PUBLIC_URL, else what the request came by. */
export function baseUrl(req: Request, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl;
  const host = req.host ?? 'localhost';
  if (!/^[\w.-]+(:\d+)?$|^\[[0-9a-f:.]+\](:\d+)?$/i.test(host)) {
    throw new InvalidParameter('Host', host, 'a host name and a port');
  }
  return `${req.protocol}://${host}`;
}

/** Path (without a slash at the end) and query of the request. */
export function requestPath(req: Request): { path: string; query: URLSearchParams } {
  const at = req.originalUrl.indexOf('?');
  const path = at < 0 ? req.originalUrl : req.originalUrl.slice(0, at);
  const query = new URLSearchParams(at < 0 ? '' : req.originalUrl.slice(at + 1));
  return { path: path.replace(/\/+$/, ''), query };
}

/** The address of this request with some parameters changed (undefined: taken out). */
export function requestUrl(
  req: Request,
  publicUrl: string | undefined,
  changes: Record<string, string | undefined> = {},
): string {
  const { path, query } = requestPath(req);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    if (value !== undefined) query.set(name, value);
  }
  const text = query.toString();
  return `${baseUrl(req, publicUrl)}${path || '/'}${text === '' ? '' : `?${text}`}`;
}
