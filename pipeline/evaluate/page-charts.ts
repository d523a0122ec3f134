/** The charts of the page, as SVG. Pure. */

import { decimal, metres, percent } from '../page-format.ts';
import type { Calibration } from './calibration.ts';
import type { ToleranceReport } from './report.ts';

const SIDE = 300;
const LEFT = 58;
const RIGHT = 26;
const BOTTOM = 36;
const TOP = 10;

const x = (share: number) => LEFT + share * SIDE;
const y = (share: number) => TOP + (1 - share) * SIDE;

const frame = (body: string, title: string, axisX: string, axisY: string) => `
<svg viewBox="0 0 ${LEFT + SIDE + RIGHT} ${TOP + SIDE + BOTTOM}" width="${LEFT + SIDE + RIGHT}" role="img" aria-label="${title}">
${[0, 0.25, 0.5, 0.75, 1]
  .map(
    (share) => `<line x1="${x(0)}" x2="${x(1)}" y1="${y(share)}" y2="${y(share)}" stroke="#e6ebe8"/>
<text x="${LEFT - 6}" y="${y(share) + 4}" text-anchor="end">${Math.round(share * 100)} %</text>
<text x="${x(share)}" y="${TOP + SIDE + 16}" text-anchor="middle">${Math.round(share * 100)} %</text>`,
  )
  .join('')}
${body}
<text x="${x(0.5)}" y="${TOP + SIDE + 31}" text-anchor="middle">${axisX}</text>
<text x="${-(TOP + SIDE / 2)}" y="10" text-anchor="middle" transform="rotate(-90)">${axisY}</text>
</svg>`;

/** Share right against confidence: on the diagonal, a confidence means what it says. Bars as wide as their bins. */
export function reliabilityChart({ bins, pixels }: Calibration): string {
  const bars = bins
    .flatMap(({ from, to, accuracy, confidence, pixels: held }) => {
      if (accuracy === null) return [];
      const title = `confiance ${percent(from)} à ${percent(to)} : ${percent(accuracy)} de pixels justes, confiance moyenne ${percent(confidence)}, ${percent(held / pixels)} des pixels`;
      const gap = `<line x1="${x(confidence!)}" x2="${x(confidence!)}" y1="${y(accuracy)}" y2="${y(confidence!)}" stroke="#c2185b" stroke-width="2"/>`;
      return [
        `<g><title>${title}</title><rect x="${x(from) + 0.5}" width="${x(to) - x(from) - 1}" y="${y(accuracy)}" height="${y(0) - y(accuracy)}" fill="#0b6b47" opacity="${(0.3 + 0.7 * Math.sqrt(held / pixels)).toFixed(2)}"/>${gap}</g>`,
      ];
    })
    .join('');
  const diagonal = `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#1c2a24" stroke-dasharray="5 4"/>`;
  return frame(bars + diagonal, 'Diagramme de fiabilité', 'confiance annoncée', 'pixels justes');
}

/** How many pixels each bin of confidence holds. */
export function confidenceHistogram({ bins, pixels }: Calibration): string {
  const height = 90;
  const highest = Math.max(...bins.map((bin) => bin.pixels / pixels));
  const bars = bins.map((bin) => {
    const tall = (bin.pixels / pixels / highest) * (height - 14);
    return `<rect x="${x(bin.from) + 0.5}" width="${x(bin.to) - x(bin.from) - 1}" y="${height - tall}" height="${tall}" fill="#8aa79a"><title>${percent(bin.pixels / pixels)} des pixels</title></rect>`;
  });
  return `<svg viewBox="0 0 ${LEFT + SIDE + RIGHT} ${height + 18}" width="${LEFT + SIDE + RIGHT}" role="img" aria-label="Répartition des confiances">
<text x="${LEFT - 6}" y="22" text-anchor="end">${percent(highest)}</text>${bars.join('')}
<line x1="${x(0)}" x2="${x(1)}" y1="${height}" y2="${height}" stroke="#c4cec8"/>
<text x="${x(0.5)}" y="${height + 14}" text-anchor="middle">part des pixels par confiance</text></svg>`;
}

/** Share right of the pixels farther and farther from the boundaries of the truth. */
export function toleranceChart(accuracy: number, rows: ToleranceReport[]): string {
  const points = [{ toleranceM: 0, accuracy: accuracy as number | null }, ...rows].flatMap((row) =>
    row.accuracy === null ? [] : [{ toleranceM: row.toleranceM, accuracy: row.accuracy }],
  );
  const lowest = Math.floor(Math.min(...points.map((point) => point.accuracy)) * 20 - 0.2) / 20;
  const [width, height] = [SIDE, 150];
  const far = points.at(-1)!.toleranceM || 1;
  const at = (point: (typeof points)[number]) => ({
    px: LEFT + (point.toleranceM / far) * width,
    py: TOP + (1 - (point.accuracy - lowest) / (1 - lowest)) * height,
  });
  const line = points.map((point) => `${at(point).px.toFixed(1)},${at(point).py.toFixed(1)}`).join(' ');
  const marks = points.map((point) => {
    const { px, py } = at(point);
    return `<circle cx="${px}" cy="${py}" r="4" fill="#0b6b47"><title>à plus de ${metres(point.toleranceM)} : ${percent(point.accuracy)}</title></circle>
<text x="${px}" y="${TOP + height + 16}" text-anchor="middle">${decimal(point.toleranceM, 1)}</text>`;
  });
  return `<svg viewBox="0 0 ${LEFT + width + RIGHT} ${TOP + height + BOTTOM}" width="${LEFT + width + RIGHT}" role="img" aria-label="Exactitude loin des frontières">
${[lowest, (1 + lowest) / 2, 1]
  .map((share) => {
    const py = TOP + (1 - (share - lowest) / (1 - lowest)) * height;
    return `<line x1="${LEFT}" x2="${LEFT + width}" y1="${py}" y2="${py}" stroke="#e6ebe8"/><text x="${LEFT - 6}" y="${py + 4}" text-anchor="end">${decimal(share * 100, 0)} %</text>`;
  })
  .join('')}
<polyline points="${line}" fill="none" stroke="#0b6b47" stroke-width="2"/>${marks.join('')}
<text x="${LEFT + width / 2}" y="${TOP + height + 32}" text-anchor="middle">distance minimale à une frontière de la vérité (m)</text></svg>`;
}
