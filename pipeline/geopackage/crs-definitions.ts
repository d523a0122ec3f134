/** The CRS of the départements as a GeoPackage spells them out: OGC 01-009 well-known text (WKT 1), parameters from EPSG. Pure. */

export interface CrsDefinition {
  name: string;
  wkt: string;
}

interface Geographic {
  name: string;
  code: number;
  datum: string;
  datumCode: number;
}

const RGF93: Geographic = {
  name: 'RGF93 v1',
  code: 4171,
  datum: 'Reseau_Geodesique_Francais_1993_v1',
  datumCode: 6171,
};
const LAMBERT_93 = [
  ['latitude_of_origin', 46.5],
  ['central_meridian', 3],
  ['standard_parallel_1', 49],
  ['standard_parallel_2', 44],
  ['false_easting', 700_000],
  ['false_northing', 6_600_000],
] as const;

/** Zones of UTM on GRS 1980, by EPSG code: their geographic CRS, central meridian and false northing. */
const UTM: { code: number; zone: string; meridian: number; north: number; base: Geographic }[] = [
  utm(5490, '20N', {
    name: 'RGAF09',
    code: 5489,
    datum: 'Reseau_Geodesique_des_Antilles_Francaises_2009',
    datumCode: 1073,
  }),
  utm(2972, '22N', { name: 'RGFG95', code: 4624, datum: 'Reseau_Geodesique_Francais_Guyane_1995', datumCode: 6624 }),
  utm(2975, '40S', { name: 'RGR92', code: 4627, datum: 'Reseau_Geodesique_de_la_Reunion_1992', datumCode: 6627 }),
  utm(4471, '38S', { name: 'RGM04', code: 4470, datum: 'Reseau_Geodesique_de_Mayotte_2004', datumCode: 1036 }),
];

function utm(code: number, zone: string, base: Geographic) {
  const meridian = Number.parseInt(zone, 10) * 6 - 183;
  return { code, zone, meridian, north: zone.endsWith('S') ? 10_000_000 : 0, base };
}

/** The definition of a département's CRS; of another only its code, which readers look up (`undefined`, as the standard has it). */
export function crsDefinition(srid: number): CrsDefinition {
  if (srid === 2154) {
    return projected(srid, 'RGF93 v1 / Lambert-93', RGF93, 'Lambert_Conformal_Conic_2SP', LAMBERT_93);
  }
  const zone = UTM.find(({ code }) => code === srid);
  if (!zone) return { name: `EPSG:${srid}`, wkt: 'undefined' };
  return projected(srid, `${zone.base.name} / UTM zone ${zone.zone}`, zone.base, 'Transverse_Mercator', [
    ['latitude_of_origin', 0],
    ['central_meridian', zone.meridian],
    ['scale_factor', 0.9996],
    ['false_easting', 500_000],
    ['false_northing', zone.north],
  ]);
}

function projected(
  srid: number,
  name: string,
  base: Geographic,
  projection: string,
  parameters: readonly (readonly [string, number])[],
): CrsDefinition {
  const epsg = (code: number) => `AUTHORITY["EPSG","${code}"]`;
  const listed = parameters.map(([parameter, value]) => `PARAMETER["${parameter}",${value}]`).join(',');
  const spheroid = `SPHEROID["GRS 1980",6378137,298.257222101,${epsg(7019)}]`;
  const degree = `PRIMEM["Greenwich",0,${epsg(8901)}],UNIT["degree",0.0174532925199433,${epsg(9122)}]`;
  const geographic = `GEOGCS["${base.name}",DATUM["${base.datum}",${spheroid},${epsg(base.datumCode)}],${degree},${epsg(base.code)}]`;
  const axes = `UNIT["metre",1,${epsg(9001)}],AXIS["Easting",EAST],AXIS["Northing",NORTH]`;
  return { name, wkt: `PROJCS["${name}",${geographic},PROJECTION["${projection}"],${listed},${axes},${epsg(srid)}]` };
}

/** The rows every GeoPackage has (OGC 12-128r18, clause 1.1.2.1.2): WGS 84, undefined Cartesian, undefined geographic. */
export const WGS_84_WKT =
  'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]';
