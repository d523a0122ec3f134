/** DOM elements without markup in strings: texts from the service stay texts. */

/** `element('p', {className: 'note'}, 'text', otherElement)` */
export function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A square of a colour, as an SVG: inline styles are barred. */
export function swatch(colour) {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  const rect = document.createElementNS(namespace, 'rect');
  svg.setAttribute('class', 'swatch');
  svg.setAttribute('viewBox', '0 0 1 1');
  svg.setAttribute('aria-hidden', 'true');
  rect.setAttribute('width', '1');
  rect.setAttribute('height', '1');
  rect.setAttribute('fill', colour);
  svg.append(rect);
  return svg;
}

/** Name and value, one a line; lines without a value are left out. */
export function facts(entries) {
  const list = element('dl', { className: 'facts' });
  for (const [name, value] of entries) {
    if (value !== undefined && value !== null && value !== '')
      list.append(element('dt', {}, name), element('dd', {}, value));
  }
  return list;
}

/** JSON of the service; throws with the problem's own words. */
export async function getJson(url, options = {}) {
  const { headers, ...rest } = options;
  const answer = await fetch(url, {
    ...rest,
    headers: { Accept: 'application/json, application/geo+json', ...headers },
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? `${answer.status} ${answer.statusText}`);
  return body;
}

export const number = (value, digits = 0) => value.toLocaleString('fr-FR', { maximumFractionDigits: digits });

export const area = (m2) => (m2 >= 10_000 ? `${number(m2 / 10_000, 2)} ha` : `${number(m2)} m²`);
