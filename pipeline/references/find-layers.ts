/** Which files hold which reference layers. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { BadInput } from '../errors.ts';
import { type GpkgLayer, layersOf, withGpkg } from '../geopackage/open-gpkg.ts';
import { shapefileParts } from './shapefile.ts';

/** Layers by their names in BD TOPO, and by what IGN's RPG and BD Forêt call theirs. */
const LAYER_NAMES = {
  troncon_de_route: ['troncon_de_route'],
  troncon_de_voie_ferree: ['troncon_de_voie_ferree'],
  surface_hydrographique: ['surface_hydrographique'],
  batiment: ['batiment'],
  zone_d_activite_ou_d_interet: ['zone_d_activite_ou_d_interet'],
  aerodrome: ['aerodrome'],
  rpg: ['rpg', 'parcelles_graphiques', 'rpg_parcelles'],
  bd_foret: ['bd_foret', 'formation_vegetale'],
} as const;

/** What a reference layer is to us. */
export type ReferenceRole = keyof typeof LAYER_NAMES;

/** Where a layer is: a file, and of a GeoPackage the layer in it. */
export interface ReferenceSource {
  role: ReferenceRole;
  path: string;
  format: 'gpkg' | 'fgb' | 'shp' | 'geojson';
  gpkgLayer?: GpkgLayer;
  /** Every file whose bytes count, for manifests. */
  files: string[];
}

/** By extension; of several files of one layer in a folder the first of this list is read. */
const FORMATS: Record<string, ReferenceSource['format']> = {
  '.gpkg': 'gpkg',
  '.fgb': 'fgb',
  '.shp': 'shp',
  '.geojson': 'geojson',
  '.json': 'geojson',
};

/** Deliveries of BD TOPO keep their themes in folders in folders. */
const MAX_DEPTH = 4;

const roleOf = (name: string) =>
  (Object.keys(LAYER_NAMES) as ReferenceRole[]).find((role) =>
    (LAYER_NAMES[role] as readonly string[]).includes(name.toLowerCase()),
  );

/**
 * The layers under `references`: folders (and the folders in them), files, or globs. A file's name, or in a GeoPackage the layer's,
 * says what it is, in any case: `TRONCON_DE_ROUTE.shp`, `troncon_de_route.fgb`. Each path gives a layer once; what several paths
 * have of a layer is read together, as a département's and its neighbour's. `dataDir`: where copies of GeoPackages go. Throws
 * `BadInput` for a path that is not there, and for a file of which nothing is known.
 */
export async function findReferences(references: string | string[], dataDir: string): Promise<ReferenceSource[]> {
  const found: ReferenceSource[] = [];
  for (const path of [references].flat()) {
    const kind = await stat(path).catch(() => undefined);
    const isFolder = kind?.isDirectory() ?? false;
    const files = isFolder ? await filesUnder(path, MAX_DEPTH) : kind ? [path] : await matching(path);
    const sources: ReferenceSource[] = [];
    for (const file of files) sources.push(...(await sourcesIn(file, dataDir)));
    if (kind && !isFolder && sources.length === 0) throw nothingKnown(path);
    found.push(...(isFolder ? firstOfEach(sources) : sources));
  }
  const roles = Object.keys(LAYER_NAMES);
  return found.sort((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
}

const nothingKnown = (path: string) => {
  const wanted = `${Object.values(LAYER_NAMES).flat().join(', ')}, as ${Object.keys(FORMATS).join(', ')}`;
  return new BadInput(`${path}: no layer of this name; wanted one of ${wanted}, or a GeoPackage with such layers`);
};

/** Links are followed in the folder itself, where a job's right to what they lead to is checked, and not further down. */
async function filesUnder(folder: string, depth: number): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter((entry) => entry.isFile() || (depth === MAX_DEPTH && entry.isSymbolicLink()));
  const known = files.map(({ name }) => join(folder, name)).filter((path) => formatOf(path) !== undefined);
  for (const entry of depth > 1 ? entries : []) {
    if (entry.isDirectory()) known.push(...(await filesUnder(join(folder, entry.name), depth - 1)));
  }
  return known;
}

async function matching(pattern: string): Promise<string[]> {
  const files = isDynamicPattern(pattern) ? await glob(pattern, { absolute: true, expandDirectories: false }) : [];
  if (files.length === 0)
    throw new BadInput(`${pattern}: no such folder or file; a folder of reference layers is wanted`);
  return files.sort();
}

const formatOf = (path: string) => FORMATS[extname(path).toLowerCase()];

async function sourcesIn(path: string, dataDir: string): Promise<ReferenceSource[]> {
  const format = formatOf(path);
  const role = roleOf(basename(path, extname(path)));
  if (format === 'gpkg') {
    const layers = await withGpkg(path, dataDir, layersOf);
    return layers.flatMap((gpkgLayer): ReferenceSource[] => {
      const named = roleOf(gpkgLayer.name) ?? (layers.length === 1 ? role : undefined);
      return named === undefined ? [] : [{ role: named, path, format, gpkgLayer, files: [path] }];
    });
  }
  if (format === undefined || role === undefined) return [];
  const files = format === 'shp' ? [...(await shapefileParts(path)).values()] : [path];
  return [{ role, path, format, files }];
}

function firstOfEach(sources: ReferenceSource[]): ReferenceSource[] {
  const order = Object.values(FORMATS);
  const ranked = sources.toSorted((a, b) => order.indexOf(a.format) - order.indexOf(b.format));
  return ranked.filter((source, i) => ranked.findIndex(({ role }) => role === source.role) === i);
}
