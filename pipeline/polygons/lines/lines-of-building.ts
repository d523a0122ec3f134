/** What the borders of a building become on the map: squared where that keeps its ground, else straightened. Pure. */
import type { Arc } from '../arcs/arc.ts';
import { ringsOfRegion } from '../arcs/region-rings.ts';
import { areaBetween, areaUnder } from './area-between.ts';
import { type Chain, chainsOf, type Link } from './building-chains.ts';
import { UNITS_PER_PX } from './draft-line.ts';
import { turnedAround, turnedLine } from './form-part.ts';
import { borderOf, isBeside, isExtents, type LineRules, lineOfArc } from './line-of-arc.ts';
import { isSquare, lineOfForm, lineOfJog } from './line-of-form.ts';
import { type Forms, plainest, squareForms } from './square-building.ts';
import type { Border } from './straighten.ts';
import { widenedForm } from './widened-form.ts';

/** A corner of a building may be rounded off in the pixels by more than the tolerance: only the clearance bounds it. */
const SQUARED_PX = Number.POSITIVE_INFINITY;
/** A notch or a bay of a building is worth its sides from about so many tolerances square. */
const SQUARED_DETAIL = 1.5;
/** Of a building squared with its pixels: 0.9 is asked for; the lines of sight it is measured by leave out a little. */
const LEAST_IOU = 0.905;
/** Share of its area that a squared building may gain or lose, so that all together keep theirs within 1 %, as is asked for. */
const MOST_GAIN = 0.0095;
/** Each step leaves a wall that runs into nodes at both its ends about half of what it gained. */
const LEVEL_STEPS = 5;

export interface BuildingLine {
  line: Int32Array;
  /** Whether its walls lie along the building's orientation, square to it, or along a true oblique wall: see `square-form.ts`. */
  squared: boolean;
  /** Square pixels between it and the border. */
  betweenPx2: number;
}

interface Drawn extends BuildingLine {
  /** Square pixels that the building has more than its pixels, by this border. */
  gainPx2: number;
}

/**
 * The lines of all borders of one building, `areaPx` pixels large, squared along one orientation. Where the building would not
 * keep its ground, each border has to keep its share of it; where that is not enough, none is squared. But for that, and for its area
 * (`keepingArea`), a border's line depends on the building's pixels and on the border alone, not on what lies beside the others.
 */
export function linesOfBuilding<Region extends { value: number }>(
  arcs: Arc<Region>[],
  areaPx: number,
  rules: LineRules,
): BuildingLine[] {
  const draw: Draw = (i, line, squared) => drawn(arcs[i]!, line, squared, rules.isBuilding!);
  const straight = arcs.map((arc, i) => draw(i, lineOfArc(arc, rules), false));
  const own = arcs.flatMap((arc, i) => (isExtents(arc) || isBeside(arc, rules.isOssature) ? [] : [i]));
  if (own.length === 0) return straight;
  const borders = own.map((i) => borderOf(arcs[i]!, SQUARED_PX));
  const numbers = new Map(own.map((i, k) => [arcs[i]!, k]));
  const rings = ringsOfRegion(arcs, (side) => side !== null && rules.isBuilding!(side.value));
  const chains = chainsOf(rings, borders, (arc) => numbers.get(arc));
  const forms = squareForms(chains, SQUARED_DETAIL * rules.tolerancePx);
  const walls = chains.flatMap((chain, c) =>
    chain.links.map((link) => ({ i: own[link.border]!, forms: forms[c]!, chain, link, border: borders[link.border]! })),
  );
  const edges = borders.reduce((sum, { allowedPx }) => sum + allowedPx.length - 1, 0);
  // with borders that keep the area: both = area − between ÷ 2, either = area + between ÷ 2
  const spare = (2 * areaPx * (1 - LEAST_IOU)) / (1 + LEAST_IOU);
  const isKept = (lines: Drawn[]) => lines.reduce((sum, { betweenPx2 }) => sum + betweenPx2, 0) <= spare;
  for (const changePx of [Number.POSITIVE_INFINITY, spare / edges]) {
    const most = { changePx, gainPx2: MOST_GAIN * areaPx };
    const lines = squared(walls, straight, most, draw);
    if (!isKept(lines)) continue;
    const level = keepingArea(walls, lines, straight, most, draw);
    if (isKept(level)) return level;
  }
  return straight;
}

/** A line for arc number `i`. */
type Draw = (i: number, line: Int32Array, squared: boolean) => Drawn;

/** A building's border that may be squared: arc number `i`. */
interface Wall {
  i: number;
  forms: Forms;
  chain: Chain;
  link: Link;
  border: Border;
}

/** What squaring may change. */
interface Most {
  /** Square pixels between a border and its line, by pixel of the border. */
  changePx: number;
  /** What the building may gain or lose. */
  gainPx2: number;
}

/** The lines with those squared that keep to what is allowed; one that takes half of what the building may gain is levelled. */
function squared(walls: readonly Wall[], straight: Drawn[], most: Most, draw: Draw): Drawn[] {
  const lines = straight.slice();
  for (const wall of walls) {
    const mostPx2 = most.changePx * (wall.border.allowedPx.length - 1);
    for (const line of squareLines(wall, straight[wall.i]!.line)) {
      const one = draw(wall.i, line, true);
      if (one.betweenPx2 > mostPx2) continue;
      lines[wall.i] = Math.abs(one.gainPx2) > most.gainPx2 / 2 ? levelled(wall, one, mostPx2, draw) : one;
      break;
    }
  }
  return lines;
}

/** The lines where the building keeps its area; else all are levelled, and where that is not enough those that take most not squared. */
function keepingArea(walls: readonly Wall[], lines: Drawn[], straight: Drawn[], most: Most, draw: Draw): Drawn[] {
  const gainOf = (all: Drawn[]) => all.reduce((sum, { gainPx2 }) => sum + gainPx2, 0);
  if (Math.abs(gainOf(lines)) <= most.gainPx2) return lines;
  let level = lines.slice();
  for (const wall of walls) {
    const mostPx2 = most.changePx * (wall.border.allowedPx.length - 1);
    if (level[wall.i]!.squared) level[wall.i] = levelled(wall, level[wall.i]!, mostPx2, draw);
  }
  for (let gain = gainOf(level); Math.abs(gain) > most.gainPx2; gain = gainOf(level)) {
    const excess = ({ squared: isSquared, gainPx2 }: Drawn) => (isSquared ? Math.sign(gain) * gainPx2 : 0);
    const greatest = Math.max(...level.map(excess));
    if (greatest <= 0) return straight;
    level = level.map((one, i) => (excess(one) === greatest ? straight[i]! : one));
  }
  return level;
}

/** The line with the walls moved until the border gains or loses nothing, as near as it gets: nodes hold them back at their ends. */
function levelled(wall: Wall, line: Drawn, mostPx2: number, draw: Draw): Drawn {
  let [best, px] = [line, 0];
  for (let step = 0; step < LEVEL_STEPS && best.gainPx2 !== 0; step++) {
    px -= best.gainPx2 / lengthOf(best.line);
    const before = best;
    for (const points of formLines(wall, px)) {
      const other = draw(wall.i, points, true);
      if (other.betweenPx2 <= mostPx2 && Math.abs(other.gainPx2) < Math.abs(best.gainPx2)) best = other;
    }
    if (best === before) break;
  }
  return best;
}

/** Of a line, in pixels. */
function lengthOf(line: Int32Array): number {
  let sum = 0;
  for (let i = 2; i < line.length; i += 2) sum += Math.hypot(line[i]! - line[i - 2]!, line[i + 1]! - line[i - 1]!);
  return sum / UNITS_PER_PX;
}

/** Lines of a border along the square forms of its chain, the best first; `straight`: what it is else. */
function* squareLines(wall: Wall, straight: Int32Array): Generator<Int32Array> {
  yield* formLines(wall, 0);
  const first = plainest(wall.forms);
  if (first === undefined) return;
  if (isSquare(first.form, straight)) yield straight;
  const jog = lineOfJog(wall.border);
  if (jog !== null) yield jog;
}

/** … along the forms alone, each with its walls moved out by `px`. */
function* formLines({ forms, chain, link: { forward, from }, border }: Wall, px: number): Generator<Int32Array> {
  const edges = chain.corners.length / 2 - 1;
  const along = forward ? border : turnedAround(border);
  for (const { form, start } of forms) {
    const line = lineOfForm(px === 0 ? form : widenedForm(form, px), along, (from - start + edges) % edges);
    if (line !== null) yield forward ? line : turnedLine(line);
  }
}

function drawn<Region extends { value: number }>(
  arc: Arc<Region>,
  line: Int32Array,
  squared: boolean,
  isBuilding: (value: number) => boolean,
): Drawn {
  if (isExtents(arc)) return { line, squared, betweenPx2: 0, gainPx2: 0 };
  const inPixels = Float64Array.from(line, (value) => value / UNITS_PER_PX);
  const [left, right] = [arc.left, arc.right].map((side) => (side !== null && isBuilding(side.value) ? 1 : 0));
  const gainPx2 = (right! - left!) * (areaUnder(inPixels) - areaUnder(arc.points));
  return { line, squared, betweenPx2: areaBetween(arc.points, inPixels), gainPx2 };
}
