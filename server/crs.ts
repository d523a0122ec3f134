/** Coordinate reference systems by which features are asked for and given. Pure. */
import { InvalidParameter } from './errors.ts';

export interface Crs {
  uri: string;
  srid: number;
  /** Latitude first on the wire. PostGIS always keeps x = east, so these are flipped on the way in and out. */
  latitudeFirst: boolean;
  geographic: boolean;
  /** Decimals of coordinates: about a centimetre. */
  decimals: number;
}

const EPSG = 'http://www.opengis.net/def/crs/EPSG/0';

export const CRS84: Crs = {
  uri: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84',
  srid: 4326,
  latitudeFirst: false,
  geographic: true,
  decimals: 7,
};

const EPSG_4326: Crs = { ...CRS84, uri: `${EPSG}/4326`, latitudeFirst: true };

/** Projected systems, all east then north: Web Mercator, Lambert-93, and UTM of the overseas départements. */
const projected = (srid: number): Crs => ({
  uri: `${EPSG}/${srid}`,
  srid,
  latitudeFirst: false,
  geographic: false,
  decimals: 2,
});

/** CRS a collection is given in: those of everyone, then the one it is kept in. */
export function collectionCrs(storageSrid: number): Crs[] {
  const common = [CRS84, EPSG_4326, projected(3857)];
  return storageSrid === 4326 ? [...common, projected(2154)] : [...common, projected(storageSrid)];
}

export const storageCrs = (storageSrid: number): Crs => (storageSrid === 4326 ? CRS84 : projected(storageSrid));

/** The CRS a request names, out of those offered; also as `urn:ogc:def:crs:EPSG::2154` or in square brackets. */
export function findCrs(parameter: string, asked: string | undefined, offered: Crs[]): Crs {
  if (asked === undefined) return CRS84;
  const plain = asked.replace(/^\[(.*)\]$/, '$1').replace(/^https:/, 'http:');
  const uri = plain.replace(/^urn:ogc:def:crs:EPSG:[\d.]*:(\d+)$/, `${EPSG}/$1`);
  const found = offered.find((crs) => crs.uri === uri);
  if (found !== undefined) return found;
  throw new InvalidParameter(parameter, asked, `one of ${offered.map((crs) => crs.uri).join(', ')}`);
}
