/**
 * What drawing does to borders: how far their corners end from their lines, vertices before and after, area by class. Whole numbers
 * throughout, so that sums depend neither on the order nor on the cut. Pure.
 */
import type { GeometryMeasures } from '../../polygons-measures.ts';
import type { Arc } from '../arcs/arc.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { WalkAlong } from './walk-along.ts';

/** Displacements are counted by quarters of a pixel, all beyond ten pixels together. */
const BIN_UNITS = UNITS_PER_PX / 4;
const BINS = 41;
const VALUES = 256;

/** Of one border. Areas twice, in square units; a gain is what its left side won from its right one. */
export interface LineMeasures {
  corners: number;
  /** Of the corners' displacements, in units. */
  sum: number;
  largest: number;
  gain2: number;
}

/** Of many borders together. */
export interface Displacement {
  corners: number;
  sum: number;
  largest: number;
  verticesBefore: number;
  verticesAfter: number;
  /** Corners by displacement. */
  bins: Float64Array;
  /** By class: area won, twice, in square units. */
  gains2: Float64Array;
}

export const noDisplacement = (): Displacement => ({
  corners: 0,
  sum: 0,
  largest: 0,
  verticesBefore: 0,
  verticesAfter: 0,
  bins: new Float64Array(BINS),
  gains2: new Float64Array(VALUES),
});

/** Measures a border against its line; `total`, where given, takes it in. */
export function measureLine<Region extends { value: number }>(
  { points, clearances, left, right, closed }: Arc<Region>,
  line: Int32Array,
  total?: Displacement,
): LineMeasures {
  const measures: LineMeasures = {
    corners: 0,
    sum: 0,
    largest: 0,
    gain2: area2(line, 1) - area2(points, UNITS_PER_PX),
  };
  const walk = new WalkAlong(line, closed, points[0]! * UNITS_PER_PX, points[1]! * UNITS_PER_PX);
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    const steps = Math.abs(points[i + 2]! - x) + Math.abs(points[i + 3]! - y);
    const [dx, dy] = [Math.sign(points[i + 2]! - x), Math.sign(points[i + 3]! - y)];
    measures.corners += steps;
    if (clearances.length === 0) {
      if (total !== undefined) total.bins[0]! += steps; // it was asked to stay where it is
      continue;
    }
    for (let step = 0; step < steps; step++) {
      const distance = Math.round(walk.distanceTo((x + step * dx) * UNITS_PER_PX, (y + step * dy) * UNITS_PER_PX));
      measures.sum += distance;
      if (distance > measures.largest) measures.largest = distance;
      if (total !== undefined) total.bins[Math.min(BINS - 1, Math.floor(distance / BIN_UNITS))]!++;
    }
  }
  if (total !== undefined) {
    total.verticesBefore += points.length / 2 - 1;
    total.verticesAfter += line.length / 2 - 1;
    if (left !== null) total.gains2[left.value]! += measures.gain2;
    if (right !== null) total.gains2[right.value]! -= measures.gain2;
    addSums(total, measures);
  }
  return measures;
}

/** Adds `more` to `total`. */
export function addDisplacement(total: Displacement, more: Displacement): void {
  addSums(total, more);
  total.verticesBefore += more.verticesBefore;
  total.verticesAfter += more.verticesAfter;
  for (let bin = 0; bin < BINS; bin++) total.bins[bin]! += more.bins[bin]!;
  for (let value = 0; value < VALUES; value++) total.gains2[value]! += more.gains2[value]!;
}

function addSums(total: Displacement, { corners, sum, largest }: LineMeasures | Displacement): void {
  total.corners += corners;
  total.sum += sum;
  total.largest = Math.max(total.largest, largest);
}

/** In metres, by class code. `pixels`: by class value, how many the raster has; `codeOf`: the code of a value. */
export function geometryMeasures(
  total: Displacement,
  resolutionM: number,
  pixels: ArrayLike<number>,
  codeOf: (value: number) => string | undefined,
): GeometryMeasures {
  const unitM = resolutionM / UNITS_PER_PX;
  const areas = new Map<string, { codeCs: string; beforeM2: number; afterM2: number }>();
  for (let value = 1; value < pixels.length; value++) {
    const codeCs = codeOf(value);
    if (pixels[value] === 0 || codeCs === undefined) continue;
    const area = areas.get(codeCs) ?? { codeCs, beforeM2: 0, afterM2: 0 };
    const beforeM2 = pixels[value]! * resolutionM ** 2;
    area.beforeM2 += beforeM2;
    area.afterM2 += beforeM2 + (total.gains2[value]! / 2) * unitM ** 2;
    areas.set(codeCs, area);
  }
  return {
    displacement: {
      binM: BIN_UNITS * unitM,
      metres: Array.from(total.bins, (corners) => corners * resolutionM),
      meanM: total.corners === 0 ? 0 : (total.sum / total.corners) * unitM,
      maxM: total.largest * unitM,
    },
    verticesBefore: total.verticesBefore,
    verticesAfter: total.verticesAfter,
    boundaryM: total.corners * resolutionM,
    areas: [...areas.values()].sort((a, b) => (a.codeCs < b.codeCs ? -1 : 1)),
  };
}

/** Twice the area a walk has on its left, seen from its first point; y grows to the south. */
function area2(points: Int32Array, scale: number): number {
  const [x0, y0] = [points[0]!, points[1]!];
  let sum = 0;
  for (let i = 2; i + 3 < points.length; i += 2) {
    sum += (points[i + 2]! - x0) * (points[i + 1]! - y0) - (points[i]! - x0) * (points[i + 3]! - y0);
  }
  return sum * scale * scale;
}
