/** What the borders of a building become on the map: squared where that keeps its ground, else straightened. Pure. */
import type { Arc } from '../arcs/arc.ts';
import { ringsOfRegion } from '../arcs/region-rings.ts';
import { areaBetween } from './area-between.ts';
import { type Chain, chainsOf, type Link } from './building-chains.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { turnedAround, turnedLine } from './form-part.ts';
import { borderOf, isBeside, isExtents, type LineRules, lineOfArc } from './line-of-arc.ts';
import { isSquare, lineOfForm, lineOfJog } from './line-of-form.ts';
import { type Forms, plainest, squareForms } from './square-building.ts';
import type { Border } from './straighten.ts';

/** A corner of a building may be rounded off in the pixels by more than the tolerance: only the clearance bounds it. */
const SQUARED_PX = Number.POSITIVE_INFINITY;
/** A notch or a bay of a building is worth its sides from about so many tolerances square. */
const SQUARED_DETAIL = 1.5;
/** Of a building squared with its pixels: 0.9 is asked for; the lines of sight it is measured by leave out a little. */
const LEAST_IOU = 0.905;

export interface BuildingLine {
  line: Int32Array;
  /** Whether its walls lie along the building's orientation, square to it, or along a true oblique wall: see `square-form.ts`. */
  squared: boolean;
  /** Square pixels between it and the border. */
  betweenPx2: number;
}

/**
 * The lines of all borders of one building, `areaPx` pixels large, squared along one orientation. Where the building would not
 * keep its ground, each border has to keep its share of it; where that is not enough, none is squared. But for that, a border's line
 * depends on the building's pixels and on the border alone, not on what lies beside the others.
 */
export function linesOfBuilding<Region extends { value: number }>(
  arcs: Arc<Region>[],
  areaPx: number,
  rules: LineRules,
): BuildingLine[] {
  const straight = arcs.map((arc) => drawn(arc, lineOfArc(arc, rules), false));
  const own = arcs.flatMap((arc, i) => (isExtents(arc) || isBeside(arc, rules.isOssature) ? [] : [i]));
  if (own.length === 0) return straight;
  const borders = own.map((i) => borderOf(arcs[i]!, SQUARED_PX));
  const numbers = new Map(own.map((i, k) => [arcs[i]!, k]));
  const rings = ringsOfRegion(arcs, (side) => side !== null && rules.isBuilding!(side.value));
  const chains = chainsOf(rings, borders, (arc) => numbers.get(arc));
  const forms = squareForms(chains, SQUARED_DETAIL * rules.tolerancePx);
  const edges = borders.reduce((sum, { allowedPx }) => sum + allowedPx.length - 1, 0);
  // with borders that keep the area: both = area − between ÷ 2, either = area + between ÷ 2
  const spare = (2 * areaPx * (1 - LEAST_IOU)) / (1 + LEAST_IOU);
  for (const changePx of [Number.POSITIVE_INFINITY, spare / edges]) {
    const lines = straight.slice();
    chains.forEach((chain, c) => {
      for (const link of chain.links) {
        const [i, border] = [own[link.border]!, borders[link.border]!];
        const mostPx2 = changePx * (border.allowedPx.length - 1);
        for (const line of squareLines(forms[c]!, chain, link, border, straight[i]!.line)) {
          const one = drawn(arcs[i]!, line, true);
          if (one.betweenPx2 > mostPx2) continue;
          lines[i] = one;
          break;
        }
      }
    });
    if (lines.reduce((sum, { betweenPx2 }) => sum + betweenPx2, 0) <= spare) return lines;
  }
  return straight;
}

/** Lines of a border along the square forms of its chain, the best first; `straight`: what it is else. */
function* squareLines(
  forms: Forms,
  { corners }: Chain,
  { forward, from }: Link,
  border: Border,
  straight: Int32Array,
): Generator<Int32Array> {
  const edges = corners.length / 2 - 1;
  const along = forward ? border : turnedAround(border);
  for (const { form, start } of forms) {
    const line = lineOfForm(form, along, (from - start + edges) % edges);
    if (line !== null) yield forward ? line : turnedLine(line);
  }
  const first = plainest(forms);
  if (first === undefined) return;
  if (isSquare(first.form, straight)) yield straight;
  const jog = lineOfJog(border);
  if (jog !== null) yield jog;
}

function drawn<Region>(arc: Arc<Region>, line: Int32Array, squared: boolean): BuildingLine {
  if (isExtents(arc)) return { line, squared, betweenPx2: 0 };
  const inPixels = Float64Array.from(line, (value) => value / UNITS_PER_PX);
  return { line, squared, betweenPx2: areaBetween(arc.points, inPixels) };
}
