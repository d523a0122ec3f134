/** report.html: one page that needs nothing else. */

import { area, decimal, metres, percent, range, text, whole } from '../page-format.ts';
import { dateOf, document, section } from '../page-frame.ts';
import type { Interval } from './bootstrap.ts';
import type { Report, Subject } from './evaluate.ts';
import { confidenceHistogram, reliabilityChart, toleranceChart } from './page-charts.ts';
import { type PagePictures, picturesSection } from './page-pictures.ts';
import { sampleSection } from './page-sample.ts';
import { classTable, confusionTable, LEVEL_TITLES, levelTable, toleranceTable } from './page-scores.ts';
import { definitions } from './page-words.ts';
import type { LevelReport } from './report.ts';

/** Fewer blocks than this give intervals that are too narrow: the page says so. */
const FEW_BLOCKS = 20;

/** The whole report as a document. */
export function drawPage(report: Report, pictures: PagePictures): string {
  const { subject } = report;
  return document(
    `Évaluation : ${subject.title}`,
    `<h1>Évaluation : ${text(subject.title)}</h1>
<p class="subtitle">${whole(report.pixels.scoredPx)} pixels (${area(report.pixels.scoredM2)}) comparés à la vérité terrain, le ${dateOf(subject.generatedAt)}.</p>
${headline(report)}
${fewBlocks(report)}
${classSection(report)}
${confusionSection(report)}
${section('Par niveau de la nomenclature', levelTable(report.levels))}
${picturesSection(report, pictures)}
${boundarySection(report)}
${calibrationSection(report)}
${report.sample ? sampleSection(report.sample) : ''}
${subjectSection(report)}
${section('Définitions', definitions(report))}`,
  );
}

const figure = (label: string, value: string, below: string, main = false) =>
  `<div class="figure${main ? ' main' : ''}"><span class="label">${label}</span><span class="value">${value}</span><span class="range">${below}</span></div>`;

function headline({ headline, intervals, calibration, tolerance, levels }: Report): string {
  const kept = tolerance.find(({ asked }) => asked)!;
  const between = headline.interval
    ? `entre ${range(headline.interval).replace(' – ', ' et ')} (IC 95 %)`
    : 'sans intervalle : un seul bloc';
  const error = calibration.cs;
  return `<div class="headline">
${figure('Pixels justes (CS)', percent(headline.accuracy), between, true)}
${figure('IoU moyenne (CS)', decimal(headline.meanIou), iouWords(headline.meanIouInterval, levels.find(({ id }) => id === 'cs')!))}
${figure(`À plus de ${metres(kept.toleranceM)} des frontières`, percent(kept.accuracy), `${percent(kept.keptShare)} des pixels`)}
${error ? figure('Erreur de calibration', decimal(error.expectedError), `confiance moyenne ${percent(error.meanConfidence)}`) : figure('Blocs de terrain', whole(intervals.blocks), `de ${metres(intervals.blockM)}`)}
</div>`;
}

/** The interval; and the mean without the classes that the truth does not hold, where there are. */
function iouWords(interval: Interval, { scores, labels }: LevelReport): string {
  const absent = scores.classes.filter(({ truthPx }) => truthPx === 0).length;
  const between = interval
    ? `entre ${decimal(interval[0])} et ${decimal(interval[1])} (IC\u00a095\u00a0%)`
    : `${labels.length} classes`;
  return absent === 0
    ? between
    : `${between}<br>${decimal(scores.meanIouTruth)} sur les ${labels.length - absent} classes de la vérité`;
}

function fewBlocks({ intervals }: Report): string {
  if (intervals.blocks >= FEW_BLOCKS) return '';
  return `<p class="warning">La vérité ne couvre que ${intervals.blocks} bloc${intervals.blocks > 1 ? 's' : ''} de ${metres(intervals.blockM)} : ${
    intervals.blocks < 2
      ? 'aucun intervalle de confiance ne peut être donné'
      : 'les intervalles de confiance sont trop étroits'
  }, et les chiffres ne valent que pour ce terrain.</p>`;
}

function classSection({ levels, intervals, subject }: Report): string {
  const pixelM2 = subject.grid.resolutionM ** 2;
  const cs = levels.find(({ id }) => id === 'cs')!;
  const byClass = levels.find(({ id }) => id === 'class');
  const more = byClass
    ? `<details><summary>${LEVEL_TITLES['class']}</summary>${classTable(byClass, pixelM2)}</details>`
    : '';
  return section(
    'Par couverture',
    `${classTable(cs, pixelM2, intervals)}<p class="note">En petit, l’intervalle de confiance à 95 % ; sur les barres, celui de l’IoU.</p>${more}`,
  );
}

function confusionSection({ levels }: Report): string {
  const cs = levels.find(({ id }) => id === 'cs')!;
  const others = levels
    .filter(({ id }) => id !== 'cs')
    .map((level) => `<details><summary>${LEVEL_TITLES[level.id]}</summary>${confusionTable(level)}</details>`);
  return section('Matrice de confusion', confusionTable(cs) + others.join(''));
}

function boundarySection(report: Report): string {
  return section(
    'Près et loin des frontières',
    `<p>Un pixel à cheval sur deux couvertures n’a pas de vraie classe, et un contour dessiné à la main n’est pas au pixel près : les scores sont redonnés sans les pixels proches d’une frontière de la vérité.</p>
<div class="columns"><figure>${toleranceChart(report.headline.accuracy, report.tolerance)}<figcaption>Pixels justes, de plus en plus loin des frontières.</figcaption></figure></div>
${toleranceTable(report)}`,
  );
}

function calibrationSection({ calibration, brier }: Report): string {
  const { cs, class: byClass } = calibration;
  if (!cs) return '';
  const gap = cs.meanConfidence - cs.accuracy;
  const words = Math.abs(gap) < 0.01 ? 'ni trop ni trop peu confiant' : gap > 0 ? 'trop confiant' : 'trop prudent';
  const facts = [
    `Erreur de calibration attendue (ECE) : <strong>${decimal(cs.expectedError)}</strong>${byClass ? ` (classes du modèle : ${decimal(byClass.expectedError)})` : ''}`,
    `Plus grand écart d’une tranche : <strong>${decimal(cs.maxError)}</strong>`,
    `Confiance moyenne ${percent(cs.meanConfidence)} pour ${percent(cs.accuracy)} de pixels justes : le modèle est ${words}`,
    ...(brier.cs === undefined ? [] : [`Score de Brier : <strong>${decimal(brier.cs)}</strong>`]),
  ];
  return section(
    'Calibration de la confiance',
    `<div class="columns"><figure>${reliabilityChart(cs)}${confidenceHistogram(cs)}<figcaption>Diagramme de fiabilité : sur la diagonale, une confiance de 80 % est juste huit fois sur dix. En rouge, l’écart ; plus une barre est pâle, moins elle compte de pixels.</figcaption></figure>
<div><ul>${facts.map((fact) => `<li>${fact}</li>`).join('')}</ul></div></div>`,
  );
}

function subjectSection({ subject, pixels }: Report): string {
  const { grid, bbox } = subject;
  const rows: [string, string][] = [
    ['Modèle', subject.prediction.modelId === null ? 'non indiqué' : text(subject.prediction.modelId)],
    ['Prédiction', fileList(subject.prediction.files)],
    [
      'Faite à partir de',
      subject.prediction.madeFrom.length === 0 ? 'non indiqué' : fileList(subject.prediction.madeFrom),
    ],
    ['Vérité', fileList(subject.truth.files)],
    [
      'Grille',
      `EPSG:${grid.srid}, pixels de ${metres(grid.resolutionM)}, ${whole(grid.widthPx)} × ${whole(grid.heightPx)}`,
    ],
    ['Emprise', `x ${decimal(bbox[0], 1)} à ${decimal(bbox[2], 1)}, y ${decimal(bbox[1], 1)} à ${decimal(bbox[3], 1)}`],
    [
      'Pixels annotés',
      `${whole(pixels.annotatedPx)}, dont ${whole(pixels.unpredictedPx)} sans prédiction, ${whole(pixels.scoredPx)} comparés`,
    ],
    [
      'Réglages',
      `blocs de ${metres(subject.options.blockM)}, tolérance ${metres(subject.options.toleranceM)}, graine ${subject.options.seed}${subject.options.ignore.length > 0 ? `, classes ignorées : ${text(subject.options.ignore.join(', '))}` : ''}`,
    ],
    ['Établi le', text(subject.generatedAt)],
  ];
  const body = rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join('');
  return section('Ce qui a été évalué', `<table class="facts"><tbody>${body}</tbody></table>`);
}

const SHOWN_FILES = 6;

/** Names and the first digits of their sha256; report.json has them all, whole. */
function fileList(files: Subject['truth']['files']): string {
  const shown = files
    .slice(0, SHOWN_FILES)
    .map(({ path, sha256 }) => `${text(path.split(/[\\/]/).slice(-3).join('/'))} <code>${sha256.slice(0, 12)}</code>`);
  const more = files.length > SHOWN_FILES ? [`et ${files.length - SHOWN_FILES} autres`] : [];
  return [...shown, ...more].join('<br>');
}
