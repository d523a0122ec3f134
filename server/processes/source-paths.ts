/** Which files and addresses a request may name: those under folders, and of origins, the operator has opened, and no others. */
import { existsSync, readdirSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
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

/** Every path and address a production request names. */
export function namedPaths(inputs: Record<string, unknown>): NamedPath[] {
  const named = [inputs['sources'] ?? []]
    .flat()
    .flatMap((acquisition) =>
      Object.entries(acquisition as Record<string, unknown>).flatMap(([nature, stated]) =>
        pathsIn(stated).map((path) => ({ field: `sources.${nature}`, path })),
      ),
    );
  for (const field of ['references', 'territoires', 'extent', 'model']) {
    for (const path of pathsIn(inputs[field])) {
      if (!(field === 'model' && MODEL_ID.test(path))) named.push({ field, path });
    }
  }
  return named;
}

/** A path, a list of them, or what is stated of files: their `path`, and the table of their `classes`. */
function pathsIn(stated: unknown): string[] {
  if (typeof stated === 'string') return [stated];
  if (Array.isArray(stated)) return stated.flatMap(pathsIn);
  if (typeof stated !== 'object' || stated === null) return [];
  const { path = [], classes = [] } = stated as { path?: unknown; classes?: unknown };
  return [...pathsIn(path), ...pathsIn(classes)];
}

/** Rasters are read from addresses by ranges; nothing else is fetched. */
const RASTER_FIELD = /^sources\.(pva|irc|mns|mnt|rgbie)$/;

/**
 * Throws InvalidBody unless every path is absolute, there, and under one of `folders`, symbolic links followed, and every address
 * is a raster's, of one of `origins`. What lies outside is not looked at, so that nobody learns what is there; addresses are not
 * asked for anything here.
 */
export async function checkPaths(paths: NamedPath[], folders: string[], origins: string[]): Promise<void> {
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  const open = [...folders.map((folder) => resolve(folder)), ...roots.filter((root) => root !== undefined)];
  for (const { field, path } of paths) {
    const shown = `inputs.${field} "${path.slice(0, 200)}"`;
    if (/^[a-z][a-z0-9+.-]*:/i.test(path)) checkAddress(shown, field, path, origins);
    else await checkPath(shown, path, open);
  }
}

function checkAddress(shown: string, field: string, path: string, origins: string[]): void {
  const url = URL.canParse(path) ? new URL(path) : undefined;
  const listed = url !== undefined && origins.includes(url.origin) && url.username === '' && url.password === '';
  if (listed && RASTER_FIELD.test(field)) return;
  throw new InvalidBody(
    `${shown} is no address this service reads: rasters of the origins the operator allows (OCSGE_SOURCE_ORIGINS)`,
  );
}

async function checkPath(shown: string, path: string, open: string[]): Promise<void> {
  const outside = `${shown} is under no folder the operator has opened (OCSGE_SOURCES_DIR)`;
  if (!isAbsolute(path) || path.includes('\0')) {
    throw new InvalidBody(`${shown} is no absolute path of a file or folder`);
  }
  if (!isUnder(resolve(path), open)) throw new InvalidBody(outside);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined && GLOB.test(path)) return checkGlob(shown, path, open);
  if (real === undefined) throw new InvalidBody(`${shown} is not there`);
  if (!isUnder(real, open)) throw new InvalidBody(outside);
  const names = await readdir(real).catch(() => []); // of a file: none
  await checkLinks(
    shown,
    names.map((name) => join(path, name)),
    open,
  );
}

/** What a folder or a glob stands for may hold links: they are named, what they lead to is not. */
async function checkLinks(shown: string, files: string[], open: string[]): Promise<void> {
  for (const file of files) {
    const real = await realpath(file).catch(() => undefined);
    if (real === undefined || isUnder(real, open)) continue;
    throw new InvalidBody(
      `${shown}: ${file.slice(-200)} is a link out of the folders the operator has opened (OCSGE_SOURCES_DIR)`,
    );
  }
}

const GLOB = /[*?[\]{}()!]/;

/** A glob stays under the folder its wildcards begin in: it goes up nowhere, and leads through no link. */
async function checkGlob(shown: string, path: string, open: string[]): Promise<void> {
  const segments = path.split(sep);
  const fixed =
    segments
      .slice(
        0,
        segments.findIndex((segment) => GLOB.test(segment)),
      )
      .join(sep) || sep;
  const real = await realpath(fixed).catch(() => undefined);
  if (real === undefined) throw new InvalidBody(`${shown} is not there`);
  if (!isUnder(real, open) || /\.\./.test(path)) {
    throw new InvalidBody(`${shown} is under no folder the operator has opened (OCSGE_SOURCES_DIR)`);
  }
  const matched = { absolute: true, expandDirectories: false, onlyFiles: false }; // links are followed, to be found
  await checkLinks(shown, await glob(path, matched), open);
}

const isUnder = (path: string, folders: string[]) =>
  folders.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
