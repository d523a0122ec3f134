/** What the names of IGN's deliveries tell. */
import { basename, dirname } from 'node:path';
import { normaliseDepartement } from '../departement.ts';

export interface DeliveryName {
  departement: string | undefined;
  millesime: number | undefined;
  /** EPSG code of the CRS word in the name. */
  srid: number | undefined;
}

/** Words of the names → EPSG (table of the product's projections). */
const CRS_WORDS: [RegExp, number][] = [
  [/LAMB93/, 2154],
  [/RGAF09UTM20N?/, 5490],
  [/RGFG95UTM22N?/, 2972],
  [/RGR92UTM40S/, 2975],
  [/RGM04UTM38S/, 4471],
];

/**
 * Reads one name: `OCS-GE_2-0__GPKG_LAMB93_D062_2018-01-01`, `OCS-GE_2-0__SHP_RGAF09UTM20_D0971_2017-01-01`,
 * `OCSGE_2-0_GPKG_LAMB93_D09-2022`, `OCS_GE_1-1_2019_SHP_LAMB93_D032_2022-06-21` (whose last date is the publication's).
 */
export function readDeliveryName(name: string): DeliveryName {
  const upper = name.toUpperCase();
  const code = /(?:^|[_-])D0*(2[AB]|\d{2,3})(?=[_-]|$)/.exec(upper)?.[1];
  const year =
    /^OCS[_-]?GE_1-1_(\d{4})(?=_)/.exec(upper)?.[1] ??
    /[_-]D0*(?:2[AB]|\d{2,3})[_-](\d{4})(?:[_-]\d{2}[_-]\d{2})?(?=\.|$)/.exec(upper)?.[1];
  return {
    departement: code === undefined ? undefined : normaliseDepartement(code),
    millesime: year === undefined ? undefined : Number(year),
    srid: CRS_WORDS.find(([word]) => word.test(upper))?.[1],
  };
}

/** Reads the names of a path from the innermost out; the first that tells département or year tells both. */
export function readDeliveryPath(path: string): DeliveryName {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const name = readDeliveryName(basename(at));
    if (name.departement !== undefined || name.millesime !== undefined) return name;
  }
  return { departement: undefined, millesime: undefined, srid: undefined };
}

/** Other products of the family, by their names: they have other tables. Undefined: OCS GE itself. */
export const otherProduct = (path: string): string | undefined =>
  /(ARTIFICIALISATION|DIFF|PATCHCORRECTIF)/.exec(basename(path).toUpperCase())?.[1];
