/** Stocks, flows, and the sums of what changed. */
import type { Page, PageContext } from '../page-names.ts';
import { warnings } from './feature-pages.ts';
import { area, number, share } from './format.ts';
import { anchor, facts, type Html, html, swatch, table } from './html.ts';
import { rootPath, sheet } from './layout.ts';

interface Ground {
  aire_m2: number;
  aire_ha: number;
}

interface Told extends Ground {
  pourcent: number | null;
}

interface Territory {
  niveau: string;
  code: string | null;
  nom: string | null;
}

interface ClassRow {
  code: string;
  libelle: string;
  couleur: string;
}

interface StockClass extends ClassRow, Told {
  artificiel: Ground;
}

interface Stock {
  millesime: number;
  surface: Ground;
  artificiel: Told;
  impermeable: Told;
  couverture: StockClass[];
  usage: StockClass[];
  avertissements?: { message: string }[];
}

const home = (context: PageContext): [string, string][] => [[`${rootPath(context)}/`, 'Accueil']];

const placeName = ({ niveau, code, nom }: Territory) => {
  if (niveau === 'tout') return 'tout ce qui est publié';
  return nom === null ? `${niveau === 'commune' ? 'commune' : 'département'} ${code}` : `${nom} (${code})`;
};

/** A form without script: it asks for the same address with other parameters. */
const chooser = (
  context: PageContext,
) => html`<form class="inline" method="get" action="${new URL(context.selfUrl).pathname}">
<label>Commune (code INSEE) <input name="commune" size="8" pattern="[0-9][0-9AB][0-9]{3}" required></label>
<input type="hidden" name="f" value="html">${['from', 'to'].map((name) => kept(context, name))}
<button class="button">Afficher</button></form>`;

function kept({ selfUrl }: PageContext, name: string): Html | false {
  const value = new URL(selfUrl).searchParams.get(name);
  return value !== null && html`<input type="hidden" name="${name}" value="${value}">`;
}

export const stockPage: Page = (data, context) => {
  const { territoire, stocks, attribution } = data as { territoire: Territory; stocks: Stock[]; attribution?: string };
  const body = html`<h1>Stocks : ${placeName(territoire)}</h1>
${chooser(context)}
${stocks.length === 0 && html`<p>Rien n'est publié ici.</p>`}
${stocks.map(stockSection)}
${attribution && html`<p class="note">${attribution}</p>`}`;
  return sheet(context, { title: 'Stocks', trail: home(context), body });
};

const stockSection = ({
  millesime,
  surface,
  artificiel,
  impermeable,
  couverture,
  usage,
  avertissements,
}: Stock) => html`
<h2>${millesime}</h2>${warnings(avertissements)}
<ul class="figures"><li><strong>${area(surface.aire_m2)}</strong><span>décrits</span></li>
<li><strong>${share(artificiel.pourcent)}</strong><span>artificialisés, ${area(artificiel.aire_m2)}</span></li>
<li><strong>${share(impermeable.pourcent)}</strong><span>imperméables, ${area(impermeable.aire_m2)}</span></li></ul>
<h3>Couverture</h3>${stockTable(couverture)}
<h3>Usage</h3>${stockTable(usage)}`;

const className = ({ code, libelle, couleur }: ClassRow) => html`${swatch(couleur)}${libelle} <code>${code}</code>`;

const stockTable = (rows: StockClass[]) =>
  table(
    ['Classe', 'Surface', 'Part', 'dont artificialisé'],
    rows.map((row) => [className(row), area(row.aire_m2), share(row.pourcent), area(row.artificiel.aire_m2)]),
    'numbers',
  );

interface Balance {
  gagne: Told;
  perdu: Told;
  net: Told;
  variation: Ground;
}

interface Verdict extends Balance {
  couverture: (ClassRow & Balance)[];
  usage: (ClassRow & Balance)[];
}

interface Flux {
  territoire: Territory;
  from: number;
  to: number;
  attribution?: string;
  artificialisation: Verdict;
  impermeabilisation: Verdict;
  avertissements?: { message: string }[];
}

export const fluxPage: Page = (data, context) => {
  const { territoire, from, to, attribution, artificialisation, impermeabilisation, avertissements } = data as Flux;
  const body = html`<h1>Flux de ${from} à ${to} : ${placeName(territoire)}</h1>
${chooser(context)}${warnings(avertissements)}
<h2>Artificialisation</h2>${verdictSection(artificialisation)}
<h2>Imperméabilisation</h2>${verdictSection(impermeabilisation)}
${attribution && html`<p class="note">${attribution}</p>`}`;
  return sheet(context, { title: `Flux ${from}–${to}`, trail: home(context), body });
};

const verdictSection = ({ gagne, perdu, net, couverture, usage }: Verdict) => html`
<ul class="figures"><li><strong>${area(net.aire_m2)}</strong><span>net (${share(net.pourcent)})</span></li>
<li><strong>${area(gagne.aire_m2)}</strong><span>gagnés</span></li>
<li><strong>${area(perdu.aire_m2)}</strong><span>perdus</span></li></ul>
${couverture.length > 0 && html`<p class="note">La variation du stock compte aussi le sol qui passe d'une classe à une autre sans changer de verdict.</p>`}
${balanceTable('Couverture', couverture)}${balanceTable('Usage', usage)}`;

const balanceTable = (title: string, rows: (ClassRow & Balance)[]) =>
  rows.length === 0
    ? html``
    : html`<h3>${title}</h3>${table(
        ['Classe', 'Gagné', 'Perdu', 'Net', 'Variation du stock'],
        rows.map((row) => [
          className(row),
          ...[row.gagne, row.perdu, row.net, row.variation].map(({ aire_m2 }) => area(aire_m2)),
        ]),
        'numbers',
      )}`;

type Transition = Ground & { avant: string; apres: string };

interface Summary {
  departement: string;
  from: number;
  to: number;
  nombre: number;
  objets_identiques: number;
  surface_comparee: Ground;
  surface_avant_seule: Ground;
  surface_apres_seule: Ground;
  surface_changee: Ground;
  couverture: Transition[];
  usage: Transition[];
  artificialisation: Transition[];
  impermeabilisation: Transition[];
  classes: ClassRow[];
  avertissements?: { message: string }[];
}

export const changesSummaryPage: Page = (data, context) => {
  const summary = data as Summary;
  const { departement, from, to } = summary;
  const title = `Bilan des changements de ${from} à ${to}, département ${departement}`;
  const query = `departement=${encodeURIComponent(departement)}&from=${from}&to=${to}`;
  const names = new Map(summary.classes.map((row) => [row.code, className(row)]));
  const body = html`<h1>${title}</h1>${warnings(summary.avertissements)}
${facts([
  ['Surface comparée', area(summary.surface_comparee.aire_m2)],
  [`Décrite en ${from} seulement, non comparée`, uncompared(summary.surface_avant_seule)],
  [`Décrite en ${to} seulement, non comparée`, uncompared(summary.surface_apres_seule)],
  ['Surface changée', area(summary.surface_changee.aire_m2)],
  ['Surfaces changées', number(summary.nombre)],
  ['Objets de géométrie identique', number(summary.objets_identiques)],
])}
<p>${anchor(`${rootPath(context)}/changes?${query}`, 'Les objets changés')}</p>
${transitionTable('Couverture', summary.couverture, names)}${transitionTable('Usage', summary.usage, names)}
${transitionTable('Artificialisation', summary.artificialisation, verdictNames('Artificialisé'))}
${transitionTable('Imperméabilisation', summary.impermeabilisation, verdictNames('Imperméable'))}`;
  return sheet(context, { title, trail: home(context), body });
};

const uncompared = ({ aire_m2 }: Ground) => aire_m2 > 0 && area(aire_m2);

const verdictNames = (adjective: string) =>
  new Map([
    ['true', html`${adjective}`],
    ['false', html`Non ${adjective.toLowerCase()}`],
  ]);

const transitionTable = (title: string, rows: Transition[], names: Map<string, Html>) =>
  rows.length === 0
    ? html``
    : html`<h2>${title}</h2>${table(
        ['Avant', 'Après', 'Surface (m²)', 'Surface (ha)'],
        rows.map(({ avant, apres, aire_m2, aire_ha }) => [
          names.get(avant) ?? avant,
          names.get(apres) ?? apres,
          number(aire_m2, 2, 2),
          number(aire_ha, 4, 4),
        ]),
        'transitions',
      )}`;
