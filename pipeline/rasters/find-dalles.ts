/** The files that the paths of a role stand for. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { BadInput } from '../errors.ts';
import { isUrl } from '../geotiff/http-access.ts';

const RASTER = /\.tiff?$/i;

/**
 * Addresses and files as given, those of folders (*.tif, *.tiff) and of globs by name, each once: so that their order, in which
 * the first known value wins, is always the same. Throws `BadInput` for what stands for nothing.
 */
export async function findDalles(what: string, paths: string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) for (const file of await filesOf(what, path)) found.add(file);
  return [...found];
}

async function filesOf(what: string, path: string): Promise<string[]> {
  if (isUrl(path)) return [path];
  const kind = await stat(path).catch(() => undefined);
  if (kind?.isDirectory()) {
    const names = (await readdir(path)).filter((name) => RASTER.test(name)).sort();
    if (names.length === 0) throw new BadInput(`${path} (${what}): no *.tif in this folder`);
    return names.map((name) => join(path, name));
  }
  if (kind) return [path];
  if (!isDynamicPattern(path)) throw new BadInput(`${path} (${what}): no such file or folder`);
  const matching = (await glob(path, { absolute: true, expandDirectories: false, followSymbolicLinks: false }))
    .filter((file) => RASTER.test(file))
    .sort();
  if (matching.length === 0) throw new BadInput(`${path} (${what}): no *.tif matches this pattern`);
  return matching;
}
