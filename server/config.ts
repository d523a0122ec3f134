import { delimiter, join, resolve } from 'node:path';
import { databaseUrlFault } from '../sql/database-url.ts';

/** The settings of the server, read once. The only reader of the environment in `server/`. */
export interface ServerConfig {
  port: number;
  host: string;
  /** `postgres://…`; absent: the embedded engine under `dataDir`. */
  databaseUrl: string | undefined;
  dataDir: string;
  /** What links begin with, without a slash at the end; absent: what the request came by. */
  publicUrl: string | undefined;
  /** Express's `trust proxy`: whether X-Forwarded-Proto and X-Forwarded-Host are believed. */
  trustProxy: boolean;
  maxConnections: number;
  /** A statement of a read request is ended after this (PostgreSQL; the embedded engine cannot). */
  statementTimeoutMs: number;
  logLevel: string;
  /** Folders of this machine whose files a request for a job may name; the demonstration's is always among them. */
  sourcesDirs: string[];
  /** Origins (`https://data.example.fr`) that such a request may name rasters of. */
  sourceOrigins: string[];
}

/** `over`: what the command line says instead. Throws with the name of the variable, what it holds and what is wanted. */
export function readConfig(
  env: NodeJS.ProcessEnv = process.env,
  over: { port?: string; host?: string } = {},
): Readonly<ServerConfig> {
  const fault = databaseUrlFault(env['DATABASE_URL']);
  if (fault !== undefined) throw new BadSetting(fault);
  const dataDir = resolve(env['DATA_DIR'] || join(process.cwd(), 'data'));
  return Object.freeze({
    port: wholeNumber({ ...env, ...(over.port && { PORT: over.port }) }, 'PORT', 8080, 65_535),
    host: over.host || env['HOST'] || '127.0.0.1',
    databaseUrl: env['DATABASE_URL'] || undefined,
    dataDir,
    publicUrl: publicUrl(env['PUBLIC_URL']),
    trustProxy: env['OCSGE_TRUST_PROXY'] === '1',
    maxConnections: wholeNumber(env, 'OCSGE_MAX_CONNECTIONS', 10, 1_000),
    statementTimeoutMs: wholeNumber(env, 'OCSGE_STATEMENT_TIMEOUT_MS', 20_000, 3_600_000),
    logLevel: env['OCSGE_LOG_LEVEL'] || 'info',
    sourcesDirs: [join(dataDir, 'demo'), ...folders(env['OCSGE_SOURCES_DIR'])],
    sourceOrigins: origins(env['OCSGE_SOURCE_ORIGINS']),
  });
}

export class BadSetting extends Error {
  override name = 'BadSetting';
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, fallback: number, maximum: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= maximum) return value;
  throw new BadSetting(`${name} is "${text}": a whole number from 0 to ${maximum} is wanted`);
}

/** Several are separated as in PATH. */
const folders = (text = '') =>
  text
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => resolve(folder));

/** Separated by spaces or commas; the addresses among them are the worker's business, which refuses what is neither. */
const origins = (text = '') =>
  text.split(/[\s,]+/).flatMap((word) => (/^https?:/i.test(word) && URL.canParse(word) ? [new URL(word).origin] : []));

function publicUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new BadSetting(`PUBLIC_URL is "${text}": an http(s) address such as https://example.fr/ocsge is wanted`);
  }
  return url.href.replace(/\/+$/, '');
}
