/** Features: a page of them, one of them, and what changed between two millésimes. */
import type { Link } from '../links.ts';
import type { Page, PageContext } from '../page-names.ts';
import { collectionsTrail } from './collection-pages.ts';
import { area, number } from './format.ts';
import { anchor, facts, type Html, html, table } from './html.ts';
import { rootPath, sheet } from './layout.ts';

interface FeatureData {
  id: string | number;
  properties: Record<string, unknown>;
}

interface FeaturesData {
  collection: { id: string; title: string; attribution?: string };
  features: FeatureData[];
  numberMatched?: number;
  numberReturned: number;
  links: Link[];
  avertissements?: { message: string }[];
}

export const itemsPage: Page = (data, context) => {
  const { collection } = data as FeaturesData;
  const trail: [string, string][] = [
    ...collectionsTrail(context),
    [`${rootPath(context)}/collections/${collection.id}`, collection.title],
  ];
  return sheet(context, {
    title: `Objets · ${collection.title}`,
    trail,
    bodyClass: 'wide',
    body: html`<h1>Objets</h1>${featureTable(data as FeaturesData, context)}`,
  });
};

export const changesPage: Page = (data, context) => {
  const { departement, from, to } = data as { departement: string; from: number; to: number };
  const body = html`<h1>Ce qui a changé de ${from} à ${to}, département ${departement}</h1>
<p class="lead">Surfaces dont la couverture, l'usage ou le caractère artificialisé diffèrent.</p>
${warnings((data as FeaturesData).avertissements)}${featureTable(data as FeaturesData, context)}`;
  return sheet(context, {
    title: `Changements ${from}–${to}`,
    trail: collectionsTrail(context),
    body,
    bodyClass: 'wide',
  });
};

export const warnings = (list: { message: string }[] = []): Html =>
  html`${list.map(({ message }) => html`<p class="warning">${message}</p>`)}`;

/** Columns that say something in this page, ids of other objects last; the others are empty everywhere. */
function featureTable(
  { collection, features, numberMatched, numberReturned, links }: FeaturesData,
  context: PageContext,
) {
  const root = rootPath(context);
  const told = [...new Set(features.flatMap(({ properties }) => Object.keys(properties)))].filter(
    (name) => name !== 'id' && features.some(({ properties }) => filled(properties[name])),
  );
  const names = [...told.filter((name) => !name.startsWith('id_')), ...told.filter((name) => name.startsWith('id_'))];
  const of = numberMatched === undefined ? '' : ` sur ${number(numberMatched)}`;
  const rows = features.map(({ id, properties }) => [
    html`<a href="${root}/collections/${collection.id}/items/${encodeURIComponent(id)}">${id}</a>`,
    ...names.map((name) => shown(name, properties[name])),
  ]);
  return html`<p class="note">${number(numberReturned)} objets${of}. ${collection.attribution}</p>
${rows.length > 0 ? table(['Identifiant', ...names.map((name) => NAMES[name] ?? name)], rows, 'features') : html`<p>Aucun objet ne répond.</p>`}
<p class="buttons">${paging(links)}</p>`;
}

const filled = (value: unknown) => value !== null && value !== undefined && value !== '';

const paging = (links: Link[]) =>
  [
    ['prev', '← Précédents'],
    ['next', 'Suivants →'],
  ].map(([rel, text]) => {
    const link = links.find((entry) => entry.rel === rel);
    return link && /^https?:/.test(link.href) && html`<a class="button" rel="${rel}" href="${link.href}">${text}</a>`;
  });

function shown(name: string, value: unknown): string {
  if (!filled(value)) return '';
  if (typeof value === 'boolean') return value ? 'oui' : 'non';
  if (name === 'aire_m2' && typeof value === 'number') return area(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return number(value, 3);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const NAMES: Record<string, string> = {
  id: 'Identifiant',
  id_origine: "Identifiant d'origine",
  code_or: "Code d'origine",
  nom: 'Nom',
  code: 'Code',
  niveau: 'Niveau',
  code_cs: 'Couverture',
  code_us: 'Usage',
  departement: 'Département',
  millesime: 'Millésime',
  source: 'Source',
  ossature: 'Ossature',
  aire_m2: 'Surface',
  artificiel: 'Artificialisé',
  critere_seuil: 'Selon le seuil',
  impermeable: 'Imperméable',
  confiance: 'Confiance',
  us_source: "Source de l'usage",
  us_rule: "Règle de l'usage",
  us_share: "Part de l'usage",
  annee: 'Année',
  attribution: 'Attribution',
  id_avant: 'Objet avant',
  id_apres: 'Objet après',
  cs_avant: 'Couverture avant',
  cs_apres: 'Couverture après',
  us_avant: 'Usage avant',
  us_apres: 'Usage après',
  artificiel_avant: 'Artificialisé avant',
  artificiel_apres: 'Artificialisé après',
  impermeable_avant: 'Imperméable avant',
  impermeable_apres: 'Imperméable après',
};

interface ItemData extends FeatureData {
  collection: { id: string; title: string; attribution?: string };
}

export const itemPage: Page = (data, context) => {
  const { id, properties, collection } = data as ItemData;
  const trail: [string, string][] = [
    ...collectionsTrail(context),
    [`${rootPath(context)}/collections/${collection.id}`, collection.title],
    [`${rootPath(context)}/collections/${collection.id}/items`, 'Objets'],
  ];
  const body = html`<h1>${id}</h1>
${facts(Object.entries(properties).map(([name, value]) => [NAMES[name] ?? name, shown(name, value)]))}
<div id="item-map" class="small-map" data-url="${context.jsonUrl}"></div>
<p class="note">${collection.attribution}</p>
<p>${anchor(context.jsonUrl, 'GeoJSON')}</p>`;
  const assets = { scripts: ['item-map.js'], styles: ['maplibre/maplibre-gl.css'] };
  return sheet(context, { title: String(id), trail, body, ...assets });
};
