/** The part of the page on the stratified sample; and a page of its own for points labelled by a person. Pure. */

import { area, decimal, head, labelHtml, percent, range, row, table, text, whole } from '../page-format.ts';
import { dateOf, document, section } from '../page-frame.ts';
import type { PointsReport } from './evaluate.ts';
import { LEVEL_TITLES } from './page-scores.ts';
import { SAMPLE_TERM } from './page-words.ts';
import type { SampleEstimates } from './sample.ts';
import type { Estimate } from './stratified.ts';

const cell = (estimate: Estimate | null) =>
  estimate === null ? '–' : `${percent(estimate.value)}<small>${range(estimate.interval)}</small>`;

export function sampleSection(sample: SampleEstimates): string {
  const { estimates, labels, pixelM2 } = sample;
  const totalM2 =
    pixelM2 * estimates.strata.reduce((all, stratum) => all + (stratum.points > 0 ? stratum.mapPx : 0), 0);
  const rows = labels.map((label, index) => {
    const { mapPx, points, userAccuracy, producerAccuracy, area: share } = estimates.strata[index]!;
    return row([
      labelHtml(label),
      whole(points),
      area(mapPx * pixelM2),
      `${area(share.value * totalM2)}<small>${share.interval ? share.interval.map((bound) => area(bound * totalM2)).join(' – ') : ''}</small>`,
      cell(userAccuracy),
      cell(producerAccuracy),
    ]);
  });
  const missing = sample.strataWithoutPoint;
  return section(
    'Échantillon stratifié',
    `<p>${whole(sample.points)} points${sample.unlabelled > 0 ? ` (${whole(sample.unlabelled)} autres ne sont pas étiquetés)` : ''} : <strong>${percent(estimates.accuracy.value)}</strong> du terrain est juste, entre ${range(estimates.accuracy.interval).replace(' – ', ' et ')} (IC 95 %).</p>
${missing.length > 0 ? `<p class="warning">Aucun point étiqueté dans ${text(missing.join(', '))} : les estimations ne parlent pas de ce terrain.</p>` : ''}
${table(['Couverture', 'Points', 'Surface sur la carte', 'Surface estimée', 'Précision (utilisateur)', 'Rappel (producteur)'], rows)}
<h3 style="margin-top:1.2rem">Par niveau</h3>
${table(
  ['Niveau', 'Classes', 'Terrain juste'],
  sample.accuracyByLevel.map(({ level, labels: count, accuracy }) =>
    row([LEVEL_TITLES[level]!, count, cell(accuracy)]),
  ),
)}
<details><summary>Points par classe de la carte et du terrain</summary>${pointMatrix(sample)}</details>`,
  );
}

function pointMatrix({ labels, counts }: SampleEstimates): string {
  const rows = labels.map((label, index) =>
    row([labelHtml(label), ...counts[index]!.map((count) => (count === 0 ? '' : whole(count)))]),
  );
  return `<div class="scroll"><table class="matrix">${head(['carte ↓ terrain →', ...labels.map(({ key }) => text(key))])}<tbody>${rows.join('')}</tbody></table></div>`;
}

/** The report of points alone. */
export function drawPointsPage({ generatedAt, file, sample }: PointsReport): string {
  const { accuracy } = sample.estimates;
  return document(
    'Évaluation par points',
    `<h1>Évaluation par points</h1>
<p class="subtitle">${whole(sample.points)} points étiquetés de ${text(file.path.split(/[\\/]/).at(-1))} <code>${file.sha256.slice(0, 12)}</code>, le ${dateOf(generatedAt)}.</p>
<div class="headline"><div class="figure main"><span class="label">Terrain juste (CS)</span><span class="value">${percent(accuracy.value)}</span><span class="range">± ${decimal(accuracy.error * 196, 1)} points (IC 95 %)</span></div></div>
${sampleSection(sample)}
${section('Définitions', `<dl><dt>${SAMPLE_TERM[0]}</dt><dd>${SAMPLE_TERM[1]}</dd></dl>`)}`,
  );
}
