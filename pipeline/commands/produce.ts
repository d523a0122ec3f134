import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BadInput } from '../errors.ts';
import { type ProductionSources, parseProductionRequest } from '../production-request.ts';
import { produce } from '../run.ts';
import { asRun } from './as-run.ts';
import { type CommandEnv, withDatabase } from './environment.ts';

export interface ProduceOptions extends Partial<Record<keyof ProductionSources, string[]>> {
  request?: string;
  departement?: string;
  millesime?: string;
  from?: string;
  references?: string;
  territoires?: string;
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

const SOURCES = ['pva', 'irc', 'mns', 'mnt', 'rgbie'] as const;

/** `ocsge produce`: one production, from the request file, the options, or both. */
export async function produceFromOptions(options: ProduceOptions, env: CommandEnv): Promise<void> {
  const [file, given] = [options.request ? await readRequest(options.request) : {}, fromOptions(options)];
  const sources =
    file['sources'] || given['sources'] ? { ...(file['sources'] ?? {}), ...(given['sources'] ?? {}) } : undefined;
  const document = { ...file, ...given, ...(sources ? { sources } : {}) };
  const request = parseProductionRequest(document);
  const { collectionId, revisionId, objectCount } = await withDatabase(env, (database) =>
    asRun({ processId: 'produce', request }, database, env, (run) =>
      produce(request, { database, config: env.config, signal: env.signal, ...run }),
    ),
  );
  env.print(`${collectionId}: ${objectCount} objects published as revision ${revisionId}`);
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
  const { departement, references, territoires, model, imageDate, attribution, licence } = options;
  const sources = Object.fromEntries(SOURCES.flatMap((role) => (options[role] ? [[role, options[role]]] : [])));
  const given = {
    departement,
    references,
    territoires,
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
