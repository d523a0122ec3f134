/** quality.html: one page that needs nothing else. Pure, but for the style sheet. */
import type { Grid } from '../grid.ts';
import { area, decimal, labelHtml, percent, row, swatch, table, text, whole } from '../page-format.ts';
import { document, section } from '../page-frame.ts';
import type { OssatureReport } from '../polygons-measures.ts';
import type { WindowPictures } from './draw-window.ts';
import { EXCEPTION_COLOUR, FAULT_COLOUR } from './overview.ts';
import { boundsWarning } from './page-bounds.ts';
import { groundSection } from './page-ground.ts';
import { geometrySection, lostBuildingsSection, semanticSection } from './page-measures.ts';
import { definitions, RULE_WORDS } from './page-words.ts';
import type { Fault, QualityReport } from './report.ts';

export interface PagePictures {
  windows: WindowPictures[];
  maps: { covers: string; confidence: string; marks: string };
  /** The grid of the maps. */
  overview: Grid;
  /** By code, `#rrggbb`. */
  colours: Map<string, string>;
  /** By code, as the nomenclature calls it. */
  names: Map<string, string>;
  /** Names of the files beside the page. */
  files: { low: string; listed: string };
}

export function drawPage(report: QualityReport, pictures: PagePictures): string {
  const { title, grid } = report.subject;
  return document(
    `Qualité : ${title}`,
    `<style>${GROUND_CSS}</style><h1>Qualité géométrique : ${text(title)}</h1>
<p class="subtitle">${whole(report.objects)} objets sur ${area(report.extentM2)}, pixels de ${decimal(grid.resolutionM, 2)} m, EPSG:${grid.srid}.</p>
${headline(report)}
${boundsWarning(report.bounds)}
${rulesSection(report)}
${groundSection(pictures)}
${classSection(report, pictures)}
${semanticSection(report, pictures)}
${lostBuildingsSection(report)}
${geometrySection(report, pictures)}
${ossatureSection(report)}
${zoneSection(report)}
${exceptionsSection(report, pictures)}
${confidenceSection(report, pictures)}
${section('Définitions', definitions(report))}`,
  );
}

const GROUND_CSS = `.ground{display:block;width:100%;border:1px solid var(--line);border-radius:6px;background:#fff}
.ground circle{fill:#fff;stroke:#1c2a24}
.strip.pair{grid-template-columns:repeat(auto-fit,minmax(22rem,1fr))}
.pass{color:var(--accent);font-weight:600}.fail{color:#c2185b;font-weight:600}
thead th{white-space:normal}
td.words{white-space:normal;text-align:left;min-width:16rem}`;

const figure = (label: string, value: string, below: string, main = false) =>
  `<div class="figure${main ? ' main' : ''}"><span class="label">${label}</span><span class="value">${value}</span><span class="range">${below}</span></div>`;

function headline({ passed, rules, objects, vertices, geometric, confidence, areaM2 }: QualityReport): string {
  const faults = rules.reduce((sum, { count }) => sum + count, 0);
  const excused = rules.reduce((sum, { excused }) => sum + excused, 0);
  const fewer = geometric && geometric.verticesAfter > 0 ? geometric.verticesBefore / geometric.verticesAfter : null;
  return `<div class="headline">
${figure('Règles', passed ? 'toutes tenues' : `${whole(faults)} défaut${faults > 1 ? 's' : ''}`, excused === 0 ? 'sans exception' : `${whole(excused)} exception${excused > 1 ? 's' : ''}, chacune avec sa raison`, true)}
${figure('Objets', whole(objects), `${area(areaM2 / Math.max(objects, 1))} en moyenne`)}
${figure('Sommets', whole(vertices), fewer === null ? `${decimal(vertices / Math.max(objects, 1), 1)} par objet` : `${decimal(fewer, 1)} fois moins que l’escalier`)}
${figure('À revoir d’abord', whole(confidence.lowCount), `objets de confiance sous ${percent(confidence.below)}, ${area(confidence.lowM2)}`)}
</div>`;
}

function rulesSection({ rules, subject }: QualityReport): string {
  const rows = rules
    .filter(({ rule }) => subject.generalised || (rule !== 'surface' && rule !== 'largeur'))
    .map(({ rule, count, excused, examples }) => {
      const state = count === 0 ? '<span class="pass">tenue</span>' : `<span class="fail">${whole(count)}</span>`;
      const shown = examples.filter(({ reason }) => reason === undefined).slice(0, 5);
      return `<tr><th scope="row">${text(rule)}</th><td class="words">${RULE_WORDS[rule]}</td><td>${state}</td><td>${excused === 0 ? '' : whole(excused)}</td><td class="words">${shown.map(faultHtml).join('<br>')}</td></tr>`;
    });
  const note = subject.generalised
    ? ''
    : '<p class="warning">Produit sans généralisation : les unités minimales et les largeurs du produit n’ont pas été appliquées et ne sont pas vérifiées.</p>';
  return section(
    'Ce qui a été vérifié',
    `${note}${table(['Règle', '', 'Défauts', 'Exceptions', ''], rows)}<p class="note">Chaque objet, chaque arête et chaque pixel ont été lus. Une exception est un objet sous une unité ou une largeur, avec la raison pour laquelle il y reste.</p>`,
  );
}

const faultHtml = ({ found, ids, x, y }: Fault) =>
  `${text(found)}${ids.length > 0 ? ` (${ids.map((id) => `<code>${text(id)}</code>`).join(', ')})` : ''}${Number.isFinite(x) ? ` en ${decimal(x, 1)}, ${decimal(y, 1)}` : ''}`;

function classSection({ classes, areaM2 }: QualityReport, pictures: PagePictures): string {
  const rows = classes.map(({ codeCs, count, areaM2: held, ossatureCount, ossatureM2 }) =>
    row([
      codeHtml(codeCs, pictures),
      whole(count),
      area(held),
      percent(held / areaM2),
      area(held / count),
      ossatureCount === 0 ? '' : `${whole(ossatureCount)}<small>${area(ossatureM2)}</small>`,
    ]),
  );
  return section(
    'Par couverture',
    table(['Couverture', 'Objets', 'Surface', 'Part', 'Surface moyenne', 'dont ossature'], rows),
  );
}

export const codeHtml = (codeCs: string, { colours, names }: Pick<PagePictures, 'colours' | 'names'>) =>
  labelHtml({ key: codeCs, title: names.get(codeCs) ?? codeCs, colour: colours.get(codeCs) ?? '#888888' });

function ossatureSection({ ossature, classes }: QualityReport): string {
  if (ossature.objects === 0 && !('kinds' in ossature)) return '';
  const facts = [
    `${whole(ossature.objects)} objets, ${area(ossature.areaM2)}, en ${whole(ossature.pieces)} réseau${ossature.pieces > 1 ? 'x' : ''} d’un seul tenant`,
    ossature.inner === 0
      ? 'tous atteignent le bord de l’emprise'
      : `${whole(ossature.inner)} n’atteignent pas le bord de l’emprise`,
    ...('notes' in ossature ? ossature.notes.map(text) : []),
    ...('enclaves' in ossature && ossature.enclaves ? [enclavesText(ossature.enclaves)] : []),
  ];
  const kinds = 'kinds' in ossature ? ossature.kinds : [];
  const size = (lengthM: number, areaM2?: number) =>
    areaM2 === undefined ? `${decimal(lengthM / 1000, 2)} km` : area(areaM2);
  const rows = kinds.map(({ name, codeCs, keptM, keptM2, dropped }) =>
    row([
      `${text(name)}<small>${text(codeCs)}</small>`,
      size(keptM, keptM2),
      dropped
        .map(({ reason, count, lengthM, areaM2 }) => `${text(reason)} : ${whole(count)}, ${size(lengthM, areaM2)}`)
        .join('<br>') || 'rien',
      area(classes.find((stock) => stock.codeCs === codeCs)?.ossatureM2 ?? 0),
    ]),
  );
  return section(
    'Ossature',
    `<ul>${facts.map((fact) => `<li>${fact}</li>`).join('')}</ul>${rows.length > 0 ? `${table(['Réseau', 'Gardé', 'Laissé', 'Objets publiés'], rows)}${OSSATURE_NOTE}` : ''}`,
  );
}

const OSSATURE_NOTE =
  '<p class="note">Gardé, laissé : ce que les références ont dans le rectangle de l’image, marge au-delà de la limite comprise. Objets publiés : le terrain de l’ossature dans l’emprise, là où l’image le connaît ; où deux réseaux se croisent, celui du dessus.</p>';

function enclavesText({ count, areaM2 }: NonNullable<OssatureReport['enclaves']>): string {
  if (count === 0) return 'aucune enclave n’a rejoint l’ossature';
  const taken = count === 1 ? '1 enclave a rejoint' : `${whole(count)} enclaves ont rejoint`;
  return `${taken} l’ossature : ${area(areaM2)} de terrain sous 500 m² que seuls l’ossature et des bâtiments entourent`;
}

function zoneSection({ zone, extentM2 }: QualityReport): string {
  if (zone === null) return '';
  const polygons = `${whole(zone.count)} polygone${zone.count > 1 ? 's' : ''}`;
  return section(
    'Zone construite',
    `<p>${polygons}, ${area(zone.areaM2)}, ${percent(zone.areaM2 / extentM2)} de l’emprise.</p>`,
  );
}

function exceptionsSection(report: QualityReport, { maps, files, overview }: PagePictures): string {
  const faults = report.rules.some(({ count }) => count > 0);
  if (report.listed.length === 0 && report.listedWhole === 0 && !faults) return '';
  const rows = report.listed.map(
    ({ rule, reason, count }) =>
      `<tr><th scope="row">${text(rule)}</th><td class="words">${text(reason)}</td><td>${whole(count)}</td></tr>`,
  );
  const excused = report.rules.flatMap(({ examples }) => examples.filter(({ reason }) => reason !== undefined));
  const list = excused.map((fault) =>
    row([fault.ids.map((id) => `<code>${text(id)}</code>`).join(' '), text(fault.found), text(fault.reason)]),
  );
  const legend = `<ul class="legend"><li>${swatch(EXCEPTION_COLOUR)}exception, avec sa raison</li><li>${swatch(FAULT_COLOUR)}défaut</li></ul>`;
  return section(
    'Exceptions et défauts',
    `${rows.length > 0 ? table(['Règle', 'Raison', 'Exceptions'], rows) : ''}${wholeNote(report)}
<figure>${legend}<img class="blocks" src="${maps.marks}" alt="Carte des exceptions et des défauts" width="${overview.widthPx}"></figure>
${list.length > 0 ? `<details><summary>Les ${whole(list.length)} premières exceptions</summary>${table(['Objet', 'Trouvé', 'Raison'], list)}</details>` : ''}
<p class="note">Toutes les exceptions : <a href="${files.listed}">${files.listed}</a>, à ouvrir dans QGIS.</p>`,
  );
}

function wholeNote({ listedWhole }: QualityReport): string {
  if (listedWhole === 0) return '';
  const many = listedWhole > 1;
  return `<p class="note">${whole(listedWhole)} autre${many ? 's' : ''} raison${many ? 's' : ''} donnée${many ? 's' : ''} en cours de route, avant le dessin ou à la coupe, ${many ? 'ne servent' : 'ne sert'} pas : l’objet tient la règle à la fin. Ce n’est pas une exception.</p>`;
}

function confidenceSection({ confidence, areaM2 }: QualityReport, pictures: PagePictures): string {
  const { maps, files, overview } = pictures;
  const tenths = confidence.tenthsM2.map((heldM2, tenth) =>
    row([
      `${tenth * 10} à ${tenth * 10 + 10} %`,
      area(heldM2),
      `<div class="bar"><i style="width:${((100 * heldM2) / Math.max(areaM2, 1)).toFixed(1)}%"></i></div>`,
    ]),
  );
  const rows = confidence.examples.map(({ id, codeCs, confiance, areaM2: heldM2, x, y }) =>
    row([
      `<code>${text(id)}</code>`,
      codeHtml(codeCs, pictures),
      percent(confiance),
      area(heldM2),
      `${decimal(x, 0)}, ${decimal(y, 0)}`,
    ]),
  );
  return section(
    'Confiance',
    `<div class="columns"><figure><img class="blocks" src="${maps.confidence}" alt="Carte de la confiance" width="${overview.widthPx}"><figcaption>Confiance moyenne de chaque objet : rouge, la moitié ou moins ; jaune, 80 % ; vert, 100 %.</figcaption></figure>
<div>${table(['Confiance', 'Surface', ''], tenths)}</div></div>
${rows.length > 0 ? `<h3 style="margin-top:1.2rem">Les plus grands objets à revoir</h3>${table(['Objet', 'Couverture', 'Confiance', 'Surface', 'Où'], rows)}` : ''}
<p class="note">Les ${whole(confidence.lowCount)} objets de confiance sous ${percent(confidence.below)} : <a href="${files.low}">${files.low}</a>, à ouvrir dans QGIS.</p>`,
  );
}
