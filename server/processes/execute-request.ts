/** The body of an execution (OGC API Processes 1.0, execute.yaml), read before anything is done with it. Pure. */
import { InvalidBody } from '../errors.ts';
import type { Process } from './descriptions.ts';

const MEMBERS = ['inputs', 'outputs', 'response', 'mode', 'subscriber'];

/** The inputs of an execution as plain values. Throws InvalidBody that names every field at fault. */
export function readInputs(body: unknown, { description, faultsOf }: Process): Record<string, unknown> {
  if (!isObject(body)) throw new InvalidBody('the body is no JSON object: {"inputs": {…}} is wanted');
  const faults = Object.keys(body)
    .filter((name) => !MEMBERS.includes(name))
    .map((name) => `${name.slice(0, 80)} is not known`);
  if (!isObject(body['inputs'])) faults.push('inputs is missing: an object is wanted');
  if (body['subscriber'] !== undefined) faults.push('subscriber is not supported: no address is called back');
  if (![undefined, 'document'].includes(body['response'] as string)) faults.push('response is "document" here');
  if (![undefined, 'async', 'auto'].includes(body['mode'] as string)) faults.push('mode is "async" here');
  faults.push(...outputFaults(body['outputs'], Object.keys(description.outputs)));
  if (faults.length > 0) throw new InvalidBody(faults.join('; '));
  const inputs = plainValues(body['inputs'] as Record<string, unknown>);
  const wrong = faultsOf(inputs);
  if (wrong.length > 0) throw new InvalidBody(wrong.join('; '));
  return inputs;
}

function outputFaults(outputs: unknown, known: string[]): string[] {
  if (outputs === undefined) return [];
  if (!isObject(outputs)) return ['outputs is an object'];
  return Object.entries(outputs).flatMap(([name, output]) => {
    if (!known.includes(name)) return [`outputs.${name.slice(0, 80)} is not known; known: ${known.join(', ')}`];
    const mode = isObject(output) ? (output['transmissionMode'] ?? 'value') : undefined;
    return mode === 'value' ? [] : [`outputs.${name} is passed by value: {"transmissionMode": "value"}`];
  });
}

/** An object may come as it is or as `{"value": …}` (qualifiedInputValue.yaml). References are not followed: no address is fetched. */
function plainValues(inputs: Record<string, unknown>): Record<string, unknown> {
  const plain = Object.entries(inputs).map(([name, input]): [string, unknown] => {
    if (!isObject(input)) return [name, input];
    if ('href' in input) throw new InvalidBody(`inputs.${name} is a reference: nothing is fetched, a value is wanted`);
    return [name, 'value' in input ? input['value'] : input];
  });
  return Object.fromEntries(plain);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
