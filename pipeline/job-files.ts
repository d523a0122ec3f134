/** Which files of this machine a job asked for over HTTP may read. */
import { readdir, realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import { BadInput } from './errors.ts';
import { isUrl } from './geotiff/http-access.ts';
import type { ProductionRequest } from './production-request.ts';
import { shapefileParts } from './references/shapefile.ts';

/**
 * Throws `BadInput` unless every file that the paths of a job stand for, those of folders and globs among them, lies under one of
 * `folders`, symbolic links followed. The server looked when the job was asked for: a link may have come since, or the folders of
 * the worker may be others.
 */
export async function checkJobFiles(request: ProductionRequest, folders: string[]): Promise<void> {
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => resolve(folder))));
  for (const path of pathsOf(request)) {
    for (const file of await filesOf(path)) {
      const real = await realpath(file).catch(() => undefined); // absent: the stage that reads it says so
      if (real === undefined || roots.some((root) => real === root || real.startsWith(root + sep))) continue;
      throw new BadInput(`${file} leads outside the folders the operator has opened (OCSGE_SOURCES_DIR)`);
    }
  }
}

/** Paths of this machine that a request names; a model's id is none. */
function pathsOf({ sources, annotations, references = [], territoires, extent, model }: ProductionRequest): string[] {
  const named = [
    ...sources.flatMap((roles) => Object.values(roles).flatMap(({ paths }: { paths: string[] }) => paths)),
    ...(annotations?.paths ?? []),
    annotations?.classes,
    ...references,
    territoires,
    typeof extent === 'string' ? extent : undefined,
    model.includes('/') ? model : undefined,
  ];
  return named.filter((path) => path !== undefined && !isUrl(path)) as string[];
}

/** The path itself, what lies in it where it is a folder, and what it matches where it is none. */
async function filesOf(path: string): Promise<string[]> {
  const names = await readdir(path).catch(() => undefined);
  if (names) return [path, ...names.map((name) => join(path, name))];
  const isThere = (await realpath(path).catch(() => undefined)) !== undefined;
  if (isThere && /\.shp$/i.test(path)) return [...(await shapefileParts(path)).values()];
  if (isThere) return [path];
  return glob(path, { absolute: true, expandDirectories: false, onlyFiles: false }); // links are followed, to be found
}
