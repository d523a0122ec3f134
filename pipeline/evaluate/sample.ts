/** Drawing a stratified sample of a map, and what labelled points say of it. Pure. */
import { BadInput } from '../errors.ts';
import type { Grid } from '../grid.ts';
import { type Label, planLevels, type ScoredClass } from './labels.ts';
import { hash } from './random.ts';
import { pointAt, type SamplePoint } from './sample-file.ts';
import type { SampledPixel, Sampler } from './sampler.ts';
import { allocate, type Estimate, estimateShare, type StratifiedEstimates, stratifiedEstimates } from './stratified.ts';

/** Fewest points of a stratum, as far as it has pixels: Olofsson et al. advise 50 to 100 for rare classes; a person's time counts too. */
export const LEAST_POINTS = 30;

export interface SampleEstimates {
  points: number;
  /** Points nobody has labelled yet: left out. */
  unlabelled: number;
  labels: Label[];
  /** Labels × labels, map in rows, truth in columns. */
  counts: number[][];
  pixelM2: number;
  /** Strata no labelled point fell in: the estimates do not speak of their ground. */
  strataWithoutPoint: string[];
  estimates: StratifiedEstimates;
  /** Share of the ground right when codes are cut to a level. */
  accuracyByLevel: { level: string; labels: number; accuracy: Estimate }[];
}

/** Takes `total` points from what the sampler kept; `mapPx`: pixels per stratum. In an order that tells nothing of the strata. */
export function drawPoints(
  sampler: Sampler,
  labels: Label[],
  mapPx: number[],
  draw: { total: number; seed: number; grid: Grid },
): (SampledPixel & SamplePoint)[] {
  const points = allocate(draw.total, mapPx, LEAST_POINTS).flatMap((count, stratum) =>
    sampler.take(stratum, count).map((pixel) => ({
      ...pixel,
      ...pointAt(draw.grid, pixel),
      strate: labels[stratum]!.key,
      stratePx: mapPx[stratum]!,
    })),
  );
  return points
    .map((point) => ({ point, order: hash(draw.seed + 1, point.xPx, point.yPx) }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ point }, index) => ({ id: index + 1, ...point, verite: '' }));
}

/**
 * Estimates from labelled points. A truth finer than the map's classes is read at theirs. Throws `BadInput` where a truth is
 * coarser than the map (CS2 where the map tells CS2.1 from CS2.2), a stratum's size differs from point to point, or a stratum
 * has a single labelled point.
 */
export function estimateFromPoints(points: SamplePoint[]): SampleEstimates {
  const sizes = strataSizes(points);
  const labelled = points.filter(({ verite }) => verite !== '');
  if (labelled.length === 0) throw new BadInput(`${points.length} points, none with a verite; labelled points wanted`);
  const strata = [...sizes.keys()];
  const truthKey = ({ id, verite }: SamplePoint) => {
    const stratum = strata.find((code) => code === verite || verite.startsWith(`${code}.`));
    if (stratum !== undefined) return stratum;
    const finer = strata.find((code) => code.startsWith(`${verite}.`));
    if (finer !== undefined) {
      throw new BadInput(
        `point ${id}: verite is ${verite}, which the map tells apart (${finer}…); a code as fine as that wanted`,
      );
    }
    return verite;
  };
  const truths = labelled.map(truthKey);
  const classes = [...new Set([...strata, ...truths])].map(
    (code): ScoredClass => ({ name: code, codeCs: code, colour: '' }),
  );
  const levels = planLevels(classes, classes);
  const { labels } = levels[0]!;
  const place = new Map(labels.map(({ key }, index) => [key, index]));
  const counts = new Float64Array(labels.length ** 2);
  labelled.forEach(({ strate }, index) => {
    counts[place.get(strate)! * labels.length + place.get(truths[index]!)!]!++;
  });
  const mapPx = labels.map(({ key }) => sizes.get(key) ?? 0);
  const rows = labels.map((_, row) => [...counts.subarray(row * labels.length, (row + 1) * labels.length)]);
  checkPointsPerStratum(labels, rows, mapPx);
  return {
    points: labelled.length,
    unlabelled: points.length - labelled.length,
    labels,
    counts: rows,
    pixelM2: points[0]!.pixelM2,
    strataWithoutPoint: strata.filter((code) => !labelled.some(({ strate }) => strate === code)),
    estimates: stratifiedEstimates(counts, mapPx),
    accuracyByLevel: levels.map(({ id, labels: merged, truthOf }) => {
      const labelOf = (code: string) => truthOf[classes.findIndex(({ name }) => name === code)]!;
      const right = labels.map((_, row) =>
        labels.reduce(
          (all, { key }, column) => all + (labelOf(labels[row]!.key) === labelOf(key) ? rows[row]![column]! : 0),
          0,
        ),
      );
      return { level: id, labels: merged.length, accuracy: estimateShare(right, rows.map(total), mapPx) };
    }),
  };
}

const total = (row: number[]) => row.reduce((all, count) => all + count, 0);

function strataSizes(points: SamplePoint[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { id, strate, stratePx } of points) {
    const known = sizes.get(strate) ?? stratePx;
    if (known !== stratePx) {
      throw new BadInput(
        `point ${id}: strate_px of ${strate} is ${stratePx}, ${known} before; one sample of one map wanted`,
      );
    }
    sizes.set(strate, stratePx);
  }
  return sizes;
}

function checkPointsPerStratum(labels: Label[], rows: number[][], mapPx: number[]): void {
  const alone = labels.findIndex((_, row) => total(rows[row]!) === 1 && mapPx[row]! > 1);
  if (alone < 0) return;
  throw new BadInput(`one labelled point in the stratum ${labels[alone]!.key}; two or more wanted, or none`);
}
