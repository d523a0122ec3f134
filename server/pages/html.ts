/** HTML as templates in which every value is escaped unless it is HTML itself. */
import { escapeHtml } from '../page-names.ts';

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | boolean | null | undefined | Html | readonly Value[];

/** html`<p>${text}</p>`: for text and for attributes in double quotes. `null`, `undefined` and `false` leave nothing. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(strings.map((part, index) => part + (index < values.length ? textOf(values[index]) : '')).join(''));
}

function textOf(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join('');
  if (value === null || value === undefined || value === false) return '';
  return escapeHtml(String(value));
}

/** A link; the text alone where the address is not one of the web (`javascript:` and the like come to nothing). */
export const anchor = (href: string, text: Value): Html =>
  /^(https?:\/\/|\/(?!\/)|#|\?)/i.test(href) ? html`<a href="${href}">${text}</a>` : html`${text}`;

export const table = (head: Value[], rows: Value[][], className = ''): Html => html`
<div class="scroll" tabindex="0"><table class="${className}">
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;

/** Name and value, one a line; lines without a value are left out. */
export const facts = (entries: [Value, Value][]): Html => html`
<dl class="facts">${entries
  .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
  .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

/** A colour from the nomenclature as a small square (SVG: inline styles are barred by the content security policy). */
export const swatch = (colour: string): Html =>
  /^#[0-9a-f]{6}$/i.test(colour)
    ? html`<svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><rect width="1" height="1" fill="${colour}"/></svg>`
    : html``;
