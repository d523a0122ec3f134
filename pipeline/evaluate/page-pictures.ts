/** The part of the page that shows the ground. Pure. */

import { groundX, groundY } from '../grid.ts';
import { brief, decimal, metres, percent, swatch, text } from '../page-format.ts';
import type { Report } from './evaluate.ts';
import { type drawBlocks, ERROR_COLOUR, NEAR_ERROR_COLOUR, type WindowPictures } from './pictures.ts';

export interface PagePictures {
  windows: WindowPictures[];
  blocks: ReturnType<typeof drawBlocks>;
}

const WHY = { worst: 'Parmi les pires', median: 'Médian', random: 'Au hasard' };

export function picturesSection(
  { subject, levels, intervals, tolerance }: Report,
  { windows, blocks }: PagePictures,
): string {
  const { labels } = levels.find(({ id }) => id === 'cs')!;
  const nearM = tolerance.find(({ asked }) => asked)!.toleranceM;
  const legend = [
    ...labels.map(({ key, title, colour }) => `<li>${swatch(colour)}${text(key)} ${text(brief(title))}</li>`),
    `<li>${swatch(ERROR_COLOUR)}erreur</li>`,
    `<li>${swatch(NEAR_ERROR_COLOUR)}erreur à ${metres(nearM)} ou moins d’une frontière de la vérité</li>`,
  ].join('');
  const strips = windows.map((window) => strip(window, subject.grid)).join('');
  const map = blocks
    ? `<figure><img class="blocks" src="${blocks.png}" alt="Exactitude par bloc" style="aspect-ratio:${blocks.columns}/${blocks.rows}"><figcaption>Pixels justes par bloc de ${metres(intervals.blockM)} : rouge, la moitié ou moins ; jaune, 80 % ; vert, tous. Blanc : rien d’annoté.</figcaption></figure>`
    : '';
  return `<section><h2>Sur le terrain</h2><ul class="legend">${legend}</ul><div class="windows">${strips}</div>${map && `<h3 style="margin-top:1.4rem">Où sont les erreurs</h3>${map}`}</section>`;
}

function strip(
  { why, window, accuracy, photo, truth, prediction, errors }: WindowPictures,
  grid: Report['subject']['grid'],
): string {
  const image = (source: string, caption: string) =>
    `<figure><img src="${source}" alt="${caption}"><figcaption>${caption}</figcaption></figure>`;
  const x = decimal(groundX(grid, window.xPx + window.widthPx / 2), 0);
  const y = decimal(groundY(grid, window.yPx + window.heightPx / 2), 0);
  return `<div><h3>${WHY[why]} : ${percent(accuracy)} de pixels justes dans le bloc</h3>
<p class="note">${metres(window.widthPx * grid.resolutionM)} × ${metres(window.heightPx * grid.resolutionM)} autour de ${x}, ${y}</p>
<div class="strip">${photo ? image(photo, 'Photo') : ''}${image(truth, 'Vérité')}${image(prediction, 'Prédiction')}${image(errors, 'Erreurs')}</div></div>`;
}
