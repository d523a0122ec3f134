/** How reports write numbers and names: French, escaped. Pure. */
const NUMBER = new Intl.NumberFormat('fr-FR');
const PERCENT = new Intl.NumberFormat('fr-FR', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** HTML of a text. */
export const text = (value: unknown) =>
  String(value).replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark]!);

export const percent = (share: number | null | undefined) => (share == null ? '–' : PERCENT.format(share));

export const whole = (value: number) => NUMBER.format(Math.round(value));

export const decimal = (value: number | null | undefined, digits = 3) =>
  value == null
    ? '–'
    : new Intl.NumberFormat('fr-FR', { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** Digits that a thing measured on a screen deserves: 0,2 or 12,5. */
export const metres = (value: number) =>
  `${new Intl.NumberFormat('fr-FR', { maximumFractionDigits: 2 }).format(value)} m`;

/** Square metres as a person counts them: m², ha, km². */
export function area(m2: number): string {
  if (m2 < 10_000) return `${whole(m2)} m²`;
  return m2 < 10_000_000 ? `${decimal(m2 / 10_000, 2)} ha` : `${decimal(m2 / 1_000_000, 2)} km²`;
}

/** With its sign; without one where there is nothing to be read. */
export const signedArea = (m2: number) =>
  Math.round(Math.abs(m2)) === 0 ? area(0) : `${m2 < 0 ? '−' : '+'} ${area(Math.abs(m2))}`;

/** In percent, as `signedArea`. */
export function signedShare(share: number): string {
  const told = `${decimal(Math.abs(share) * 100, 3)} %`;
  if (Math.round(Math.abs(share) * 100_000) === 0) return told;
  return `${share < 0 ? '−' : '+'} ${told}`;
}

/** `80,2 – 85,9 %`. */
export const range = (interval: [low: number, high: number] | null) =>
  interval === null ? '' : `${decimal(interval[0] * 100, 1)} – ${decimal(interval[1] * 100, 1)} %`;

export const swatch = (colour: string) => `<span class="swatch" style="background:${text(colour)}"></span>`;

/** A title without the examples that the nomenclature gives in brackets. */
export const brief = (title: string) => title.split(' (')[0]!;

/** Colour, code and title of a label. */
export const labelHtml = ({ key, title, colour }: { key: string; title: string; colour: string }) =>
  `${swatch(colour)}${text(key)}${title === key ? '' : `<small>${text(brief(title))}</small>`}`;

export const row = (cells: (string | number)[], tag: 'td' | 'th' = 'td') =>
  `<tr>${cells.map((cell, index) => (index === 0 ? `<th scope="row">${cell}</th>` : `<${tag}>${cell}</${tag}>`)).join('')}</tr>`;

export const head = (cells: string[]) =>
  `<thead><tr>${cells.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>`;

export const table = (cells: string[], rows: string[], caption = '') =>
  `<div class="scroll"><table>${caption ? `<caption>${caption}</caption>` : ''}${head(cells)}<tbody>${rows.join('')}</tbody></table></div>`;
