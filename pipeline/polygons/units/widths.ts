/**
 * Least widths: parts of an object that are narrower than its couverture may be go to what lies beside them. Pure.
 *
 * An opening: of each class stays what a disc of its width covers (specification: 10 m, 5 m for roads and rail), and the corners
 * next to it. The rest goes to the class of the nearest ground that stays, on foot: through other ground that goes, never across
 * ossature or buildings. What finds none within reach is marked as narrow, and joins a neighbour whole when the units are made.
 */
import { squaresOfFour, widthTest } from '../../region-widths.ts';
import { squaredDistancesWithin, squaredValueDistances } from '../../value-distance.ts';
import { IntList } from '../arcs/int-list.ts';
import { type Framed, innerOf } from '../blocks/framed.ts';
import { spread } from '../blocks/spread.ts';
import { type LandClass, narrowValues } from '../land-classes.ts';

/** The first row that fits a cover, or one above it, holds. */
const WIDTHS: { codeCs: string; widthM: number; why: string }[] = [
  { codeCs: 'CS1.1.1.1', widthM: 0, why: 'a building counts from 50 m², where no disc of 10 m finds room' },
  { codeCs: 'CS1.1.1.2', widthM: 5, why: 'the cover of roads; no cover tells them from a car park' },
  {
    codeCs: 'CS',
    widthM: 10,
    why: 'other covers; the 20 m of woods used as such are a matter of usage, a hedge is a cover',
  },
];

/** The least that any cover has. */
export const LEAST_WIDTH_M = Math.min(...WIDTHS.flatMap(({ widthM }) => (widthM > 0 ? [widthM] : [])));

/** How far ground that is too narrow looks for ground that stays: as far as it can be wide. An assumption of ours. */
const REACH_M = 10;

/**
 * A part that is a quarter narrower stays where it is no further than this from one of its object that is wide enough: a road does
 * not come and go with every bush beside it. Assumptions of ours.
 */
const PASSAGE = 0.75;
const PASSAGE_M = 10;

/**
 * A right corner's tip lies (√2 − 1) × radius beyond the disc that touches both its sides; some more for distances counted in
 * steps. Without it every corner would be cut round.
 */
const CORNER = 0.45;

/** All that decides an opening, beside its parameters. */
export const WIDTH_SETTINGS = {
  widths: WIDTHS,
  passage: PASSAGE,
  passageM: PASSAGE_M,
  corner: CORNER,
  reachM: REACH_M,
};

export interface WidthParameters {
  classes: LandClass[];
  resolutionM: number;
}

/** Least width of an object, in metres; 0: none is asked of it. Ossature is as wide as its references say. */
export function leastWidthM({ codeCs, ossature }: LandClass): number {
  if (ossature) return 0;
  return WIDTHS.find((row) => row.codeCs === 'CS' || codeCs === row.codeCs || codeCs.startsWith(`${row.codeCs}.`))!
    .widthM;
}

/** An opening looks two radii far, what comes after it starts from there. */
export function frameOfWidths(parameters: WidthParameters): number {
  const { maxPx, passagePx, reachPx } = planOf(parameters);
  return Math.ceil((2 + CORNER) * maxPx) + passagePx[0]! + reachPx[0]! + 2;
}

/**
 * The block's values after the opening, by the discs of `region-widths.ts`. Where `classes` have narrow ones (`withNarrow`), ground that finds no neighbour to
 * join gets that of its class, else it stays as it is. The frame is `frameOfWidths` at least.
 */
export function withoutNarrowParts(framed: Framed, parameters: WidthParameters): Uint8Array {
  const plan = planOf(parameters);
  const { pixels, widthPx, framePx } = framed;
  const stride = widthPx + 2 * framePx;
  if (pixels.every((value) => value === pixels[0])) return innerOf(framed).pixels;
  const { labels, passages } = opened(pixels, stride, plan);
  const ground = { labels, stride, scratch: new Int32Array(labels.length) };
  let open = openPixels(pixels, labels, stride);
  for (let i = 0; i < labels.length; i++) if (plan.takesNothing[labels[i]!] === 1) labels[i] = 0;
  spread({ ...ground, limitsPx: plan.passagePx, only: passages }, those(open, passages, true));
  open = those(open, labels, false);
  spread({ ...ground, limitsPx: plan.cornerPx, only: pixels }, open);
  open = those(open, labels, false);
  spread({ ...ground, limitsPx: plan.reachPx }, open);
  return inner(framed, labels, plan);
}

/** Tables by value, in pixels. */
interface Plan {
  /** 0 where none is asked. */
  leastPx: Float64Array;
  /** Half the greatest of them, rounded up. */
  maxPx: number;
  passagePx: Float64Array;
  cornerPx: Float64Array;
  reachPx: Float64Array;
  /** 1 where narrow ground of others must not become it: ossature, buildings. */
  takesNothing: Uint8Array;
  /** Its value when widths are measured: buildings are 0, as if nobody knew what is there. */
  ground: Uint8Array;
  narrow: Uint8Array;
}

function planOf({ classes, resolutionM }: WidthParameters): Plan {
  const leastPx = new Float64Array(256);
  const takesNothing = new Uint8Array(256);
  const ground = new Uint8Array(256);
  classes.forEach((land, index) => {
    const value = index + 1;
    leastPx[value] = leastWidthM(land) / resolutionM;
    takesNothing[value] = leastPx[value] === 0 ? 1 : 0;
    ground[value] = leastPx[value] === 0 && !land.ossature ? 0 : value;
  });
  const everywhere = (lengthM: number) => new Float64Array(256).fill(Math.ceil(lengthM / resolutionM));
  return {
    leastPx,
    maxPx: Math.ceil(Math.max(2, ...leastPx) / 2),
    passagePx: everywhere(PASSAGE_M),
    cornerPx: leastPx.map((width) => (CORNER * width) / 2),
    reachPx: everywhere(REACH_M),
    takesNothing,
    ground,
    narrow: narrowValues(classes),
  };
}

/**
 * `labels`: the value of pixels under a disc of their class's width that lies within it, or whose class has no width; else 0.
 * `passages`: the value of those under such a disc of `PASSAGE` times the width.
 */
function opened(pixels: Uint8Array, stride: number, { leastPx, maxPx, ground }: Plan) {
  const values = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) values[i] = ground[pixels[i]!]!;
  const inside = squaredValueDistances(values, stride, maxPx);
  const four = squaresOfFour(inside, values, stride);
  const coveredBy = (part: number): Uint8Array => {
    const tests = Array.from(leastPx, (width) => widthTest(part * width));
    const squares = Int32Array.from(tests, ({ leastSquare }) => leastSquare);
    const isFour = Uint8Array.from(tests, (test) => (test.isFour ? 1 : 0));
    const covered = new Uint8Array(pixels.length);
    for (let i = 0; i < pixels.length; i++) {
      const value = pixels[i]!;
      covered[i] = (isFour[value] === 1 ? four[i]! : inside[i]!) >= squares[value]! ? 1 : 0;
    }
    const toMiddle = squaredDistancesWithin(values, covered, stride, maxPx);
    // a disc holds its class only: what it covers sees its middle along its row and that column
    for (let i = 0; i < pixels.length; i++) covered[i] = toMiddle[i]! < squares[pixels[i]!]! ? pixels[i]! : 0;
    return covered;
  };
  const passages = coveredBy(PASSAGE);
  const labels = coveredBy(1);
  for (let i = 0; i < pixels.length; i++) if (leastPx[pixels[i]!] === 0) labels[i] = pixels[i]!;
  return { labels, passages };
}

/** Known pixels without a label, the window's own border left out: what lies there is in the frame. */
function openPixels(pixels: Uint8Array, labels: Uint8Array, stride: number): Int32Array {
  const open = new IntList();
  for (let row = stride; row < pixels.length - stride; row += stride) {
    for (let i = row + 1; i < row + stride - 1; i++) if (labels[i] === 0 && pixels[i] !== 0) open.push(i);
  }
  return open.view();
}

/** Those indexes where `values` is, or is not, other than 0. */
function those(indexes: Int32Array, values: Uint8Array, isSet: boolean): Int32Array {
  const taken = new Int32Array(indexes.length);
  let count = 0;
  for (const at of indexes) if ((values[at] !== 0) === isSet) taken[count++] = at;
  return taken.subarray(0, count);
}

function inner({ widthPx, heightPx, framePx, pixels }: Framed, labels: Uint8Array, plan: Plan): Uint8Array {
  const stride = widthPx + 2 * framePx;
  const result = new Uint8Array(widthPx * heightPx);
  for (let y = 0, i = 0; y < heightPx; y++) {
    for (let x = 0, at = (y + framePx) * stride + framePx; x < widthPx; x++, at++, i++) {
      const value = pixels[at]!;
      result[i] = labels[at] || (plan.takesNothing[value] === 1 ? value : plan.narrow[value]!);
    }
  }
  return result;
}
