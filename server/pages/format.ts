/** Numbers, areas and dates as the French read them. Pure. */

/** A unit stays on the line of its number. */
const NBSP = '\u00a0';

export const number = (value: number, digits = 0, atLeast = 0) =>
  value.toLocaleString('fr-FR', { minimumFractionDigits: atLeast, maximumFractionDigits: digits });

/** Hectares from one hectare up, else m². */
export const area = (m2: number) =>
  Math.abs(m2) >= 10_000 ? `${number(m2 / 10_000, 2)}${NBSP}ha` : `${number(m2, 1)}${NBSP}m²`;

export const share = (percent: number | null | undefined) =>
  percent === null || percent === undefined ? '' : `${number(percent, 2)}${NBSP}%`;

export const day = (instant: string | undefined) =>
  instant === undefined ? '' : new Date(instant).toLocaleDateString('fr-FR', { timeZone: 'UTC' });

export const moment = (instant: string | undefined) =>
  instant === undefined ? '' : `${new Date(instant).toLocaleString('fr-FR', { timeZone: 'UTC' })} UTC`;

export const yesNo = (value: boolean) => (value ? 'oui' : 'non');
