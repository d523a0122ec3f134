/**
 * A building of 50 to 200 m² that stands alone is enlarged to 200 m², as the product's rules want it. Pure.
 *
 * Each by itself, looking at the others only as they were: so neither their order nor the cut into blocks can show. It takes
 * pixels that hold on to it by their sides, those nearest to its own first, of equally near ones the upper, then the left one.
 */
import type { PixelWindow } from '../grid.ts';
import { connectedRegions } from '../regions.ts';
import { squaredDistances } from './distance.ts';
import { type Framed, innerOf } from './framed.ts';
import type { BuildingValues } from './group-buildings.ts';
import { IndexHeap } from './index-heap.ts';
import { AREA_MARGIN, MINIMAL_UNITS, SPECKS } from './minimal-units.ts';

export interface EnlargementParameters {
  /** A smaller building is left alone: other rules make it give way. */
  fromM2: number;
  /** What it shall have: the rule's 200 m², and so much more that straightening does not bring it below. */
  toM2: number;
  /** How far from itself it may take ground. An assumption of ours: a square of 50 m² needs less than 4 m. */
  reachM: number;
  /** A building that is longer is left alone: under 200 m² it is less than 4 m wide, a wall or a hedge. An assumption of ours. */
  sideM: number;
}

export const ENLARGEMENT_PARAMETERS: EnlargementParameters = {
  fromM2: SPECKS.buildingM2,
  toM2: MINIMAL_UNITS.buildingM2 * (1 + AREA_MARGIN),
  reachM: 10,
  sideM: 60,
};

/** A building that stays too small: not enough free ground holds on to it within reach. Where its first pixel lies, and its pixels. */
export interface NotEnlarged {
  xPx: number;
  yPx: number;
  pixels: number;
}

/** Lengths and areas in pixels. */
interface Limits {
  fromPx: number;
  toPx: number;
  reachPx: number;
  sidePx: number;
}

const limitsOf = ({ fromM2, toM2, reachM, sideM }: EnlargementParameters, resolutionM: number): Limits => ({
  fromPx: Math.ceil(fromM2 / resolutionM ** 2),
  toPx: Math.ceil(toM2 / resolutionM ** 2),
  reachPx: Math.ceil(reachM / resolutionM),
  sidePx: Math.ceil(sideM / resolutionM),
});

/** A building that reaches into the block lies within its side and reach of it, and looks as far again as its reach. */
export function frameOfEnlargement(parameters: EnlargementParameters, resolutionM: number): number {
  const { reachPx, sidePx } = limitsOf(parameters, resolutionM);
  return sidePx + 2 * reachPx;
}

/**
 * The block's values with small buildings enlarged, onto anything but ossature and nodata, and those whose first pixel lies in
 * the block that could not be. The frame is `frameOfEnlargement` at least.
 */
export function enlargeBuildings(
  framed: Framed,
  { building, isFixed }: BuildingValues,
  parameters: EnlargementParameters,
  resolutionM: number,
): { pixels: Uint8Array; notEnlarged: NotEnlarged[] } {
  const block = innerOf(framed).pixels.slice();
  const notEnlarged: NotEnlarged[] = [];
  if (building === 0 || !framed.pixels.includes(building)) return { pixels: block, notEnlarged };
  const limits = limitsOf(parameters, resolutionM);
  const isFree = Uint8Array.from({ length: 256 }, (_, value) => (value !== 0 && isFixed[value] !== 1 ? 1 : 0));
  const { widthPx, heightPx, framePx } = framed;
  const stride = widthPx + 2 * framePx;
  for (const small of smallBuildings(framed, building, limits)) {
    const taken = grownPixels(framed.pixels, stride, small, isFree, limits);
    for (const i of taken ?? []) {
      const [x, y] = [(i % stride) - framePx, Math.floor(i / stride) - framePx];
      if (x >= 0 && y >= 0 && x < widthPx && y < heightPx) block[y * widthPx + x] = building;
    }
    const [x, y] = [(small.first % stride) - framePx, Math.floor(small.first / stride) - framePx];
    if (taken === undefined && x >= 0 && y >= 0 && x < widthPx && y < heightPx)
      notEnlarged.push({ xPx: framed.xPx + x, yPx: framed.yPx + y, pixels: small.pixels });
  }
  return { pixels: block, notEnlarged };
}

/** A building in a window: the pixels round it, its label there, its first pixel's index. */
interface SmallBuilding extends PixelWindow {
  labels: Int32Array;
  label: number;
  pixels: number;
  first: number;
}

/** Buildings to be enlarged that are whole in the window and within reach of the block. */
function smallBuildings({ pixels, widthPx, heightPx, framePx }: Framed, building: number, limits: Limits) {
  const [width, height] = [widthPx + 2 * framePx, heightPx + 2 * framePx];
  const mask = pixels.map((value) => (value === building ? 1 : 0));
  const regions = connectedRegions(mask, width, height);
  const extents = extentsOf(regions.labels, regions.count, width);
  const found: SmallBuilding[] = [];
  for (let label = 1; label <= regions.count; label++) {
    const area = regions.pixels[label]!;
    if (area < limits.fromPx || area >= limits.toPx) continue;
    const { left, top, right, bottom, first } = extents[label]!;
    if (right - left >= limits.sidePx || bottom - top >= limits.sidePx) continue;
    const { reachPx } = limits;
    const window = {
      xPx: left - reachPx,
      yPx: top - reachPx,
      widthPx: right - left + 1 + 2 * reachPx,
      heightPx: bottom - top + 1 + 2 * reachPx,
    };
    const reaches =
      window.xPx < width - framePx &&
      window.yPx < height - framePx &&
      window.xPx + window.widthPx > framePx &&
      window.yPx + window.heightPx > framePx;
    if (reaches) found.push({ ...window, labels: regions.labels, label, pixels: area, first });
  }
  return found;
}

interface RegionExtent {
  left: number;
  top: number;
  right: number;
  bottom: number;
  first: number;
}

function extentsOf(labels: Int32Array, count: number, widthPx: number): (RegionExtent | undefined)[] {
  const extents: (RegionExtent | undefined)[] = new Array(count + 1).fill(undefined);
  for (let i = 0, x = 0, y = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label !== 0) {
      extents[label] ??= { left: x, top: y, right: x, bottom: y, first: i };
      const extent = extents[label]!;
      if (x < extent.left) extent.left = x;
      if (x > extent.right) extent.right = x;
      extent.bottom = y;
    }
    if (++x === widthPx) [x, y] = [0, y + 1];
  }
  return extents;
}

/** Indexes in the framed block of the pixels a building takes; undefined where it cannot have enough. */
function grownPixels(
  values: Uint8Array,
  stride: number,
  { xPx, yPx, widthPx, heightPx, labels, label, pixels }: SmallBuilding,
  isFree: Uint8Array,
  { toPx, reachPx }: Limits,
): number[] | undefined {
  const at = (i: number) => (yPx + Math.floor(i / widthPx)) * stride + xPx + (i % widthPx);
  const own = Uint8Array.from({ length: widthPx * heightPx }, (_, i) => (labels[at(i)] === label ? 1 : 0));
  const squares = squaredDistances(own, widthPx, heightPx, reachPx);
  const next = new IndexHeap(Float64Array.from(squares));
  const seen = own.slice();
  const offer = (i: number) => {
    if (seen[i] === 1) return;
    seen[i] = 1;
    if (isFree[values[at(i)]!] === 1 && squares[i]! <= reachPx * reachPx) next.put(i);
  };
  const offerRound = (i: number) => {
    const x = i % widthPx;
    if (x > 0) offer(i - 1);
    if (x < widthPx - 1) offer(i + 1);
    if (i >= widthPx) offer(i - widthPx);
    if (i < own.length - widthPx) offer(i + widthPx);
  };
  for (let i = 0; i < own.length; i++) if (own[i] === 1) offerRound(i);
  const taken: number[] = [];
  while (pixels + taken.length < toPx && next.size > 0) {
    const i = next.pop();
    taken.push(at(i));
    offerRound(i);
  }
  return pixels + taken.length < toPx ? undefined : taken;
}
