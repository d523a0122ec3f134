/** Which CRS a reference layer is in, and whether it is the run's. Pure. */
import { BadInput } from '../errors.ts';
import { crsDefinition } from '../geopackage/crs-definitions.ts';

/** Geodetic systems as well-known texts call them, by the EPSG code of the projected CRS: two UTM zones differ by nothing else. */
const DATUMS: [srid: number, datum: RegExp][] = [
  [2154, /rgf_?(19)?93|geodesique_francais_1993/i],
  [5490, /rgaf_?(20)?09|antilles_francaises_2009/i],
  [2972, /rgfg_?(19)?95|guyane_1995/i],
  [2975, /rgr_?(19)?92|reunion_1992/i],
  [4471, /rgm_?(20)?04|mayotte_2004/i],
];

/** The EPSG code of well-known text: that which it names last, else that of the département's CRS it has the parameters of. */
export function sridOfWkt(wkt: string): number | undefined {
  const stated = /(?:AUTHORITY\["EPSG",\s*"?|ID\["EPSG",\s*)(\d+)"?\]\s*\]\s*$/i.exec(wkt.trim())?.[1];
  if (stated !== undefined) return Number(stated);
  if (!/^\s*PROJ/i.test(wkt)) return undefined;
  return DATUMS.find(
    ([srid, datum]) => datum.test(wkt) && isSame(parametersOf(wkt), parametersOf(crsDefinition(srid).wkt)),
  )?.[0];
}

/** Values in the order of their names; the two standard parallels may be either way round. */
function parametersOf(wkt: string): number[] {
  const parameters = [...wkt.matchAll(/PARAMETER\["([^"]+)",\s*([-+.\deE]+)/gi)].map(
    ([, name, value]): [string, number] => [
      name!.toLowerCase().replace(/standard_parallel_\d/, 'standard_parallel'),
      Number(value),
    ],
  );
  const named = parameters.filter(([name, value]) => !(name === 'scale_factor' && value === 1));
  return named.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x - y)).map(([, value]) => value);
}

const isSame = (a: number[], b: number[]) =>
  a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < 1e-6);

/** A name for messages: what the text begins with. */
export const nameOfWkt = (wkt: string) => /\["([^"]*)"/.exec(wkt)?.[1] ?? wkt.trim().slice(0, 60);

/** Throws `BadInput` naming `what`, the CRS found and the one wanted. */
export function checkSrid(what: string, found: number | undefined, name: string, srid: number): void {
  if (found === srid) return;
  const said = found === undefined ? `CRS "${name}"` : `EPSG:${found}`;
  throw new BadInput(
    `${what}: ${said} found, EPSG:${srid} wanted, the CRS of the rasters (ogr2ogr -t_srs EPSG:${srid} brings it there)`,
  );
}
