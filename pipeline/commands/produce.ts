import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Database } from '../../sql/database.ts';
import { BadInput } from '../errors.ts';
import { jobReport, throttled } from '../job-report.ts';
import {
  type ProductionRequest,
  type ProductionResult,
  type ProductionSources,
  parseProductionRequest,
} from '../production-request.ts';
import { produce } from '../run.ts';
import { beat, failRun, finishRun, startCommandRun, writeProgress } from '../runs.ts';
import { type CommandEnv, withDatabase } from './environment.ts';

export interface ProduceOptions extends Partial<Record<keyof ProductionSources, string[]>> {
  request?: string;
  departement?: string;
  millesime?: string;
  from?: string;
  references?: string;
  model?: string;
  bands?: string;
  tile?: string;
  margin?: string;
  dalle?: string;
  minArea?: string;
  imageDate?: string;
  attribution?: string;
  licence?: string;
}

const PROGRESS_MS = 1_000;
const BEAT_MS = 10_000;

const SOURCES = ['pva', 'irc', 'mns', 'mnt', 'rgbie'] as const;

/** `ocsge produce`: one production, from the request file, the options, or both. */
export async function produceFromOptions(options: ProduceOptions, env: CommandEnv): Promise<void> {
  const [file, given] = [options.request ? await readRequest(options.request) : {}, fromOptions(options)];
  const sources =
    file['sources'] || given['sources'] ? { ...(file['sources'] ?? {}), ...(given['sources'] ?? {}) } : undefined;
  const document = { ...file, ...given, ...(sources ? { sources } : {}) };
  const request = parseProductionRequest(document);
  const { collectionId, revisionId, objectCount } = await withDatabase(env, (database) =>
    produceAsRun(request, database, env),
  );
  env.print(`${collectionId}: ${objectCount} objects published as revision ${revisionId}`);
}

/** A run with its row in `production.run`, so that `status` and `/jobs` show it beside those asked for over HTTP. */
async function produceAsRun(
  request: ProductionRequest,
  database: Database,
  env: CommandEnv,
): Promise<ProductionResult> {
  const who = `${hostname()}-${process.pid}`;
  const id = await startCommandRun(database, { processId: 'produce', request, who });
  const run = { id, worker: who };
  const progress = throttled<[number, string]>(
    ([percent, message]) => writeProgress(database, run, percent, message),
    PROGRESS_MS,
  );
  const beats = setInterval(() => void beat(database, id, who).catch(() => {}), BEAT_MS);
  try {
    const report = jobReport(env.report, (percent, message) => progress.set([percent, message]));
    const result = await produce(request, { database, config: env.config, report, signal: env.signal, runId: id });
    await progress.flush();
    await finishRun(database, run, result);
    return result;
  } catch (error) {
    await progress.flush().catch(() => {});
    await failRun(database, run, (error as Error).message).catch(() => {});
    throw error;
  } finally {
    clearInterval(beats);
  }
}

/** The request document of a file; its relative paths start at the file's folder. */
async function readRequest(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new BadInput(`${path}: the production request cannot be read (${error.message})`);
  });
  try {
    return fromFolder(JSON.parse(text) as Record<string, unknown>, dirname(resolve(path)));
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message}); wanted a production request`);
  }
}

function fromFolder(document: Record<string, unknown>, folder: string): Record<string, unknown> {
  const absolute = (value: unknown): unknown => {
    if (typeof value === 'string') return resolve(folder, value);
    return Array.isArray(value) ? value.map(absolute) : value;
  };
  const { sources, references, territoires } = document;
  const known = typeof sources === 'object' && sources !== null;
  return {
    ...document,
    ...(known
      ? { sources: Object.fromEntries(Object.entries(sources).map(([role, paths]) => [role, absolute(paths)])) }
      : {}),
    ...(references === undefined ? {} : { references: absolute(references) }),
    ...(territoires === undefined ? {} : { territoires: absolute(territoires) }),
  };
}

function fromOptions(options: ProduceOptions): Record<string, unknown> {
  const { departement, references, model, imageDate, attribution, licence } = options;
  const sources = Object.fromEntries(SOURCES.flatMap((role) => (options[role] ? [[role, options[role]]] : [])));
  const given = {
    departement,
    references,
    model,
    imageDate,
    attribution,
    licence,
    millesime: number(options.millesime, '--millesime'),
    from: number(options.from, '--from'),
    tile: number(options.tile, '--tile'),
    margin: number(options.margin, '--margin'),
    dalle: number(options.dalle, '--dalle'),
    minAreaM2: number(options.minArea, '--min-area'),
    bands: options.bands?.split(',').map((name) => name.trim()),
    sources: Object.keys(sources).length > 0 ? sources : undefined, // each replaces the file's of its role
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function number(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new BadInput(`${option} is "${text}": wanted a number`);
  return value;
}
