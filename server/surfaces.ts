/** Areas as they are told, and what must be said beside them. Pure. */
import type { Millesime, Pair } from './published-collections.ts';

/** Whole dm², summed as integers, told in m² and in hectares. */
export const areas = (dm2: number) => ({ aire_m2: dm2 / 100, aire_ha: dm2 / 1_000_000 });

/** Share in percent, to four decimals; null where there is nothing to be a share of. */
export const percent = (dm2: number, ofDm2: number) =>
  ofDm2 > 0 ? Math.round((dm2 / ofDm2) * 1_000_000) / 10_000 : null;

export interface Warning {
  departement: string;
  millesime: number;
  superposition_m2: number;
  message: string;
}

/** A delivery is published as delivered; where its objects overlap, ground is counted more than once. */
export function millesimeWarnings(millesimes: Millesime[]): Warning[] {
  return millesimes
    .filter(({ estCouverture }) => !estCouverture)
    .map(({ departement, millesime, superpositionM2 }) => ({
      departement,
      millesime,
      superposition_m2: superpositionM2,
      message:
        `Le millésime ${millesime} du département ${departement} n'est pas une couverture : ses objets se superposent sur ` +
        `${hectares(superpositionM2)} ha ou laissent des vides ; ce sol est compté plusieurs fois, ou ne l'est pas.`,
    }));
}

export const pairWarnings = ({ avant, apres }: Pair) => millesimeWarnings([avant, apres]);

const hectares = (m2: number) => (m2 / 10_000).toLocaleString('fr-FR', { maximumFractionDigits: 2 });
