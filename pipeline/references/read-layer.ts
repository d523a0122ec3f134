/** A reference layer of any format, in the CRS of the run, with what had to be repaired or left out counted. */
import type { Geometry, Position } from 'geojson';
import { readGpkgFeatures } from '../geopackage/read-features.ts';
import { checkGround } from '../ground.ts';
import { checkSrid, nameOfWkt, sridOfWkt } from './crs.ts';
import type { ReferenceSource } from './find-layers.ts';
import { flatGeobufCrs, readFlatGeobuf } from './flatgeobuf.ts';
import { readGeoJson } from './geojson.ts';
import {
  count,
  type RawFeature,
  type ReadingNotes,
  type ReferenceFeature,
  withFullNames,
} from './reference-feature.ts';
import { FAR_POINT, repaired } from './repair.ts';
import { hasAttributes, readShapefile, shapefileWkt } from './shapefile.ts';

export interface ReadingOptions {
  /** EPSG code of the run. */
  srid: number;
  /** Where copies of GeoPackages go. */
  dataDir: string;
  /** Counts and remarks are added to it. */
  notes: ReadingNotes;
  /** `cleabs` of the files read so far of this layer, a set of the caller's: what another delivery has as well is left out. */
  seen: Set<string>;
}

/** BD TOPO's identifiers, such as TRONROUT0000000012345678; others may mean another thing in another file. */
const CLEABS_LENGTH = 24;

/** Throws `BadInput` for a file that cannot be read or is in another CRS. */
export async function* readLayer(source: ReferenceSource, options: ReadingOptions): AsyncGenerator<ReferenceFeature> {
  const { notes, seen } = options;
  const { features, isCrsStated } = await open(source, options);
  const own: string[] = [];
  let isChecked = isCrsStated;
  for await (const feature of features) {
    const properties = withFullNames(feature.properties);
    const cleabs = properties['cleabs'];
    const { geometry, repairs } = feature.geometry ? repaired(feature.geometry) : { geometry: null, repairs: [] };
    if (geometry === null) {
      count(notes.leftOut, feature.fault ?? whyNone(feature.geometry, repairs));
      continue;
    }
    if (typeof cleabs === 'string' && cleabs.length === CLEABS_LENGTH) {
      if (seen.has(cleabs)) {
        count(notes.leftOut, 'in another file as well');
        continue;
      }
      own.push(cleabs); // a clipped feature may have several parts here
    }
    if (!isChecked) checkFirst(source.path, geometry, options.srid);
    isChecked = true;
    for (const repair of repairs) count(notes.repaired, repair);
    notes.features++;
    yield { geometry, properties };
  }
  for (const cleabs of own) seen.add(cleabs);
}

function whyNone(geometry: Geometry | null, repairs: string[]): string {
  if (geometry === null) return 'no geometry';
  return repairs.includes(FAR_POINT) ? 'points too far from each other' : 'geometry without ground';
}

/** The features, once the CRS is known to be the run's; where the file states none, they are taken for it and the notes say so. */
async function open(
  { path, format, gpkgLayer }: ReferenceSource,
  { srid, dataDir, notes }: ReadingOptions,
): Promise<{ features: AsyncIterable<RawFeature> | Iterable<RawFeature>; isCrsStated: boolean }> {
  if (format === 'gpkg') {
    checkSrid(`${path}, layer ${gpkgLayer!.name}`, gpkgLayer!.srid, gpkgLayer!.crsName, srid);
    return { features: readGpkgFeatures(path, gpkgLayer!, dataDir), isCrsStated: true };
  }
  if (format === 'geojson') {
    const { features, srid: found, crsName } = await readGeoJson(path);
    checkSrid(path, found, crsName, srid);
    return { features, isCrsStated: true };
  }
  const crs = format === 'fgb' ? await flatGeobufCrs(path) : { srid: undefined, wkt: await shapefileWkt(path) };
  const isCrsStated = crs.srid !== undefined || crs.wkt !== undefined;
  if (crs.srid !== undefined) checkSrid(path, crs.srid, '', srid);
  else if (crs.wkt !== undefined) checkSrid(path, sridOfWkt(crs.wkt), nameOfWkt(crs.wkt), srid);
  else notes.lacks.push('crs');
  if (format === 'fgb') return { features: readFlatGeobuf(path), isCrsStated };
  if (!(await hasAttributes(path))) notes.lacks.push('attributes');
  return { features: readShapefile(path), isCrsStated };
}

/** Of a layer that states no CRS: its first feature at least lies where the run's CRS has ground. */
function checkFirst(path: string, geometry: Geometry, srid: number): void {
  const [x, y] = firstPosition(geometry);
  checkGround(`${path} (no CRS stated)`, [x!, y!, x!, y!], srid);
}

function firstPosition(geometry: Geometry): Position {
  if (geometry.type === 'GeometryCollection') return firstPosition(geometry.geometries[0]!);
  let at: unknown = geometry.coordinates;
  while (Array.isArray((at as unknown[])[0])) at = (at as unknown[])[0];
  return at as Position;
}
