/** What a production is asked for: one document, on the command line and over HTTP (openapi/processes/produce.json). */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { packageFile } from '../sql/package-root.ts';
import { normaliseDepartement } from './departement.ts';
import { BadInput } from './errors.ts';

/** Files or folders of GeoTIFF, by nature. */
export interface ProductionSources {
  pva?: string[];
  irc?: string[];
  mns?: string[];
  mnt?: string[];
  /** One source with R, G, B, NIR and E, E already coded as the model asks. */
  rgbie?: string[];
}

/** Paths may be relative to the folder of the command. Sizes are in pixels. */
export interface ProductionRequest {
  /** As INSEE writes it: `62`, `2A`, `971`, `999`. */
  departement: string;
  millesime: number;
  /** The millésime whose frame is held: its objects stay where the new images do not contradict them. */
  from?: number;
  /** `2022-06-01` or `2022-06-01/2022-07-15`. */
  imageDate?: string;
  sources: ProductionSources;
  /** Folder of reference layers. */
  references?: string;
  /** GeoJSON of communes, loaded before publication. */
  territoires?: string;
  /** Id of a shipped model, or the path of a folder or of an ONNX file. */
  model: string;
  /** Band order, for a model that does not state its own. */
  bands?: string[];
  tile?: number;
  margin?: number;
  dalle?: number;
  minAreaM2?: number;
  attribution?: string;
  licence?: string;
}

/** What a production leaves behind; kept in `production.run.results`. */
export interface ProductionResult {
  collectionId: string;
  revisionId: number;
  objectCount: number;
}

interface ProcessDescription {
  inputs: Record<string, { minOccurs?: number; schema: object }>;
}

/**
 * A request read from the command line or from a job's row, département normalised and single paths made lists. Throws BadInput
 * that names every field at fault.
 */
export function parseProductionRequest(document: unknown): ProductionRequest {
  const validate = validator();
  if (!validate(document)) {
    throw new BadInput(`production request: ${validate.errors!.filter(isTelling).map(faultOf).join('; ')}`);
  }
  checkDates((document as ProductionRequest).imageDate);
  const request = document as Omit<ProductionRequest, 'sources'> & { sources: Record<string, string | string[]> };
  if (request.from !== undefined && request.from >= request.millesime) {
    throw new BadInput(
      `production request: from is ${request.from}, a year before millesime ${request.millesime} is wanted`,
    );
  }
  const sources = Object.entries(request.sources).map(([nature, paths]) => [nature, [paths].flat()]);
  return {
    ...request,
    departement: normaliseDepartement(request.departement),
    sources: Object.fromEntries(sources) as ProductionSources,
  };
}

/** The calendar's days, in order. */
function checkDates(imageDate: string | undefined): void {
  const [first, last = first] = imageDate?.split('/') ?? [];
  const isDay = (text: string) => {
    const date = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
  };
  if (first === undefined || (isDay(first) && isDay(last!) && first <= last!)) return;
  throw new BadInput(
    `production request: imageDate is "${imageDate}"; wanted a day such as 2022-06-01, or two in order: 2022-06-01/2022-07-15`,
  );
}

let compiled: ReturnType<Ajv['compile']> | undefined;

function validator() {
  if (compiled !== undefined) return compiled;
  const text = readFileSync(packageFile('openapi', 'processes', 'produce.json'), 'utf8');
  const { inputs } = JSON.parse(text) as ProcessDescription;
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, verbose: true });
  compiled = ajv.compile({
    type: 'object',
    additionalProperties: false,
    required: Object.keys(inputs).filter((name) => inputs[name]!.minOccurs !== 0),
    properties: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.schema])),
  });
  return compiled;
}

/** `oneOf` repeats what its branches said. */
const isTelling = (error: ErrorObject) => error.keyword !== 'oneOf';

function faultOf({ instancePath, params, message, keyword, data, parentSchema }: ErrorObject): string {
  const at = instancePath.slice(1).replaceAll('/', '.');
  const field = (params['missingProperty'] ?? params['additionalProperty']) as string | undefined;
  if (params['missingProperty'] !== undefined) return `${[at, field].filter(Boolean).join('.')} is missing`;
  if (params['additionalProperty'] !== undefined) return `${[at, field].filter(Boolean).join('.')} is not known`;
  const example = (parentSchema as { example?: unknown } | undefined)?.example;
  const wanted = keyword === 'pattern' ? `one such as ${example ?? 'its description says'} is wanted` : message;
  return `${at || 'the document'} is ${JSON.stringify(data)?.slice(0, 80)}: ${wanted}`;
}
