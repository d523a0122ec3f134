/** The processes: openapi/processes/*.json as they stand, and the checking of inputs by the schemas they publish. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { packageFile } from '../../sql/package-root.ts';

/** Process description of OGC API Processes 1.0. */
export interface ProcessDescription {
  id: string;
  version: string;
  title: string;
  description: string;
  keywords: string[];
  jobControlOptions: string[];
  outputTransmission: string[];
  inputs: Record<string, { title: string; description?: string; minOccurs?: number; schema: object }>;
  outputs: Record<string, { title: string; description?: string; schema: object }>;
}

export interface Process {
  description: ProcessDescription;
  /** Faults of a set of inputs, each naming its field; none when they can be used. */
  faultsOf(inputs: unknown): string[];
}

/** Read once, at the first import of this file: the descriptions are part of the program. */
export const PROCESSES: ReadonlyMap<string, Process> = new Map(
  readdirSync(packageFile('openapi', 'processes'))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readProcess(packageFile('openapi', 'processes', name)))
    .map((process) => [process.description.id, process]),
);

function readProcess(path: string): Process {
  const description = JSON.parse(readFileSync(path, 'utf8')) as ProcessDescription;
  const inputs = Object.entries(description.inputs);
  const ajv = new Ajv({ allErrors: false, strict: false, validateFormats: false });
  const validate = ajv.compile({
    type: 'object',
    additionalProperties: false,
    required: inputs.filter(([, input]) => input.minOccurs !== 0).map(([name]) => name),
    properties: Object.fromEntries(inputs.map(([name, input]) => [name, input.schema])),
  });
  return { description, faultsOf: (values) => faultsOf(validate, values) };
}

function faultsOf(validate: ValidateFunction, values: unknown): string[] {
  if (validate(values)) return [];
  const telling = validate.errors!.filter(({ keyword }) => keyword !== 'oneOf'); // it repeats what its branches said
  return telling.map(faultOf);
}

function faultOf({ instancePath, params, message }: ErrorObject): string {
  const at = ['inputs', ...instancePath.split('/').slice(1)].join('.');
  if ('missingProperty' in params) return `${at}.${params['missingProperty']} is missing`;
  if ('additionalProperty' in params) return `${at}.${shorten(String(params['additionalProperty']))} is not known`;
  return `${at} ${message}`;
}

const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
