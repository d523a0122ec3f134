/** Tables of scores: by class, confusion, by level. Pure. */

import { area, decimal, head, labelHtml, percent, range, row, table, text, whole } from '../page-format.ts';
import type { BlockIntervals, Interval } from './bootstrap.ts';
import type { LevelReport, ScoreReport } from './report.ts';

export const LEVEL_TITLES: Record<string, string> = {
  class: 'Classes du modèle',
  cs: 'Couverture (CS)',
  'cs-3': 'CS, trois niveaux (CS1.1.1…)',
  'cs-2': 'CS, deux niveaux (CS1.1…)',
  'cs-1': 'CS, un niveau (CS1, CS2)',
};

/** One line a class; with intervals where `intervals` are of this level. */
export function classTable({ labels, scores }: LevelReport, pixelM2: number, intervals?: BlockIntervals): string {
  const rows = labels.map((label, index) => {
    const { truthPx, foundPx, precision, recall, f1, iou } = scores.classes[index]!;
    const of = intervals?.classes[index];
    const cell = (value: number | null, interval?: Interval) =>
      `${percent(value)}<small>${range(interval ?? null)}</small>`;
    return row([
      labelHtml(label),
      area(truthPx * pixelM2),
      area(foundPx * pixelM2),
      cell(precision, of?.precision),
      cell(recall, of?.recall),
      cell(f1, of?.f1),
      `${decimal(iou)}<small>${of?.iou ? `${decimal(of.iou[0])} – ${decimal(of.iou[1])}` : ''}</small>`,
      bar(iou, of?.iou ?? null),
    ]);
  });
  return table(['Classe', 'Vérité', 'Prédiction', 'Précision', 'Rappel', 'F1', 'IoU', ''], rows);
}

function bar(share: number | null, interval: Interval): string {
  if (share === null) return '';
  const whisker = interval
    ? `<b style="left:${(interval[0] * 100).toFixed(1)}%;width:${((interval[1] - interval[0]) * 100).toFixed(1)}%"></b>`
    : '';
  return `<div class="bar"><i style="width:${(share * 100).toFixed(1)}%"></i>${whisker}</div>`;
}

/** Confusion as a heat map: of each class of the truth, the share found as each class. Pixels are in the tooltips. */
export function confusionTable({ labels, confusion, scores }: LevelReport): string {
  const rows = labels.map((label, truth) => {
    const { truthPx, recall } = scores.classes[truth]!;
    const cells = confusion[truth]!.map((pixels, found) => {
      const share = truthPx === 0 ? 0 : pixels / truthPx;
      const title = `vérité ${label.key}, trouvé ${labels[found]!.key} : ${whole(pixels)} pixels`;
      return `<td style="${heat(share, truth === found)}" title="${text(title)}">${pixels === 0 ? '' : share < 0.0005 ? '<0,1' : decimal(share * 100, 1)}</td>`;
    });
    return `<tr><th scope="row">${labelHtml(label)}</th>${cells.join('')}<td class="total">${whole(truthPx)}</td><td class="total">${percent(recall)}</td></tr>`;
  });
  const precisions = scores.classes.map(({ precision }) => `<td class="total">${percent(precision)}</td>`).join('');
  const columns = ['vérité ↓ prédiction →', ...labels.map(({ key }) => text(key)), 'pixels', 'rappel'];
  return `<div class="scroll"><table class="matrix"><caption>En % de la vérité de chaque ligne ; le compte des pixels s’affiche au survol.</caption>${head(columns)}<tbody>${rows.join('')}<tr><th scope="row">précision</th>${precisions}<td class="total"></td><td class="total">${percent(scores.accuracy)}</td></tr></tbody></table></div>`;
}

/** Green on the diagonal, red elsewhere, as strong as the share's square root. */
function heat(share: number, right: boolean): string {
  const strength = Math.sqrt(share);
  const ink = strength > 0.75 ? '#fff' : '#1c2a24';
  return share === 0
    ? 'background:#fafbfa'
    : `background:rgb(${right ? '11 107 71' : '194 24 91'} / ${(strength * 100).toFixed(0)}%);color:${ink}`;
}

/** Every level on one line. */
export function levelTable(levels: LevelReport[]): string {
  const rows = levels.map(({ id, labels, scores }) =>
    row([
      LEVEL_TITLES[id]!,
      labels.length,
      percent(scores.accuracy),
      decimal(scores.meanIou),
      decimal(scores.meanIouTruth),
      decimal(scores.meanIouFlair),
      percent(scores.meanF1),
      percent(scores.balancedAccuracy),
      decimal(scores.kappa),
    ]),
  );
  return table(
    [
      'Niveau',
      'Classes',
      'Pixels justes',
      'mIoU',
      'mIoU (vérité)',
      'mIoU (FLAIR)',
      'F1 moyen',
      'Rappel moyen',
      'Kappa',
    ],
    rows,
  );
}

/** Scores away from boundaries, and of the boundaries themselves. */
export function toleranceTable({ tolerance, headline }: ScoreReport): string {
  const rows = [
    row(['toutes distances', '100 %', percent(headline.accuracy), decimal(headline.meanIou), '', '', '']),
    ...tolerance.map(({ tolerancePx, toleranceM, keptShare, accuracy, meanIou, boundary }) =>
      row([
        `${tolerancePx} px (${decimal(toleranceM, 1)} m)`,
        percent(keptShare),
        percent(accuracy),
        decimal(meanIou),
        percent(boundary.precision),
        percent(boundary.recall),
        percent(boundary.f1),
      ]),
    ),
  ];
  return table(['Tolérance', 'Pixels gardés', 'Pixels justes', 'mIoU', 'Frontières : précision', 'rappel', 'F1'], rows);
}
