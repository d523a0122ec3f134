/** Polygons with a code_cs out of a GeoPackage or a GeoJSON file, and the zones that bound what they say. */
import type { FeatureCollection, Geometry, MultiPolygon, Polygon } from 'geojson';
import type { Database as Sqlite } from 'node-sqlite3-wasm';
import { BadInput } from '../errors.ts';
import { BadGeometry, wkbOfGpkg } from '../geopackage/gpkg-geometry.ts';
import { type GpkgLayer, layersOf, quoted, withGpkg } from '../geopackage/open-gpkg.ts';
import { geometryOfWkb } from '../geopackage/wkb-geometry.ts';
import { readCollection, statedCrs } from '../references/geojson.ts';
import { polygonsOf } from '../rings.ts';
import { ringsCross } from './ring-crossings.ts';
import { DOUBTFUL, folded, ZONE_DONE } from './template-fields.ts';

/** Names of the template's layers (`ocsge annotations template`). */
export const ANNOTATION_LAYER = 'annotation';
export const ZONE_LAYER = 'zone';

/** A feature as it is in its file: what is wrong with it is said, not thrown. */
export interface RawFeature {
  id: string;
  codeCs: string | null;
  geometry?: Polygon | MultiPolygon;
  fault?: string;
  /** Of an annotation: whoever drew it could not tell. */
  doubtful?: boolean;
}

export interface RawPolygons {
  srid: number;
  features: RawFeature[];
  /** Ground declared whole; undefined: what the polygons cover is what is known. */
  zones?: RawFeature[];
  /** Zones that are not declared whole yet. */
  zonesToDo: number;
}

/** Reads a file whole. Throws `BadInput` where there is no such layer, no code_cs, or no EPSG code. */
export async function readPolygons(path: string, layer: string | undefined, dataDir: string): Promise<RawPolygons> {
  if (/\.gpkg$/i.test(path)) return withGpkg(path, dataDir, (sqlite) => readGpkg(sqlite, path, layer));
  return readGeoJson(path);
}

const codeColumn = (columns: string[]) => columns.find((name) => /^(code_cs|couverture)$/i.test(name));

function readGpkg(sqlite: Sqlite, path: string, wanted: string | undefined): RawPolygons {
  const layers = layersOf(sqlite);
  const layer = chooseLayer(layers, path, wanted);
  const code = codeColumn(layer.columns);
  if (code === undefined) {
    throw new BadInput(`${path}, layer ${layer.name}: no column code_cs; found ${layer.columns.join(', ')}`);
  }
  if (layer.srid === undefined) {
    throw new BadInput(`${path}, layer ${layer.name}: CRS "${layer.crsName}", one with an EPSG code wanted`);
  }
  const zones = layer.name === ANNOTATION_LAYER ? layers.find(({ name }) => name === ZONE_LAYER) : undefined;
  if (zones && zones.srid !== layer.srid) {
    throw new BadInput(
      `${path}: layer ${zones.name} in "${zones.crsName}", EPSG:${layer.srid} wanted as ${layer.name} has`,
    );
  }
  const drawn = zones ? featuresOf(sqlite, zones, 'null', 'statut', (statut) => statut !== ZONE_DONE) : [];
  const done = drawn.filter(({ flagged }) => !flagged);
  return {
    srid: layer.srid,
    features: featuresOf(sqlite, layer, quoted(code), 'confiance', (said) => said === DOUBTFUL).map(
      ({ flagged, ...feature }) => ({
        ...feature,
        doubtful: flagged,
      }),
    ),
    ...(drawn.length > 0 ? { zones: done } : {}),
    zonesToDo: drawn.length - done.length,
  };
}

function chooseLayer(layers: GpkgLayer[], path: string, wanted: string | undefined): GpkgLayer {
  const coded = layers.filter(({ columns }) => codeColumn(columns) !== undefined);
  const named = layers.find(({ name }) => name === (wanted ?? ANNOTATION_LAYER));
  const chosen = named ?? (wanted === undefined && coded.length === 1 ? coded[0] : undefined);
  if (chosen) return chosen;
  const found = layers.map(({ name, columns }) => `${name} (${columns.join(', ')})`).join('; ') || 'no layer';
  throw new BadInput(
    `${path}: found ${found}; wanted ${wanted === undefined ? 'one layer' : `a layer ${wanted}`} with code_cs`,
  );
}

/** `flagged`: `column` is there and its value, folded, meets what is said. */
function featuresOf(
  sqlite: Sqlite,
  { name, key, geometry, columns }: GpkgLayer,
  code: string,
  column: string,
  meets: (value: string) => boolean,
) {
  const there = columns.includes(column);
  const rows = sqlite.all(
    `select ${quoted(key)} as id, ${code} as code, ${there ? quoted(column) : 'null'} as said, ${quoted(geometry)} as geometry
       from ${quoted(name)} order by 1`,
  ) as { id: number; code: unknown; said: unknown; geometry: Uint8Array | null }[];
  return rows.map(({ id, code: codeCs, said, geometry: blob }) => ({
    id: String(id),
    codeCs: textOf(codeCs),
    flagged: there && meets(folded(textOf(said) ?? '')),
    ...geometryOfBlob(blob),
  }));
}

const textOf = (code: unknown) => (typeof code === 'string' && code.trim() !== '' ? code.trim() : null);

function geometryOfBlob(blob: Uint8Array | null): Pick<RawFeature, 'geometry' | 'fault'> {
  if (blob === null) return { fault: 'no geometry' };
  try {
    return uncrossed(geometryOfWkb(wkbOfGpkg(blob)));
  } catch (error) {
    if (!(error instanceof BadGeometry)) throw error;
    return { fault: error.message };
  }
}

async function readGeoJson(path: string): Promise<RawPolygons> {
  const found = await readCollection(path);
  const features = found.features.map(({ id, properties, geometry }, index): RawFeature => {
    const column = codeColumn(Object.keys(properties ?? {}));
    const codeCs = column === undefined ? null : textOf(properties![column]);
    return {
      id: String(id ?? properties?.['id'] ?? properties?.['ID'] ?? index),
      codeCs,
      ...checkedGeometry(geometry),
    };
  });
  if (features.every(({ codeCs }) => codeCs === null) && features.length > 0) {
    const names = Object.keys(found.features[0]!.properties ?? {}).join(', ') || 'none';
    throw new BadInput(`${path}: no property code_cs; found ${names}`);
  }
  return { srid: geoJsonSrid(path, found), features, zonesToDo: 0 };
}

function checkedGeometry(geometry: Geometry | null | undefined): Pick<RawFeature, 'geometry' | 'fault'> {
  if (!geometry) return { fault: 'no geometry' };
  if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') return { fault: `a ${geometry.type}` };
  const polygons = polygonsOf(geometry);
  const rings = polygons.flat();
  if (rings.length === 0 || polygons.some((polygon) => polygon.length === 0)) return { fault: 'empty geometry' };
  for (const ring of rings) {
    const [first, last] = [ring[0], ring.at(-1)];
    if (ring.length < 4) return { fault: `a ring of ${ring.length} points` };
    if (!ring.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y)))
      return { fault: 'a coordinate is no number' };
    if (first![0] !== last![0] || first![1] !== last![1]) return { fault: 'a ring is not closed' };
  }
  return uncrossed(geometry);
}

const uncrossed = (geometry: Polygon | MultiPolygon) =>
  ringsCross(geometry) ? { fault: 'its outline crosses itself' } : { geometry };

function geoJsonSrid(path: string, collection: FeatureCollection): number {
  const { srid, crsName = 'no crs member, that is CRS84,' } = statedCrs(collection);
  if (srid !== undefined && srid > 0 && srid !== 4326) return srid;
  throw new BadInput(`${path}: ${crsName} found; a projected CRS wanted, such as urn:ogc:def:crs:EPSG::2154`);
}
