/**
 * A building of 50 to 200 m² that stands alone is enlarged to 200 m², as the product's rules want it. Pure.
 *
 * Each by itself, looking at the others only as they were: so neither their order nor the cut into blocks can show.
 */
import type { PixelWindow } from '../../grid.ts';
import { connectedRegions } from '../../regions.ts';
import { type Framed, innerOf } from '../blocks/framed.ts';
import { MINIMAL_UNITS, SPECKS } from '../units/minimal-units.ts';
import type { BuildingValues } from './building-values.ts';
import { grownPixels } from './grow-building.ts';

export interface EnlargementParameters {
  /** A smaller building is left alone: other rules make it give way. */
  fromM2: number;
  /** What it shall have. */
  toM2: number;
  /**
   * Share that it has more, so that drawing its borders does not bring it below. Measured on the 169 buildings of the
   * demonstration's first date at 0.2 m: squaring took 2.1 % of one at most.
   */
  margin: number;
  /**
   * The same on pixels of 1 m, where it is the greater; it falls with their area. Measured on the 697 buildings of a real village:
   * drawing took 6.4 % of a building at most from pixels of 1 m, 0.6 % from pixels of 0.5 m.
   */
  marginAt1M: number;
  /** How far from itself it may take ground. An assumption of ours: a square of 50 m² needs less than 4 m. */
  reachM: number;
  /** A building that is longer is left alone: under 200 m² it is less than 4 m wide, a wall or a hedge. An assumption of ours. */
  sideM: number;
}

export const ENLARGEMENT_PARAMETERS: EnlargementParameters = {
  fromM2: SPECKS.buildingM2,
  toM2: MINIMAL_UNITS.buildingM2,
  margin: 0.025,
  marginAt1M: 0.07,
  reachM: 10,
  sideM: 60,
};

/** Lengths and areas in pixels. */
interface Limits {
  fromPx: number;
  toPx: number;
  reachPx: number;
  sidePx: number;
}

function limitsOf(
  { fromM2, toM2, margin, marginAt1M, reachM, sideM }: EnlargementParameters,
  resolutionM: number,
): Limits {
  const pixelM2 = resolutionM ** 2;
  return {
    fromPx: Math.ceil(fromM2 / pixelM2 - 1e-6),
    toPx: Math.ceil((toM2 * (1 + Math.max(margin, marginAt1M * pixelM2))) / pixelM2),
    reachPx: Math.ceil(reachM / resolutionM),
    sidePx: Math.ceil(sideM / resolutionM),
  };
}

/** A building that reaches into the block lies within its side and reach of it, and looks as far again as its reach. */
export function frameOfEnlargement(parameters: EnlargementParameters, resolutionM: number): number {
  const { reachPx, sidePx } = limitsOf(parameters, resolutionM);
  return sidePx + 2 * reachPx;
}

/**
 * The block's values with small buildings enlarged, onto anything but ossature and nodata. One that finds too little free ground
 * that holds on to it within reach stays as it is. The frame is `frameOfEnlargement` at least.
 */
export function enlargeBuildings(
  framed: Framed,
  { building, isFixed }: BuildingValues,
  parameters: EnlargementParameters,
  resolutionM: number,
): Uint8Array {
  const block = innerOf(framed).pixels.slice();
  if (building === 0 || !framed.pixels.includes(building)) return block;
  const limits = limitsOf(parameters, resolutionM);
  const isFree = Uint8Array.from({ length: 256 }, (_, value) => (value !== 0 && isFixed[value] !== 1 ? 1 : 0));
  const { widthPx, heightPx, framePx } = framed;
  const stride = widthPx + 2 * framePx;
  for (const small of smallBuildings(framed, building, limits)) {
    const { xPx, yPx, widthPx: width } = small;
    const at = (i: number) => (yPx + Math.floor(i / width)) * stride + xPx + (i % width);
    const isFreeAt = (i: number) => isFree[framed.pixels[at(i)]!] === 1;
    for (const i of grownPixels(small, isFreeAt, limits.toPx, limits.reachPx) ?? []) {
      const [x, y] = [(at(i) % stride) - framePx, Math.floor(at(i) / stride) - framePx];
      if (x >= 0 && y >= 0 && x < widthPx && y < heightPx) block[y * widthPx + x] = building;
    }
  }
  return block;
}

/** A building in a window of the framed block that reaches as far round it as it may grow. */
interface SmallBuilding extends PixelWindow {
  /** By pixel of the window: 1 where the building is. */
  own: Uint8Array;
}

/** Buildings to be enlarged that are whole in the framed block and within reach of the block. */
function* smallBuildings(framed: Framed, building: number, limits: Limits): Generator<SmallBuilding> {
  const { framePx } = framed;
  const [width, height] = [framed.widthPx + 2 * framePx, framed.heightPx + 2 * framePx];
  const mask = framed.pixels.map((value) => (value === building ? 1 : 0));
  const { count, labels, pixels } = connectedRegions(mask, width, height);
  const extents = extentsOf(labels, count, width);
  for (let label = 1; label <= count; label++) {
    if (pixels[label]! < limits.fromPx || pixels[label]! >= limits.toPx) continue;
    const { left, top, right, bottom } = extents[label]!;
    if (right - left >= limits.sidePx || bottom - top >= limits.sidePx) continue;
    const { reachPx } = limits;
    const [xPx, yPx] = [left - reachPx, top - reachPx];
    const [widthPx, heightPx] = [right - left + 1 + 2 * reachPx, bottom - top + 1 + 2 * reachPx];
    if (xPx >= width - framePx || yPx >= height - framePx || xPx + widthPx <= framePx || yPx + heightPx <= framePx)
      continue;
    const own = new Uint8Array(widthPx * heightPx);
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) if (labels[y * width + x] === label) own[(y - yPx) * widthPx + x - xPx] = 1;
    yield { xPx, yPx, widthPx, heightPx, own };
  }
}

interface RegionExtent {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function extentsOf(labels: Int32Array, count: number, widthPx: number): (RegionExtent | undefined)[] {
  const extents: (RegionExtent | undefined)[] = new Array(count + 1).fill(undefined);
  for (let i = 0, x = 0, y = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label !== 0) {
      extents[label] ??= { left: x, top: y, right: x, bottom: y };
      const extent = extents[label]!;
      if (x < extent.left) extent.left = x;
      if (x > extent.right) extent.right = x;
      extent.bottom = y;
    }
    if (++x === widthPx) [x, y] = [0, y + 1];
  }
  return extents;
}
