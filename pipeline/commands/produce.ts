import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BadInput } from '../errors.ts';
import { type ProductionSources, parseProductionRequest } from '../production-request.ts';
import { produce } from '../run.ts';
import { asRun } from './as-run.ts';
import { type CommandEnv, withDatabase } from './environment.ts';
import { number, whole } from './option-numbers.ts';

export interface ProduceOptions extends Partial<Record<keyof ProductionSources | 'annotations', string[]>> {
  request?: string;
  departement?: string;
  millesime?: string;
  from?: string;
  extent?: string;
  marginM?: string;
  crs?: string;
  resolution?: string;
  references?: string[];
  territoires?: string;
  model?: string;
  bands?: string;
  codesCs?: string;
  head?: string;
  activation?: string;
  tile?: string;
  margin?: string;
  dalle?: string;
  batch?: string;
  stitching?: string;
  probabilities?: boolean;
  threads?: string;
  workers?: string;
  minArea?: string;
  tolerance?: string;
  generalise?: boolean;
  ossature?: boolean;
  hydrography?: boolean;
  imageDate?: string;
  attribution?: string;
  licence?: string;
}

const SOURCES = ['pva', 'irc', 'mns', 'mnt', 'rgbie', 'annotations'] as const;

/** `ocsge produce`: one production, from the request file, the options, or both. */
export async function produceFromOptions(options: ProduceOptions, env: CommandEnv): Promise<void> {
  const [file, given] = [options.request ? await readRequest(options.request) : {}, fromOptions(options)];
  const asked = { ...file, ...given, ...mergedSources(file['sources'], given['sources']) };
  const request = parseProductionRequest(asked, options.request);
  const config = {
    ...env.config,
    threads: options.threads === undefined ? env.config.threads : whole(options.threads, '--threads'),
  };
  const workers = options.workers === undefined ? undefined : whole(options.workers, '--workers');
  const { collectionId, revisionId, objectCount } = await withDatabase(env, (database) =>
    asRun({ processId: 'produce', request }, database, env, (run) =>
      produce(request, { database, config, workers, signal: env.signal, ...run }),
    ),
  );
  env.print(`${collectionId}: ${objectCount} objects published as revision ${revisionId}`);
}

/** The request document of a file; its relative paths start at the file's folder. */
async function readRequest(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new BadInput(`${path}: the production request cannot be read (${error.message})`);
  });
  const document = parsed(text.replace(/^\uFEFF/, ''), path); // editors of Windows begin a file with this mark
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return fromFolder(document as Record<string, unknown>, dirname(resolve(path)));
  }
  throw new BadInput(`${path}: ${JSON.stringify(document).slice(0, 80)} found; an object wanted, a production request`);
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message}); wanted a production request`);
  }
}

/** Each role of the options replaces the file's. Throws `BadInput` where the file has several acquisitions: which is meant? */
function mergedSources(file: unknown, given: unknown): { sources?: unknown } {
  if (given === undefined) return file === undefined ? {} : { sources: file };
  if (Array.isArray(file)) {
    throw new BadInput('the request has several acquisitions: its sources are given in the file, not by options');
  }
  return { sources: { ...(file as object | undefined), ...(given as object) } };
}

/** Fields of a request that are paths, or hold them. */
const PATH_FIELDS = ['sources', 'references', 'territoires', 'extent'];

/** An extent written inline holds none. */
const isPathField = (field: string, value: unknown) =>
  PATH_FIELDS.includes(field) && (field !== 'extent' || typeof value === 'string');

function fromFolder(document: Record<string, unknown>, folder: string): Record<string, unknown> {
  const known = Object.entries(document).map(([field, value]) => [
    field,
    isPathField(field, value) ? absolute(value, folder) : value,
  ]);
  return Object.fromEntries(known) as Record<string, unknown>;
}

/** Every path of a field; the bands stated of a source are none. */
function absolute(value: unknown, folder: string): unknown {
  if (typeof value === 'string') return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : resolve(folder, value);
  if (Array.isArray(value)) return value.map((item) => absolute(item, folder));
  if (typeof value !== 'object' || value === null) return value;
  const within = ([key, item]: [string, unknown]) => [key, key === 'bands' ? item : absolute(item, folder)];
  return Object.fromEntries(Object.entries(value).map(within));
}

function fromOptions(options: ProduceOptions): Record<string, unknown> {
  const { departement, extent, crs, references, territoires, model, stitching, probabilities } = options;
  const { head, activation, imageDate, attribution, licence } = options;
  const sources = Object.fromEntries(SOURCES.flatMap((role) => (options[role] ? [[role, options[role]]] : [])));
  const given = {
    departement,
    extent,
    crs,
    references,
    territoires,
    model,
    head,
    activation,
    stitching,
    probabilities,
    imageDate,
    attribution,
    licence,
    millesime: numberIn(options.millesime, '--millesime'),
    from: numberIn(options.from, '--from'),
    tile: numberIn(options.tile, '--tile'),
    margin: numberIn(options.margin, '--margin'),
    dalle: numberIn(options.dalle, '--dalle'),
    batch: numberIn(options.batch, '--batch'),
    resolution: numberIn(options.resolution, '--resolution'),
    marginM: numberIn(options.marginM, '--margin-m'),
    minAreaM2: numberIn(options.minArea, '--min-area'),
    toleranceM: numberIn(options.tolerance, '--tolerance'),
    generalise: options.generalise === false ? false : undefined,
    ossature: ossatureOf(options),
    bands: options.bands?.split(',').map((name) => name.trim()),
    codesCs: options.codesCs?.split(',').map((code) => (code.trim() === '-' ? null : code.trim())),
    sources: Object.keys(sources).length > 0 ? sources : undefined, // each replaces the file's of its role
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const ossatureOf = ({ ossature, hydrography }: ProduceOptions) =>
  ossature === false ? false : hydrography ? { hydrography } : undefined;

const numberIn = (text: string | undefined, option: string) => (text === undefined ? undefined : number(text, option));
