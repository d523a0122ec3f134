/** Collections, their tilesets, and the sets of tile matrices. */
import type { Link } from '../links.ts';
import type { Page, PageContext } from '../page-names.ts';
import { day, number, yesNo } from './format.ts';
import { anchor, facts, type Html, html, table } from './html.ts';
import { STATES } from './landing-pages.ts';
import { rootPath, sheet } from './layout.ts';

interface CollectionData {
  id: string;
  title: string;
  description: string;
  attribution?: string;
  itemCount?: number;
  extent?: { spatial?: { bbox: number[][] }; temporal?: { interval: [string, string][] } };
  crs: string[];
  storageCrs: string;
  departement?: string;
  millesime?: number;
  etat?: string;
  origine?: string;
  images_datees?: boolean;
  est_couverture?: boolean;
  superposition_m2?: number;
  links: Link[];
}

const home = (context: PageContext): [string, string] => [`${rootPath(context)}/`, 'Accueil'];
export const collectionsTrail = (context: PageContext): [string, string][] => [
  home(context),
  [`${rootPath(context)}/collections`, 'Collections'],
];

export const collectionsPage: Page = (data, context) => {
  const { collections } = data as { collections: CollectionData[] };
  const root = rootPath(context);
  const body = html`<h1>Collections</h1>
<p class="lead">Chaque millésime est une collection, dans la projection de son département ; les différences entre deux
millésimes en sont une autre.</p>
<div class="cards">${collections.map(
    ({ id, title, description, itemCount }) => html`<article class="card">
<h2><a href="${root}/collections/${id}">${title}</a></h2>
<p>${description}</p><p>${itemCount !== undefined && `${number(itemCount)} objets`} · <code>${id}</code></p></article>`,
  )}</div>`;
  return sheet(context, { title: 'Collections', trail: [home(context)], body });
};

export const collectionPage: Page = (data, context) => {
  const collection = data as CollectionData;
  const { id, title, description, links } = collection;
  const root = rootPath(context);
  const tiles = links.some(({ rel }) => rel.endsWith('/tilesets-vector'));
  const body = html`<h1>${title}</h1>
<p class="lead">${description}</p>
<p class="buttons"><a class="button main" href="${root}/collections/${id}/items">Objets</a>
${tiles && html`<a class="button" href="${root}/map?collection=${id}">Carte</a>`}
${tiles && html`<a class="button" href="${root}/collections/${id}/tiles">Tuiles vectorielles</a>`}</p>
${collection.est_couverture === false && overlapWarning(collection.superposition_m2)}
<h2>Description</h2>${collectionFacts(collection)}
<h2>Liens</h2>
<ul>${links.map(({ href, title: text, rel }) => html`<li>${anchor(href, text ?? href)} <code>${rel}</code></li>`)}</ul>`;
  return sheet(context, { title, trail: collectionsTrail(context), body });
};

const overlapWarning = (m2 = 0) => html`<p class="warning">Cette livraison n'est pas une couverture : ses objets se
superposent sur ${number(m2 / 10_000, 2)} ha ou laissent des vides. Elle est publiée telle que livrée.</p>`;

function collectionFacts(collection: CollectionData): Html {
  const { extent, crs, storageCrs } = collection;
  const interval = extent?.temporal?.interval[0];
  const bbox = extent?.spatial?.bbox[0];
  return facts([
    ['Identifiant', html`<code>${collection.id}</code>`],
    ['Objets', collection.itemCount !== undefined && number(collection.itemCount)],
    ['Département', collection.departement],
    ['État', collection.etat && (STATES[collection.etat] ?? collection.etat)],
    ['Couverture complète', collection.est_couverture !== undefined && yesNo(collection.est_couverture)],
    ['Images', interval && imageDates(interval, collection.images_datees)],
    ['Emprise', bbox?.map((degrees) => number(degrees, 5)).join(' ; ')],
    ['Stockage', html`<code>${storageCrs}</code>`],
    ['Projections offertes', crs.map((uri) => html`<code>${uri}</code><br>`)],
    ['Attribution', collection.attribution],
  ]);
}

/** Days where they are known, else what is known: the years. */
function imageDates([start, end]: [string, string], dated = false): string {
  if (dated) return `${day(start)} – ${day(end)}`;
  const [first, last] = [start.slice(0, 4), end.slice(0, 4)];
  return first === last ? `année ${first}` : `années ${first} à ${last}`;
}

interface TilesetsData {
  tilesets: { title?: string; dataType: string; crs: string; tileMatrixSetURI?: string; links: Link[] }[];
}

export const tilesetsPage: Page = (data, context) => {
  const { tilesets } = data as TilesetsData;
  const body = html`<h1>Tuiles vectorielles</h1>
${tilesets.map(
  ({ title, crs, links }) => html`<article class="card"><h2>${title ?? crs}</h2>
<ul>${links.map(linkLine)}</ul></article>`,
)}`;
  return sheet(context, { title: 'Tuiles', trail: collectionsTrail(context), body });
};

const linkLine = ({ href, title, rel, templated }: Link) =>
  html`<li>${templated ? html`<code>${href}</code>` : anchor(href, title ?? href)} <code>${rel}</code></li>`;

export const tilesetPage: Page = (data, context) => {
  const tileset = data as { title?: string; crs: string; links: Link[] };
  const template = tileset.links.find(({ templated }) => templated)?.href ?? '';
  const xyz = template.replace('{tileMatrix}', '{z}').replace('{tileRow}', '{y}').replace('{tileCol}', '{x}');
  const body = html`<h1>${tileset.title ?? 'Jeu de tuiles'}</h1>
<p>Adresse pour QGIS (couche de tuiles vectorielles) et les bibliothèques de cartes :</p>
<pre>${xyz}</pre>
${facts([['Projection', html`<code>${tileset.crs}</code>`]])}
<h2>Liens</h2><ul>${tileset.links.map(linkLine)}</ul>`;
  return sheet(context, { title: 'Jeu de tuiles', trail: collectionsTrail(context), body });
};

export const tileMatrixSetsPage: Page = (data, context) => {
  const { tileMatrixSets } = data as { tileMatrixSets: { id: string; title?: string; links: Link[] }[] };
  const body = html`<h1>Jeux de matrices de tuiles</h1>
<ul>${tileMatrixSets.map(
    ({ id, title }) => html`<li><a href="${rootPath(context)}/tileMatrixSets/${id}">${title ?? id}</a></li>`,
  )}</ul>`;
  return sheet(context, { title: 'Matrices de tuiles', trail: [home(context)], body });
};

interface TileMatrixSetData {
  id: string;
  title?: string;
  crs: unknown;
  tileMatrices: { id: string; scaleDenominator: number; cellSize: number; matrixWidth: number; matrixHeight: number }[];
}

export const tileMatrixSetPage: Page = (data, context) => {
  const { id, title, tileMatrices } = data as TileMatrixSetData;
  const body = html`<h1>${title ?? id}</h1>
${table(
  ['Niveau', 'Échelle 1 :', 'Pixel (m)', 'Tuiles'],
  tileMatrices.map((matrix) => [
    matrix.id,
    number(matrix.scaleDenominator),
    number(matrix.cellSize, 4),
    `${number(matrix.matrixWidth)} × ${number(matrix.matrixHeight)}`,
  ]),
)}`;
  return sheet(context, { title: title ?? id, trail: [home(context)], body });
};
