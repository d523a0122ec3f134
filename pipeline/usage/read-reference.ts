/** Reference layers: GeoJSON FeatureCollections in the département's CRS, one file a layer. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { glob, isDynamicPattern } from 'tinyglobby';
import { BadInput } from '../errors.ts';
import type { Report } from '../log.ts';
import { type ReferenceLayer, USAGE_RULES } from './rules.ts';

export type Reference = Feature<Geometry, Record<string, unknown>>;

/**
 * Files of the layers the rules ask for, those that are there, in the order of the rules. A path is a folder of
 * `<layer>.geojson`, one such file, or a glob of them; the first that has a layer gives it. Throws `BadInput` for a path that is
 * not there, and for a file of a name that is no layer's.
 */
export async function referenceFiles(references: string | string[]): Promise<Map<ReferenceLayer, string>> {
  const layers = [...new Set(USAGE_RULES.flatMap(({ layer }) => (layer === null ? [] : [layer])))];
  const found = new Map<ReferenceLayer, string>();
  const add = (layer: ReferenceLayer, path: string) => found.has(layer) || found.set(layer, path);
  for (const path of [references].flat()) {
    const kind = await stat(path).catch(() => undefined);
    if (kind?.isDirectory()) {
      for (const layer of layers)
        if (existsSync(join(path, `${layer}.geojson`))) add(layer, join(path, `${layer}.geojson`));
      continue;
    }
    for (const file of kind ? [path] : await matching(path)) {
      const layer = layers.find((name) => basename(file) === `${name}.geojson`);
      if (layer === undefined) {
        throw new BadInput(
          `${file}: no layer of this name; wanted ${layers.map((name) => `${name}.geojson`).join(', ')}`,
        );
      }
      add(layer, file);
    }
  }
  return new Map(layers.flatMap((layer) => (found.has(layer) ? [[layer, found.get(layer)!] as const] : [])));
}

async function matching(pattern: string): Promise<string[]> {
  const files = isDynamicPattern(pattern) ? await glob(pattern, { absolute: true, expandDirectories: false }) : [];
  if (files.length === 0) throw new BadInput(`${pattern}: no such folder; a folder of <layer>.geojson files is wanted`);
  return files.sort();
}

/**
 * Reads a layer whole. Throws `BadInput` where it is not a FeatureCollection in EPSG:`srid`; features without geometry are
 * left out and counted.
 */
export async function readReference(path: string, srid: number, report: Report): Promise<Reference[]> {
  const collection = parse(await readFile(path, 'utf8'), path);
  checkCrs(collection, srid, path);
  const located = collection.features.filter((feature) => feature?.geometry);
  const without = collection.features.length - located.length;
  if (without > 0) report.warn('Usage:NoGeometry', { path, features: without });
  return located as Reference[];
}

function parse(text: string, path: string): FeatureCollection {
  let found: Partial<FeatureCollection> | null;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${path}: not JSON (${(error as Error).message}); a GeoJSON FeatureCollection is wanted`);
  }
  if (found?.type !== 'FeatureCollection' || !Array.isArray(found.features)) {
    throw new BadInput(`${path}: ${found?.type ?? 'no GeoJSON type'} found, a GeoJSON FeatureCollection is wanted`);
  }
  return found as FeatureCollection;
}

/** The `crs` member of GeoJSON 2008, which GDAL and IGN write; without it RFC 7946 says CRS84. */
function checkCrs(collection: FeatureCollection, srid: number, path: string): void {
  const { crs } = collection as { crs?: { properties?: { name?: unknown } } };
  const name = crs === undefined ? 'no crs member, that is CRS84,' : String(crs?.properties?.name);
  const found = /EPSG:(?:[^:]*:)?(\d+)$/i.exec(name)?.[1];
  if (Number(found) !== srid) {
    throw new BadInput(`${path}: ${name} found, urn:ogc:def:crs:EPSG::${srid} wanted: the CRS of the rasters`);
  }
}
