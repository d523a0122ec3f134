/** The two steps measured apart: what the semantic one gave and took, how far the geometric one moved borders. Pure. */

import { area, decimal, percent, row, signedArea, signedShare, table, text, whole } from '../page-format.ts';
import { section } from '../page-frame.ts';
import type { PassTally } from '../polygons-measures.ts';
import { codeHtml, type PagePictures } from './page.ts';
import { boundsTable, stateHtml } from './page-bounds.ts';
import type { QualityReport } from './report.ts';

type Names = Pick<PagePictures, 'colours' | 'names'>;

const PASS_WORDS: Record<PassTally['pass'], string> = {
  recode: 'Bruit, peuplements mixtes',
  specks: 'Mouchetures',
  buildings: 'Bâtiments groupés, agrandis',
  ossature: 'Ossature',
  widths: 'Largeurs',
  units: 'Unités minimales',
};

export function semanticSection({ semantic }: QualityReport, names: Names): string {
  if (semantic === null) return '';
  const isThere = (m2: number) => Math.round(m2) > 0;
  const cell = (gainedM2: number, lostM2: number) =>
    `${isThere(gainedM2) ? signedArea(gainedM2) : ''}${isThere(lostM2) ? `<small>${signedArea(-lostM2)}</small>` : ''}`;
  const moved = semantic.total.filter(({ gainedM2, lostM2 }) => isThere(gainedM2) || isThere(lostM2));
  const rows = moved.map(({ codeCs, gainedM2, lostM2 }) =>
    row([
      codeHtml(codeCs, names),
      ...semantic.passes.map(({ classes }) => {
        const flow = classes.find((other) => other.codeCs === codeCs);
        return flow ? cell(flow.gainedM2, flow.lostM2) : '';
      }),
      cell(gainedM2, lostM2),
      signedArea(gainedM2 - lostM2),
    ]),
  );
  const passes = semantic.passes.map(({ pass }) => PASS_WORDS[pass as PassTally['pass']] ?? pass);
  return section(
    'Étape sémantique : surfaces gagnées et perdues',
    `<p>Ce que chaque passe a donné à chaque couverture et ce qu’elle lui a pris. Le produit l’exige ainsi : cela se constate, cela ne se borne pas.</p>${table(['Couverture', ...passes, 'Total', 'Solde'], rows)}`,
  );
}

/** Rows of the page's table; all are in quality.json. */
const LOST_SHOWN = 50;

export function lostBuildingsSection({ lostBuildings }: QualityReport): string {
  if (lostBuildings.length === 0) return '';
  const rows = lostBuildings
    .slice(0, LOST_SHOWN)
    .map(({ xM, yM, areaM2, reason }) => row([`${decimal(xM, 1)} ; ${decimal(yM, 1)}`, area(areaM2), text(reason)]));
  return section(
    'Bâtiments trop petits, non agrandis',
    `<p>${whole(lostBuildings.length)} bâtiments d’au moins 50 m² ont rejoint la couverture qui les entoure.</p>
<details><summary>${rows.length < lostBuildings.length ? `Les ${LOST_SHOWN} premiers` : 'Où, et pourquoi'}</summary>${table(['Coordonnées', 'Surface', 'Raison'], rows)}</details>`,
  );
}

export function geometrySection({ geometric, bounds, subject }: QualityReport, names: Names): string {
  if (geometric === null) return '';
  const { displacement, verticesBefore, verticesAfter, boundaryM, squared } = geometric;
  const facts = [
    `Déplacement moyen des contours : <strong>${decimal(displacement.meanM, 3)} m</strong> (un pixel : ${decimal(subject.grid.resolutionM, 2)} m) ; au plus <strong>${decimal(displacement.maxM, 2)} m</strong>`,
    `Sommets : ${whole(verticesBefore)} avant, ${whole(verticesAfter)} après, soit <strong>${decimal(verticesBefore / Math.max(verticesAfter, 1), 1)} fois moins</strong> pour ${decimal(boundaryM / 1000, 1)} km de contours`,
    ...(squared ? squaredFacts(squared) : []),
  ];
  const rows = geometric.areas.map(({ codeCs, beforeM2, afterM2 }) =>
    row([
      codeHtml(codeCs, names),
      area(beforeM2),
      area(afterM2),
      beforeM2 > 0 ? signedShare(afterM2 / beforeM2 - 1) : '–',
      stateHtml(bounds.find((bound) => bound.codeCs === codeCs)),
    ]),
  );
  return section(
    'Étape géométrique : des pixels aux lignes',
    `<div class="columns"><figure>${histogram(displacement)}<figcaption>Longueur de contour par déplacement.</figcaption></figure><ul>${facts.map((fact) => `<li>${fact}</li>`).join('')}</ul></div>${table(['Couverture', 'Avant', 'Après', 'Écart', 'Au plus 0,5 %'], rows, 'Surfaces avant et après le dessin des lignes, bâtiments d’équerre, bords d’équerre des autres et ossature à part')}${boundsTable(bounds)}`,
  );
}

function squaredFacts(squared: NonNullable<NonNullable<QualityReport['geometric']>['squared']>): string[] {
  const { count, partly, none, leastIou, beforeM2, afterM2 } = squared;
  const kept =
    count + partly > 0
      ? ` ; chacun de ces bâtiments garde une IoU d’au moins ${decimal(leastIou, 3)}, surface totale ${signedShare(afterM2 / beforeM2 - 1)}`
      : '';
  const left =
    partly + none > 0
      ? [
          'Un bord qui n’est pas d’équerre est redressé seulement : il longe l’ossature, aucune orientation ne domine dans le bâtiment, la limite d’autres couvertures suit le mur de trop près, ou l’IoU n’y serait pas de 0,9',
        ]
      : [];
  return [
    `Bâtiments rendus d’équerre : ${whole(count)} ; en partie : ${whole(partly)} ; pas du tout : ${whole(none)}${kept}`,
    'D’équerre : tous les murs suivent, à 1° près, l’orientation du bâtiment ou sa perpendiculaire, ou un pan coupé d’au moins huit pixels ; un décrochement de moins de deux pixels, où deux couvertures se rejoignent contre un mur, n’est pas un mur',
    ...left,
  ];
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [420, 170, 50, 34];

function histogram({ binM, metres: all }: NonNullable<QualityReport['geometric']>['displacement']): string {
  const metres = all.slice(0, Math.max(all.findLastIndex((length) => length > 0) + 1, 6));
  const total = metres.reduce((sum, length) => sum + length, 0);
  const highest = Math.max(...metres, 1e-9);
  const wide = (WIDTH - LEFT) / metres.length;
  const labelled = Math.ceil(metres.length / 6);
  const bars = metres.map((length, bin) => {
    const tall = (length / highest) * (HEIGHT - 14);
    const x = LEFT + bin * wide;
    const label =
      bin % labelled === 0
        ? `<text x="${x.toFixed(1)}" y="${HEIGHT + 14}" text-anchor="middle">${decimal(bin * binM, 2)}</text>`
        : '';
    return `<rect x="${(x + 0.5).toFixed(1)}" width="${Math.max(wide - 1, 0.5).toFixed(1)}" y="${(HEIGHT - tall).toFixed(1)}" height="${tall.toFixed(1)}" fill="#0b6b47"><title>${decimal(bin * binM, 2)} à ${decimal((bin + 1) * binM, 2)} m : ${percent(length / Math.max(total, 1e-9))}</title></rect>${label}`;
  });
  return `<svg viewBox="0 0 ${WIDTH + 10} ${HEIGHT + BOTTOM}" width="${WIDTH + 10}" role="img" aria-label="Déplacement des contours"><text x="${LEFT - 6}" y="22" text-anchor="end">${percent(highest / Math.max(total, 1e-9))}</text>${bars.join('')}<line x1="${LEFT}" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}" stroke="#c4cec8"/><text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT + 30}" text-anchor="middle">déplacement (m)</text></svg>`;
}
