/** Which files of the server's machine a request may name: those under folders the operator has opened, and no others. */
import { existsSync, readdirSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { isAbsolute, resolve, sep } from 'node:path';
import { packageFile } from '../../sql/package-root.ts';
import { InvalidBody } from '../errors.ts';

interface NamedPath {
  field: string;
  path: string;
}

/** A model's id names a model shipped with the program; anything else is a path. */
const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Throws InvalidBody for a model named by an id under which none is shipped. */
export function checkModelId({ model }: Record<string, unknown>): void {
  if (typeof model !== 'string' || !MODEL_ID.test(model)) return;
  const shipped = readdirSync(packageFile('models'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(packageFile('models', entry.name, 'model.json')))
    .map(({ name }) => name);
  if (shipped.includes(model)) return;
  throw new InvalidBody(
    `inputs.model "${model.slice(0, 80)}" is no model of this service; there are: ${shipped.join(', ')}`,
  );
}

/** Every path a production request names. */
export function namedPaths(inputs: Record<string, unknown>): NamedPath[] {
  const sources = Object.entries((inputs['sources'] ?? {}) as Record<string, string | string[]>);
  const named = sources.flatMap(([nature, paths]) =>
    [paths].flat().map((path) => ({ field: `sources.${nature}`, path })),
  );
  for (const field of ['references', 'territoires', 'model']) {
    const path = inputs[field];
    if (typeof path === 'string' && !(field === 'model' && MODEL_ID.test(path))) named.push({ field, path });
  }
  return named;
}

/**
 * Throws InvalidBody unless every path is absolute, there, and under one of `folders`, symbolic links followed. What lies outside
 * is not looked at, so that nobody learns what is there.
 */
export async function checkPaths(paths: NamedPath[], folders: string[]): Promise<void> {
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  const open = [...folders.map((folder) => resolve(folder)), ...roots.filter((root) => root !== undefined)];
  for (const { field, path } of paths) {
    const shown = `inputs.${field} "${path.slice(0, 200)}"`;
    const outside = `${shown} is under no folder the operator has opened (OCSGE_SOURCES_DIR)`;
    if (!isAbsolute(path) || path.includes('\0'))
      throw new InvalidBody(`${shown} is no absolute path of a file or folder`);
    if (!isUnder(resolve(path), open)) throw new InvalidBody(outside);
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) throw new InvalidBody(`${shown} is not there`);
    if (!isUnder(real, open)) throw new InvalidBody(outside);
  }
}

const isUnder = (path: string, folders: string[]) =>
  folders.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
