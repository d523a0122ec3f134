/** What the borders of a building become on the map: squared where that keeps its ground, else straightened. Pure. */
import type { Arc } from '../arcs/arc.ts';
import { areaBetween } from './area-between.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { borderOf, isBeside, isExtents, type LineRules, lineOfArc } from './line-of-arc.ts';
import { squareBuilding } from './square-building.ts';

/** A corner of a building may be rounded off in the pixels by more than the tolerance: only the clearance bounds it. */
const SQUARED_PX = Number.POSITIVE_INFINITY;
/** A notch or a bay of a building is worth its sides from about so many tolerances square. */
const SQUARED_DETAIL = 1.5;
/** Next to a node, where little is allowed, noise takes a wall so many tolerances at most. */
const SQUARED_TIP = 5;
/** Of a building squared with its pixels: 0.9 is asked for; the lines of sight it is measured by leave out a little. */
const LEAST_IOU = 0.905;

export interface BuildingLine {
  line: Int32Array;
  /** Whether it is right-angled. */
  squared: boolean;
  /** Square pixels between it and the border. */
  betweenPx2: number;
}

/**
 * The lines of all borders of one building, `areaPx` pixels large, squared along one orientation. Where the building would not
 * keep its ground, each border has to keep its share of it; where that is not enough, none is squared.
 */
export function linesOfBuilding<Region extends { value: number }>(
  arcs: readonly Arc<Region>[],
  areaPx: number,
  rules: LineRules,
): BuildingLine[] {
  const straight = arcs.map((arc) => drawn(arc, lineOfArc(arc, rules), false));
  const own = arcs.flatMap((arc, i) => (isExtents(arc) || isBeside(arc, rules.isOssature) ? [] : [i]));
  if (own.length === 0) return straight;
  const borders = own.map((i) => borderOf(arcs[i]!, SQUARED_PX));
  const edges = borders.reduce((sum, { allowedPx }) => sum + allowedPx.length - 1, 0);
  // with borders that keep the area: both = area − between ÷ 2, either = area + between ÷ 2
  const spare = (2 * areaPx * (1 - LEAST_IOU)) / (1 + LEAST_IOU);
  const { tolerancePx } = rules;
  const squaring = { detailPx: SQUARED_DETAIL * tolerancePx, tipPx: Math.round(SQUARED_TIP * tolerancePx) };
  for (const changePx of [Number.POSITIVE_INFINITY, spare / edges]) {
    const squared = squareBuilding(borders, { ...squaring, changePx });
    const lines = straight.slice();
    squared.forEach((line, k) => {
      if (line !== null) lines[own[k]!] = drawn(arcs[own[k]!]!, line, true);
    });
    if (lines.reduce((sum, { betweenPx2 }) => sum + betweenPx2, 0) <= spare) return lines;
  }
  return straight;
}

function drawn<Region>(arc: Arc<Region>, line: Int32Array, squared: boolean): BuildingLine {
  if (isExtents(arc)) return { line, squared, betweenPx2: 0 };
  const inPixels = Float64Array.from(line, (value) => value / UNITS_PER_PX);
  return { line, squared, betweenPx2: areaBetween(arc.points, inPixels) };
}
