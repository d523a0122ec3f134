/** The landing page, and the documents about the service. */
import type { Link } from '../links.ts';
import type { Page, PageContext } from '../page-names.ts';
import { area, moment, number, yesNo } from './format.ts';
import { anchor, facts, type Html, html, swatch, table } from './html.ts';
import { rootPath, sheet } from './layout.ts';

interface Landing {
  title: string;
  description: string;
  attribution?: string;
  millesimes?: LandingMillesime[];
  differences?: { departement: string; from: number; to: number }[];
  links: Link[];
}

interface LandingMillesime {
  departement: string;
  millesime: number;
  etat: string;
  collectionId: string;
  objets: number;
  aire_m2: number;
}

export const STATES: Record<string, string> = { auto: 'produit', in_review: 'en relecture', final: 'final' };

export const landingPage: Page = (data, context) => {
  const { title, description, attribution, millesimes = [], differences = [], links } = data as Landing;
  const root = rootPath(context);
  const body = html`
<h1>Occupation du sol à grande échelle</h1>
<p class="lead">${description}</p>
<p class="buttons"><a class="button main" href="${root}/map">Ouvrir la carte</a>
<a class="button" href="${root}/collections">Parcourir les données</a></p>
${figures(millesimes)}
<h2>Millésimes publiés</h2>
${millesimes.length === 0 ? html`<p class="note">Rien n'est encore publié.</p>` : millesimeTable(root, millesimes)}
${differences.length > 0 && html`<h2>Évolutions</h2><ul>${differences.map((pair) => differenceLine(root, pair))}</ul>`}
${qgis(context)}
<h2>Ressources</h2>
<ul>${uniqueLinks(links).map((link) => html`<li>${anchor(link.href, link.title ?? link.href)}</li>`)}</ul>
${attribution && html`<p class="note">Données : ${attribution}</p>`}`;
  return sheet(context, { title, body });
};

function figures(millesimes: LandingMillesime[]): Html {
  const objects = millesimes.reduce((sum, { objets }) => sum + objets, 0);
  const latest = new Map(millesimes.map(({ departement, aire_m2 }) => [departement, aire_m2])); // they come by year
  const departements = latest.size;
  const figure = (value: string, text: string) => html`<li><strong>${value}</strong><span>${text}</span></li>`;
  return html`<ul class="figures">
${figure(number(departements), departements > 1 ? 'départements' : 'département')}
${figure(number(millesimes.length), millesimes.length > 1 ? 'millésimes' : 'millésime')}
${figure(number(objects), 'objets')}
${figure(area([...latest.values()].reduce((sum, aireM2) => sum + aireM2, 0)), 'décrits')}</ul>`;
}

const millesimeTable = (root: string, millesimes: LandingMillesime[]) =>
  table(
    ['Département', 'Millésime', 'État', 'Objets', 'Surface', ''],
    millesimes.map(({ departement, millesime, etat, collectionId, objets, aire_m2 }) => [
      departement,
      html`<a href="${root}/collections/${collectionId}">${millesime}</a>`,
      STATES[etat] ?? etat,
      number(objets),
      area(aire_m2),
      html`<a href="${root}/map?collection=${collectionId}">carte</a> ·
<a href="${root}/collections/${collectionId}/items">objets</a> ·
<a href="${root}/statistics/stock?departement=${departement}&amp;millesime=${millesime}">statistiques</a>`,
    ]),
  );

function differenceLine(root: string, { departement, from, to }: { departement: string; from: number; to: number }) {
  const query = html`departement=${departement}&amp;from=${from}&amp;to=${to}`;
  return html`<li>Département ${departement}, ${from} à ${to} :
<a href="${root}/changes/summary?${query}">bilan</a>, <a href="${root}/changes?${query}">objets changés</a>,
<a href="${root}/statistics/flux?${query}">flux d'artificialisation</a></li>`;
}

const qgis = ({ baseUrl }: PageContext) => html`
<h2>Ouvrir dans QGIS</h2>
<p>Couche → Ajouter une couche → <em>WFS / OGC API - Features</em> → Nouvelle connexion, adresse :</p>
<pre>${baseUrl}/</pre>
<p>Les tuiles vectorielles s'ajoutent par <em>Couche de tuiles vectorielles</em>, avec l'adresse qu'indique chaque
collection. En ligne de commande : <code>ogrinfo OAPIF:${baseUrl}</code></p>`;

/** One line an address: several relations may point to the same. */
function uniqueLinks(links: Link[]): Link[] {
  const others = links.filter(({ rel }) => rel !== 'self' && rel !== 'alternate');
  return [...new Map(others.map((link) => [link.href, link])).values()];
}

export const conformancePage: Page = (data, context) => {
  const { conformsTo } = data as { conformsTo: string[] };
  const body = html`<h1>Conformité</h1>
<p class="lead">Classes de conformité des standards de l'OGC auxquelles ce service répond.</p>
<ul>${conformsTo.map((uri) => html`<li><code>${uri}</code></li>`)}</ul>`;
  return sheet(context, { title: 'Conformité', body });
};

interface Nomenclature {
  codes: { code: string; dimension: 'CS' | 'US'; libelle: string; couleur: string; feuille: boolean }[];
  matrice: { code_cs: string; code_us: string; artificiel: boolean; impermeable: boolean }[];
}

export const nomenclaturePage: Page = (data, context) => {
  const { codes, matrice } = data as Nomenclature;
  const ofDimension = (dimension: string) =>
    table(
      ['Code', 'Libellé', 'Couleur'],
      codes
        .filter((entry) => entry.dimension === dimension)
        .map(({ code, libelle, couleur, feuille }) => [
          html`<code>${code}</code>`,
          feuille ? libelle : html`<strong>${libelle}</strong>`,
          html`${swatch(couleur)}<code>${couleur}</code>`,
        ]),
    );
  const body = html`<h1>Nomenclature</h1>
<p class="lead">Les codes de l'OCS GE ; en gras, ceux qui en regroupent d'autres.</p>
<h2>Couverture</h2>${ofDimension('CS')}
<h2>Usage</h2>${ofDimension('US')}
<h2>Matrice d'artificialisation</h2>
<p class="note">Verdict de chaque couple couverture × usage, avant les seuils de surface.</p>
${table(
  ['Couverture', 'Usage', 'Artificialisé', 'Imperméable'],
  matrice.map((row) => [row.code_cs, row.code_us, yesNo(row.artificiel), yesNo(row.impermeable)]),
)}`;
  return sheet(context, { title: 'Nomenclature', body });
};

interface Health {
  status: string;
  version: string;
  startedAt: string;
  database: { engine: string; state: string; versions?: string; note?: string };
  worker: { state: string };
}

export const healthPage: Page = (data, context) => {
  const { status, version, startedAt, database, worker } = data as Health;
  const body = html`<h1>État du service</h1>${facts([
    ['État', { pass: 'en ordre', warn: 'occupé', fail: 'en panne' }[status] ?? status],
    ['Version', version],
    ['En marche depuis', moment(startedAt)],
    ['Base de données', `${database.engine}, ${database.state}${database.versions ? ` (${database.versions})` : ''}`],
    ['', database.note],
    ['Traitements', worker.state],
  ])}`;
  return sheet(context, { title: 'État', body });
};
