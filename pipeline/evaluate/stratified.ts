/**
 * Estimates from a stratified random sample whose strata are the map's classes. Pure. Olofsson et al. 2014, Good practices for
 * estimating area and assessing accuracy of land change, Remote Sensing of Environment 148, §4 and §5.
 */
import type { Interval } from './bootstrap.ts';
import { sum } from './confusion.ts';

export interface Estimate {
  value: number;
  /** Standard error. */
  error: number;
  /** 95 %: ± 1.96 standard errors, cut to 0–1; null where no point differs, which tells no variance. */
  interval: Interval;
}

export interface StratifiedEstimates {
  points: number;
  accuracy: Estimate;
  strata: {
    mapPx: number;
    points: number;
    /** Share of the map's class that is right (precision), with Wilson's interval; null where no point fell in it. */
    userAccuracy: Estimate | null;
    /** Share of the true class that the map has (recall); null where no ground of it was found. */
    producerAccuracy: Estimate | null;
    /** Estimated share of the ground that truly is of this class. */
    area: Estimate;
  }[];
}

const Z_95 = 1.959964;

/**
 * `counts`: points by map class (row) and true class (column), size × size; `mapPx`: pixels of each class on the map. Strata
 * of which no point was taken are left out of the whole: what is estimated is the ground of the others. Throws an Error for
 * a stratum of a single point: nothing tells its variance.
 */
export function stratifiedEstimates(counts: Float64Array, mapPx: number[]): StratifiedEstimates {
  const size = mapPx.length;
  const points = mapPx.map((_, row) => sum(counts.subarray(row * size, (row + 1) * size)));
  const alone = points.findIndex((count, row) => count === 1 && mapPx[row]! > 1);
  if (alone >= 0) throw new Error(`one point in stratum ${alone}, two or more wanted`);
  const known = mapPx.map((pixels, row) => (points[row] === 0 ? 0 : pixels));
  const weights = known.map((pixels) => pixels / sum(known));
  const inRow = (row: number, column: number) => (points[row] === 0 ? 0 : counts[row * size + column]! / points[row]!);
  const variance = (row: number, column: number) => {
    const part = inRow(row, column);
    return points[row]! < 2 ? 0 : (part * (1 - part)) / (points[row]! - 1);
  };
  const rows = weights.map((_, row) => row);
  const accuracy = sum(rows.map((row) => weights[row]! * inRow(row, row)));
  const accuracyVariance = sum(rows.map((row) => weights[row]! ** 2 * variance(row, row)));
  return {
    points: sum(points),
    accuracy: estimate(accuracy, accuracyVariance),
    strata: rows.map((label) => {
      const area = sum(rows.map((row) => weights[row]! * inRow(row, label)));
      const areaVariance = sum(rows.map((row) => weights[row]! ** 2 * variance(row, label)));
      const producer = (weights[label]! * inRow(label, label)) / area;
      const own = weights[label]! ** 2 * (1 - producer) ** 2 * variance(label, label);
      const others = sum(rows.map((row) => (row === label ? 0 : weights[row]! ** 2 * variance(row, label))));
      return {
        mapPx: mapPx[label]!,
        points: points[label]!,
        userAccuracy: points[label] === 0 ? null : proportion(inRow(label, label), points[label]!),
        producerAccuracy: area === 0 ? null : estimate(producer, (own + producer ** 2 * others) / area ** 2),
        area: estimate(area, areaVariance),
      };
    }),
  };
}

/** A share of the ground from what is right of the points of each stratum; strata need not be what is compared (Stehman 2014). */
export function estimateShare(right: number[], points: number[], mapPx: number[]): Estimate {
  const known = mapPx.map((pixels, row) => (points[row] === 0 ? 0 : pixels));
  let [value, variance] = [0, 0];
  for (const [row, pixels] of known.entries()) {
    if (points[row] === 0) continue;
    const [weight, part] = [pixels / sum(known), right[row]! / points[row]!];
    value += weight * part;
    if (points[row]! > 1) variance += (weight ** 2 * part * (1 - part)) / (points[row]! - 1);
  }
  return estimate(value, variance);
}

function estimate(value: number, variance: number): Estimate {
  const error = Math.sqrt(variance);
  const interval: Interval =
    error === 0 ? null : [Math.max(value - Z_95 * error, 0), Math.min(value + Z_95 * error, 1)];
  return { value, error, interval };
}

/** Within a stratum the points are a simple random sample: Wilson's interval, which 30 of 30 does not make [1, 1]. */
function proportion(value: number, points: number): Estimate {
  const error = points < 2 ? 0 : Math.sqrt((value * (1 - value)) / (points - 1));
  const z2 = Z_95 ** 2;
  const middle = (value + z2 / (2 * points)) / (1 + z2 / points);
  const half = (Z_95 * Math.sqrt((value * (1 - value)) / points + z2 / (4 * points ** 2))) / (1 + z2 / points);
  return { value, error, interval: [middle - half, Math.min(middle + half, 1)] };
}

/**
 * Points per stratum: `total` shared out as the map's pixels are, but `least` at least in each (all its pixels where it has
 * fewer), as §5.1.2 of the article advises for rare classes.
 */
export function allocate(total: number, mapPx: number[], least: number): number[] {
  const floor = mapPx.map((pixels) => Math.min(least, pixels));
  let rest = Math.max(total - sum(floor), 0);
  const points = [...floor];
  const open = new Set(mapPx.flatMap((pixels, row) => (pixels > floor[row]! ? [row] : [])));
  while (rest > 0 && open.size > 0) {
    const pixels = sum([...open].map((row) => mapPx[row]!));
    const wanted = new Map([...open].map((row) => [row, (total * mapPx[row]!) / sum(mapPx) - points[row]!]));
    const hungry = [...open].filter((row) => wanted.get(row)! > 0);
    const need = sum(hungry.map((row) => wanted.get(row)!));
    const shares = [...open].map((row): [number, number] => [
      row,
      hungry.length > 0 ? (rest * Math.max(wanted.get(row)!, 0)) / need : (rest * mapPx[row]!) / pixels,
    ]);
    rest = give(points, shares, mapPx, open, rest);
  }
  return points;
}

/** Gives whole points, the largest remainders first; returns what could not be placed for want of pixels. */
function give(points: number[], shares: [number, number][], mapPx: number[], open: Set<number>, rest: number): number {
  let left = rest;
  for (const [row, share] of shares) {
    const given = Math.min(Math.floor(share), mapPx[row]! - points[row]!);
    points[row]! += given;
    left -= given;
  }
  for (const [row] of shares.toSorted((a, b) => (b[1] % 1) - (a[1] % 1))) {
    if (left === 0) break;
    if (points[row]! >= mapPx[row]!) continue;
    points[row]!++;
    left--;
  }
  for (const [row] of shares) if (points[row]! >= mapPx[row]!) open.delete(row);
  return left;
}
