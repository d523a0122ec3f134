/** What a production is asked for: one document, on the command line and over HTTP (openapi/processes/produce.json). */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { packageFile } from '../sql/package-root.ts';
import { normaliseDepartement } from './departement.ts';
import { BadInput } from './errors.ts';

/** What is stated of the files of a role. */
export interface RequestedSource {
  /** GeoTIFF files, folders of them, globs, or https addresses. */
  paths: string[];
  /** Value = sample × scale + offset. */
  scale?: number;
  offset?: number;
  nodata?: number;
  bands?: SourceBandName[];
}

export type SourceBandName = 'R' | 'G' | 'B' | 'NIR' | 'E' | 'MNS' | 'MNT' | 'MASK' | '-';

/** The imagery of one acquisition, by nature. */
export interface ProductionSources {
  pva?: RequestedSource;
  irc?: RequestedSource;
  mns?: RequestedSource;
  mnt?: RequestedSource;
  /** One source with R, G, B, NIR and E, E already coded as the model asks. */
  rgbie?: RequestedSource;
}

/** Masks (GeoTIFF) or polygons (GeoPackage, GeoJSON); `classes`: the table that says what the values of masks mean. */
export interface RequestedAnnotations {
  paths: string[];
  classes?: string;
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
  /** One element an acquisition, all of the same ground. */
  sources: ProductionSources[];
  /** Ground truth the result is scored against. */
  annotations?: RequestedAnnotations;
  /** GeoJSON geometry, or the path of a file; `readExtent` reads both. */
  extent?: string | object;
  /** Ground round the extent that is interpreted with it and cut off; 250 m where absent. */
  marginM?: number;
  /** `EPSG:26917`: of the territory 999 only. */
  crs?: string;
  /** Pixel of the run, metres; the finest image's where absent. */
  resolution?: number;
  /** Folders of reference layers, or their files. */
  references?: string[];
  /** GeoJSON of communes, loaded before publication. */
  territoires?: string;
  /** Id of a shipped model, or the path of a folder or of an ONNX file. */
  model: string;
  /** Band order, for a model that does not state its own. */
  bands?: string[];
  /** Couverture of each class, for a model that does not state its own; null: never to be predicted. */
  codesCs?: (string | null)[];
  /** Output to read of a model that has several, by name or number. */
  head?: string;
  activation?: 'logits' | 'softmax' | 'sigmoid';
  tile?: number;
  margin?: number;
  dalle?: number;
  batch?: number;
  stitching?: 'clip' | 'average';
  probabilities?: boolean;
  minAreaM2?: number;
  /** False: specks and staircases only; default true. */
  generalise?: boolean;
  /** How far a border may be moved; 0: borders follow the pixels. */
  toleranceM?: number;
  /** Networks out of the reference layers; default true: roads and rail. What is left out is as `OSSATURE_DEFAULTS` has it. */
  ossature?:
    | boolean
    | {
        hydrography?: boolean;
        minWidthM?: number;
        connectM?: number;
        linkM?: number;
        minPieceM?: number;
        cellM?: number;
      };
  /** Metres and m²; what is left out is as `ZONE_PARAMETERS` has it. */
  zoneConstruite?: { closingM?: number; islandM2?: number; holeM2?: number };
  /** Metres; what is left out is as `builtUpParameters` has it. */
  buildings?: { gapM?: number; reachM?: number; sideM?: number };
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

type Paths = string | string[];
type AskedSource = Paths | ({ path: Paths } & Omit<RequestedSource, 'paths'>);
type AskedAcquisition = Partial<Record<keyof ProductionSources, AskedSource>> & {
  annotations?: Paths | { path: Paths; classes: string };
};
type AskedProduction = Omit<ProductionRequest, 'sources' | 'annotations' | 'references'> & {
  sources: AskedAcquisition | AskedAcquisition[];
  references?: Paths;
};

/**
 * A request read from the command line or from a job's row, in its one full form: département normalised, single paths made lists,
 * annotations apart. Throws BadInput that names every field at fault, and `where` the request was written, if in a file.
 */
export function parseProductionRequest(document: unknown, where = 'production request'): ProductionRequest {
  const validate = validator();
  if (!validate(document)) {
    throw new BadInput(`${where}: ${[...new Set(telling(validate.errors!).map(faultOf))].join('; ')}`);
  }
  const { sources, references, ...asked } = document as AskedProduction;
  checkDates(asked.imageDate, where);
  if (asked.from !== undefined && asked.from >= asked.millesime) {
    throw new BadInput(`${where}: from is ${asked.from}, a year before millesime ${asked.millesime} is wanted`);
  }
  const acquisitions = [sources].flat();
  checkAddresses(acquisitions, where);
  const imagery = acquisitions.map(imageryOf).filter((acquisition) => Object.keys(acquisition).length > 0);
  if (imagery.length === 0) throw new BadInput(`${where}: sources has annotations only; imagery is wanted`);
  return {
    ...asked,
    departement: normaliseDepartement(asked.departement),
    sources: imagery,
    ...annotationsOf(acquisitions, where),
    ...(references === undefined ? {} : { references: [references].flat() }),
  };
}

/** Truth is of the ground, not of an acquisition: one place states it. */
function annotationsOf(acquisitions: AskedAcquisition[], where: string): { annotations?: RequestedAnnotations } {
  const [asked, ...others] = acquisitions.flatMap(({ annotations }) =>
    annotations === undefined ? [] : [annotations],
  );
  if (others.length > 0) throw new BadInput(`${where}: annotations are stated by one acquisition, not several`);
  if (asked === undefined) return {};
  const stated = typeof asked === 'string' || Array.isArray(asked) ? { path: asked } : asked;
  const { path, ...rest } = stated;
  return { annotations: { paths: [path].flat(), ...rest } };
}

function imageryOf({ annotations: _annotations, ...roles }: AskedAcquisition): ProductionSources {
  const stated = Object.entries(roles).map(([role, asked]): [string, RequestedSource] => {
    if (typeof asked === 'string' || Array.isArray(asked)) return [role, { paths: [asked].flat() }];
    const { path, ...rest } = asked;
    return [role, { paths: [path].flat(), ...rest }];
  });
  return Object.fromEntries(stated) as ProductionSources;
}

/** Throws `BadInput` for an address of a scheme that nothing reads: `file://`, `s3://`. */
function checkAddresses(acquisitions: AskedAcquisition[], where: string): void {
  for (const [role, asked] of acquisitions.flatMap((acquisition) => Object.entries(acquisition))) {
    const stated = typeof asked === 'string' || Array.isArray(asked) ? asked : asked.path;
    const odd = [stated].flat().find((path) => /^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i.test(path));
    if (odd === undefined) continue;
    throw new BadInput(`${where}: sources.${role} is "${odd.slice(0, 200)}": paths or https addresses are wanted`);
  }
}

/** The calendar's days, in order. */
function checkDates(imageDate: string | undefined, where: string): void {
  const [first, last = first] = imageDate?.split('/') ?? [];
  const isDay = (text: string) => {
    const date = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
  };
  if (first === undefined || (isDay(first) && isDay(last!) && first <= last!)) return;
  throw new BadInput(
    `${where}: imageDate is "${imageDate}"; wanted a day such as 2022-06-01, or two in order: 2022-06-01/2022-07-15`,
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

/**
 * `oneOf` repeats what its branches said, and a branch that something was not meant for says only that its type is another:
 * where another branch found a fault further in, that one tells; where none did, the types that fit are told together.
 */
function telling(errors: ErrorObject[]): ErrorObject[] {
  const faults = errors.filter(({ keyword }) => keyword !== 'oneOf');
  const isFurtherIn = (path: string, of: string) => path.startsWith(`${of}/`);
  const kept = faults.filter(
    ({ keyword, instancePath: of }) =>
      keyword !== 'type' ||
      !faults.some((other) =>
        other.keyword === 'type'
          ? isFurtherIn(other.instancePath, of)
          : other.instancePath === of || isFurtherIn(other.instancePath, of),
      ),
  );
  return kept.map((fault) => (fault.keyword === 'type' ? { ...fault, message: typesWanted(fault, kept) } : fault));
}

const TYPE_NAMES: Record<string, string> = { string: 'a text', array: 'a list', object: 'an object' };

/** `must be integer`, or of a fault that has several branches: `a text, a list or an object wanted`. */
function typesWanted({ instancePath, message }: ErrorObject, faults: ErrorObject[]): string {
  const types = faults
    .filter((other) => other.keyword === 'type' && other.instancePath === instancePath)
    .map(({ params }) => TYPE_NAMES[String(params['type'])]);
  if (types.includes(undefined)) return message!;
  const names = [...new Set(types)];
  return `${[names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' or ')} wanted`;
}

function faultOf({ instancePath, params, message, keyword, data, parentSchema }: ErrorObject): string {
  const at = instancePath.slice(1).replaceAll('/', '.');
  const field = (params['missingProperty'] ?? params['additionalProperty']) as string | undefined;
  const named = [at, field].filter(Boolean).join('.');
  const { example, properties = {} } = (parentSchema ?? {}) as { example?: unknown; properties?: object };
  if (params['missingProperty'] !== undefined) return `${named} is missing`;
  if (params['additionalProperty'] !== undefined) {
    return `${named} is not known; the known ones are ${Object.keys(properties).join(', ')}`;
  }
  const wanted =
    keyword === 'pattern'
      ? `one such as ${example ?? 'its description says'} is wanted`
      : keyword === 'enum'
        ? `one of ${(params['allowedValues'] as unknown[]).join(', ')} wanted`
        : message;
  return `${at || 'the document'} is ${JSON.stringify(data)?.slice(0, 80)}: ${wanted}`;
}
