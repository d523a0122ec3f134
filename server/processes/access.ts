/** Who asks: bearer tokens (RFC 6750). */
import type { Request } from 'express';
import { checkToken } from '../../sql/tokens.ts';
import type { ServerContext } from '../context.ts';
import { Unauthorized } from '../errors.ts';

/** Fingerprint of the token a request carries; undefined when it carries none. A token that is not known is refused. */
export async function tokenOf(context: ServerContext, req: Request): Promise<string | undefined> {
  const header = req.get('authorization');
  if (header === undefined) return undefined;
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(header.trim())?.[1];
  const known = token === undefined ? undefined : await checkToken(context.database, token);
  if (known !== undefined) return known;
  throw new Unauthorized('the token is not known here', {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}

export async function requiredToken(context: ServerContext, req: Request): Promise<string> {
  const token = await tokenOf(context, req);
  if (token === undefined) throw new Unauthorized('a token is wanted: Authorization: Bearer …');
  return token;
}
