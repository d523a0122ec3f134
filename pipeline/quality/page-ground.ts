/** The part of the page that shows the ground: before, after, and close up. Pure. */
import { brief, decimal, metres, swatch, text } from '../page-format.ts';
import { section } from '../page-frame.ts';
import { polygonsSvg, type WindowPictures } from './draw-window.ts';
import type { PagePictures } from './page.ts';

const CONTEXT_PX = 560;
const DETAIL_PX = 1000;

export function groundSection({ windows, maps, overview, colours, names }: PagePictures): string {
  const codes = new Set(windows.flatMap(({ objects }) => objects.map(({ codeCs }) => codeCs)));
  const legend = [...codes]
    .sort()
    .map(
      (code) => `<li>${swatch(colours.get(code) ?? '#888888')}${text(code)} ${text(brief(names.get(code) ?? ''))}</li>`,
    );
  const detail = windows.at(-1)!;
  const contexts = windows.slice(0, -1).map((window) => context(window, colours));
  return section(
    'Avant et après',
    `<ul class="legend">${legend.join('')}</ul><div class="windows">${contexts.join('')}
<div><h3>De l’escalier à la ligne</h3><p class="note">${placeWords(detail)}. Les pixels qui ont été tracés, les contours publiés par-dessus, un cercle par sommet.</p>
${polygonsSvg(detail, colours, { sidePx: DETAIL_PX, under: detail.traced })}</div></div>
<h3 style="margin-top:1.4rem">Toute l’emprise</h3><figure><img class="blocks" src="${maps.covers}" alt="Les polygones de toute l’emprise" width="${overview.widthPx}"></figure>`,
  );
}

function context(window: WindowPictures, colours: Map<string, string>): string {
  const image = (source: string, caption: string) =>
    `<figure><img src="${source}" alt="${caption}"><figcaption>${caption}</figcaption></figure>`;
  const before = window.before
    ? image(window.before, 'Avant : les classes du modèle')
    : image(window.traced, 'Avant : le raster tracé');
  return `<div><h3>${window.title}</h3><p class="note">${placeWords(window)}</p>
<div class="strip pair">${before}<figure>${polygonsSvg(window, colours, { sidePx: CONTEXT_PX })}<figcaption>Après : les polygones</figcaption></figure></div></div>`;
}

const placeWords = ({ bbox: [minX, minY, maxX, maxY] }: WindowPictures) =>
  `${metres(maxX - minX)} × ${metres(maxY - minY)} autour de ${decimal((minX + maxX) / 2, 0)}, ${decimal((minY + maxY) / 2, 0)}`;
