/** The GeoPackage a path means. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BadInput } from '../errors.ts';
import { otherProduct } from './delivery-name.ts';

const FILE = 'OCCUPATION_SOL.gpkg';
const DEPTH_MAX = 4;

/**
 * Path of the GeoPackage: the path itself, or the one OCCUPATION_SOL.gpkg in the folder, however deep the archive nests it
 * (`OCS-GE/1_DONNEES_LIVRAISON_…/…`). Throws BadInput when there is none, or more than one.
 */
export function findDelivery(path: string): string {
  if (!existsSync(path))
    throw new BadInput(`${path}: no such file or folder; wanted an OCS GE delivery (${FILE} or its folder)`);
  if (!statSync(path).isDirectory()) return path;
  const product = otherProduct(path);
  if (product !== undefined)
    throw new BadInput(`${path}: this is a ${product} product; wanted OCS GE itself, with ${FILE}`);
  const found = filesUnder(path, DEPTH_MAX);
  if (found.length === 1) return found[0]!;
  const listed = found.length > 0 ? found.join(', ') : readdirSync(path).slice(0, 8).join(', ') || 'nothing';
  throw new BadInput(`${path}: found ${listed}; wanted one ${FILE} (of a GeoPackage delivery, unpacked)`);
}

function filesUnder(folder: string, depth: number): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return depth > 0 && entry.name !== '__MACOSX' ? filesUnder(path, depth - 1) : [];
    return basename(path).toLowerCase() === FILE.toLowerCase() ? [path] : [];
  });
}
