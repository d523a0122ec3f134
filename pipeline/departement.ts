/** Département codes and their coordinate reference systems. */
import { BadInput } from './errors.ts';

/** Départements overseas have a UTM grid each; the mainland and Corsica share Lambert-93 (as IGN delivers OCS GE). */
const OVERSEAS_SRID = new Map([
  ['971', 5490], // Guadeloupe, RGAF09 / UTM 20N
  ['972', 5490], // Martinique
  ['973', 2972], // Guyane, RGFG95 / UTM 22N
  ['974', 2975], // La Réunion, RGR92 / UTM 40S
  ['976', 4471], // Mayotte, RGM04 / UTM 38S
]);

const LAMBERT_93 = 2154;

/** The demonstration territory, which is nowhere. */
export const DEMO_DEPARTEMENT = '999';

/**
 * INSEE's code of a département written as `62`, `062` or `D062` (`2a`, `02A`, `D02A`; `971`). Throws BadInput for anything
 * that is neither a département nor the demonstration territory `999`.
 */
export function normaliseDepartement(text: string): string {
  const code = text
    .trim()
    .toUpperCase()
    .replace(/^D/, '')
    .replace(/^0(?=..$)/, '');
  if (!isDepartement(code)) {
    throw new BadInput(`département "${text}": wanted a code such as 62, 062, D062, 2A or 971`);
  }
  return code;
}

/** 01 to 95 without 20, 2A, 2B, 971 to 974, 976, and the demonstration's 999. */
function isDepartement(code: string): boolean {
  if (code === DEMO_DEPARTEMENT || code === '2A' || code === '2B' || OVERSEAS_SRID.has(code)) return true;
  return /^\d\d$/.test(code) && code >= '01' && code <= '95' && code !== '20';
}

/** The code padded to three characters, as file names and collection ids have it: `062`, `02A`, `971`. */
export const paddedDepartement = (code: string) => code.padStart(3, '0');

/** EPSG code of the grid in which a département's objects are stored and their areas computed. `code` as INSEE writes it. */
export const sridOfDepartement = (code: string) => OVERSEAS_SRID.get(code) ?? LAMBERT_93;

/**
 * EPSG code of a production's grid: the département's own. The demonstration territory is nowhere, and may be produced in another
 * one. Throws BadInput where `crs` (`EPSG:26917`) is stated for any other.
 */
export function sridOfProduction(code: string, crs: string | undefined): number {
  const own = sridOfDepartement(code);
  const asked = crs === undefined ? own : Number(/^EPSG:(\d{4,6})$/i.exec(crs)?.[1]);
  if (asked === own) return own;
  if (Number.isNaN(asked)) throw new BadInput(`crs "${crs}": one such as EPSG:26917 wanted`);
  if (code === DEMO_DEPARTEMENT) return asked;
  throw new BadInput(
    `crs ${crs}: EPSG:${own} wanted, that of département ${code}; only ${DEMO_DEPARTEMENT} takes another`,
  );
}

/** Id of the collection a millésime is published as: `occupation-sol-062-2018`. */
export const millesimeCollectionId = (departement: string, millesime: number) =>
  `occupation-sol-${paddedDepartement(departement)}-${millesime}`;
