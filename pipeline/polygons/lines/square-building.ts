/**
 * Buildings squared: the borders of a building drawn along its dominant orientation and square to it. Its square form is found from
 * its outline in pixels, all borders joined, whatever lies round it; of that each border takes its part, as far as the clearance at
 * its own corners lets it. So what changes beside one wall does not move another. Pure.
 *
 * Facts: production.md §4.4 (length-weighted histogram of angles modulo 90°, edges near it snapped, vertices moved by about a
 * metre at most, kept only where the intersection over union is 0.9 or more and the topology holds).
 */
import { bendsOf } from './bends.ts';
import { type Chain, fromCorner } from './building-chains.ts';
import { dominantOrientation } from './dominant-orientation.ts';
import {
  ACROSS,
  ALONG,
  cutInStretches,
  FREE,
  type Label,
  type Stretch,
  TurnedOutline,
} from './right-angled-stretches.ts';
import { type SquareForm, squareForm } from './square-form.ts';

/** The steps of a straight line drawn in pixels lie within so much of each other: √2, and a little. */
const STEP_PX = 1.45;
/** Steps of noise are not worth a side, however small the detail asked for: in pixels, squared, along the border. */
const LEAST_PRICE = 4;
/** Where no line keeps within what is allowed, sides are had for less, down to this. */
const LEAST_RETRY = 2;
/** No oblique wall is shorter, in pixels: in what is, noise of a pixel cannot be told from one. */
const SHORTEST_FREE_PX = 8;
/** Share of the length of a building's borders that must lie along its orientation or square to it. */
const LEAST_SHARE = 0.55;
/** Two orientations nearer than this (1°) are one. */
const SAME_ANGLE = Math.PI / 180;
/** A ring with fewer corners, on the pixels, has no sides to speak of. */
const SHORTEST_PX = 12;
/** Chains with more bends are no single building's. */
const MOST_BENDS = 2000;
/** Nor are chains as long as this together, in pixels: 20 km of walls at 0.2 m. Their bends alone would take minutes. */
const MOST_EDGES = 100_000;
/** Orientations are told apart by so much that the furthest corner of a building moves by this, in pixels: noise elsewhere does not turn a wall. */
const GRID_PX = 0.25;

/** A square form of a chain: its corners are the chain's from number `start` on. */
export interface Placed {
  form: SquareForm;
  start: number;
}

/** Square forms of a chain, the plainest first, each found when it is asked for. */
export type Forms = Iterable<Placed>;

/** By chain of a building, its square forms; none where it has no sides to speak of. */
export function squareForms(chains: readonly Chain[], detailPx: number): Forms[] {
  if (chains.reduce((sum, { corners }) => sum + corners.length / 2 - 1, 0) > MOST_EDGES) return chains.map(() => []);
  const outlines = chains.map((chain) => ({ chain, breaks: bendsOf(chain.corners, STEP_PX) }));
  let best = { forms: chains.map((): Forms => []), edges: 0 };
  let tried: number | null = null;
  for (const reachPx of [STEP_PX, 2 * STEP_PX]) {
    const angle = orientationOf(chains, reachPx);
    if (angle === null || (tried !== null && Math.abs(angle - tried) < SAME_ANGLE)) continue;
    tried = angle;
    const forms = formsAlong(outlines, angle, detailPx);
    const formed = chains.filter((_, i) => plainest(forms[i]!) !== undefined);
    const edges = formed.reduce((sum, { corners }) => sum + corners.length, 0);
    if (edges > best.edges) best = { forms, edges };
    if (formed.length === chains.length) break;
  }
  return best.forms;
}

export function plainest(forms: Forms): Placed | undefined {
  const [first] = forms;
  return first;
}

function orientationOf(chains: readonly Chain[], reachPx: number): number | null {
  const lines = chains.map(({ corners }) =>
    Int32Array.from(bendsOf(corners, reachPx).flatMap((i) => [corners[2 * i]!, corners[2 * i + 1]!])),
  );
  return dominantOrientation(lines, LEAST_SHARE);
}

interface Outline {
  chain: Chain;
  /** Corners where stretches may meet. */
  breaks: readonly number[];
}

/** All chains along one direction: `angle`, turned by what their stretches together lie better by. */
function formsAlong(outlines: Outline[], angle: number, detailPx: number): Forms[] {
  const price = Math.max(LEAST_PRICE, detailPx ** 3 / 4);
  const prices = [...new Set([price, price / 2, Math.max(LEAST_RETRY, price / 6)])];
  const cuts = outlines.map((outline) => cut(outline, angle, price));
  const edges = outlines.reduce((sum, { chain }) => sum + chain.corners.length / 2 - 1, 0);
  const turned = onGrid(angle + turnOf(cuts), edges);
  return outlines.map((outline, i) => formsAt(prices, cuts[i]!, turned, (paid) => cut(outline, angle, paid)));
}

/** Forms of a chain once by price of a stretch, where that makes a difference. */
function formsAt(
  prices: readonly number[],
  firstCut: Cut | null,
  angle: number,
  cutAt: (price: number) => Cut | null,
): Forms {
  const known: (Placed | null)[] = [];
  let former: Cut | null = null;
  const next = (price: number): Placed | null => {
    const found = known.length === 0 ? firstCut : cutAt(price);
    const isNew = found !== null && (former === null || !isSame(found, former));
    former = found;
    const form = isNew ? squareForm(found.corners, found.closed, found.stretches, angle) : null;
    return form && { form, start: found!.start };
  };
  return {
    *[Symbol.iterator]() {
      for (const [i, price] of prices.entries()) {
        if (i === known.length) known.push(next(price));
        const placed = known[i]!;
        if (placed !== null) yield placed;
      }
    },
  };
}

const isSame = ({ start, stretches: a }: Cut, { start: otherStart, stretches: b }: Cut) =>
  start === otherStart &&
  a.length === b.length &&
  a.every(({ from, label }, k) => from === b[k]!.from && label === b[k]!.label);

/** The nearest angle of those told apart for an outline so long: half of it from end to end at most, turned about its middle. */
function onGrid(angle: number, edges: number): number {
  const step = 2 ** Math.floor(Math.log2((8 * GRID_PX) / edges));
  return Math.round(angle / step) * step;
}

/** By how much a building's frame must turn, in radians, so that the stretches of all its borders lie best. */
function turnOf(cuts: (Cut | null)[]): number {
  let [lean, weight] = [0, 0];
  for (const one of cuts) {
    lean += one?.lean ?? 0;
    weight += one?.weight ?? 0;
  }
  return weight === 0 ? 0 : Math.atan(lean / weight);
}

/** A chain cut into stretches; a closed one may begin elsewhere than it did. */
interface Cut extends ReturnType<TurnedOutline['lean']> {
  corners: Int32Array;
  closed: boolean;
  start: number;
  stretches: Stretch[];
}

function cut({ chain: { corners, closed }, breaks }: Outline, angle: number, price: number): Cut | null {
  const edges = corners.length / 2 - 1;
  if (breaks.length > MOST_BENDS || (closed && edges < SHORTEST_PX)) return null;
  const cutting = { breaks, price, shortestFreePx: Math.max(SHORTEST_FREE_PX, 2 * Math.cbrt(4 * price)) };
  const outline = new TurnedOutline(corners, angle);
  const trial = cutInStretches(outline, cutting);
  if (!closed)
    return trial && { corners, closed, start: 0, stretches: trial.stretches, ...outline.lean(trial.stretches) };
  const start = trial === null ? null : surestCorner(trial.stretches);
  if (start === null) return null;
  // where a ring begins is no corner of the building: it is cut again from one that is
  const turned = fromCorner(corners, start);
  const shifted = breaks.slice(1).map((corner) => (corner <= start ? corner + edges - start : corner - start));
  const ring = new TurnedOutline(turned, angle);
  const firsts: Label[] = [ALONG, ACROSS, FREE];
  const again = { ...cutting, breaks: [0, ...shifted.sort((a, b) => a - b)] };
  const cuts = firsts.map((first) => cutInStretches(ring, { ...again, first }));
  const best = cuts.reduce((a, b) => (b !== null && (a === null || b.cost < a.cost) ? b : a));
  return best && { corners: turned, closed, start, stretches: best.stretches, ...ring.lean(best.stretches) };
}

/** The corner between two stretches, the shorter of which is longest. */
function surestCorner(stretches: Stretch[]): number | null {
  let [best, length] = [-1, 0];
  for (let k = 1; k < stretches.length; k++) {
    const [a, b] = [stretches[k - 1]!, stretches[k]!];
    const shorter = Math.min(a.to - a.from, b.to - b.from);
    if (shorter > length) [best, length] = [b.from, shorter];
  }
  return best === -1 ? null : best;
}
