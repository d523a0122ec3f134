/** Pieces of scenes as arrays, for training and evaluation: what the chain would read, without the files. */
import type { Grid, PixelWindow } from '../grid.ts';
import type { SceneClassName } from './classes.ts';
import type { Brush, Shape } from './plan.ts';
import { areaM2, distanceM } from './plane.ts';
import type { Random } from './random.ts';
import {
  type DateIndex,
  dateBit,
  RESOLUTION_M,
  renderImages,
  renderSurface,
  renderTerrain,
  SCENE_ORIGIN,
  type Scene,
  sceneGrid,
  surfaceGrid,
  terrainGrid,
} from './scene.ts';

/** One step of the coded nDSM is 0.2 m: value = clip((MNS − MNT) × 5, 0, 255), as FLAIR's fifth band. */
export const NDSM_SCALE = 5;

export interface Patch {
  /** R, G, B, NIR, NDSM, each heightPx × widthPx of uint8. */
  bands: Uint8Array[];
  /** True class of each pixel. */
  truth: Uint8Array;
}

/** A window of a scene at a date, the heights brought to the images' grid by bilinear interpolation. */
export function renderPatch(scene: Scene, date: DateIndex, window: PixelWindow): Patch {
  const { bands, truth } = renderImages(scene, date, window);
  const surface = resample(surfaceGrid(scene.options), window, (part) => renderSurface(scene, date, part));
  const terrain = resample(terrainGrid(scene.options), window, (part) => renderTerrain(scene, part));
  const ndsm = Uint8Array.from(surface, (mns, i) => {
    const coded = (mns - terrain[i]!) * NDSM_SCALE;
    return coded > 0 ? Math.min(Math.round(coded), 255) : 0;
  });
  return { bands: [...bands, ndsm], truth };
}

function resample(grid: Grid, window: PixelWindow, render: (part: PixelWindow) => Float32Array): Float32Array {
  const toCol = (x: number) => (SCENE_ORIGIN.x + (x + 0.5) * RESOLUTION_M - grid.originX) / grid.resolutionM - 0.5;
  const toRow = (y: number) => (grid.originY - SCENE_ORIGIN.y + (y + 0.5) * RESOLUTION_M) / grid.resolutionM - 0.5;
  const [left, top] = [Math.floor(toCol(window.xPx)), Math.floor(toRow(window.yPx))];
  const widthPx = Math.floor(toCol(window.xPx + window.widthPx)) + 2 - left;
  const heightPx = Math.floor(toRow(window.yPx + window.heightPx)) + 2 - top;
  const part = render({ xPx: left, yPx: top, widthPx, heightPx });
  const out = new Float32Array(window.widthPx * window.heightPx);
  for (let row = 0, at = 0; row < window.heightPx; row++) {
    const v = toRow(window.yPx + row) - top;
    const [r, fv] = [Math.floor(v), v - Math.floor(v)];
    for (let col = 0; col < window.widthPx; col++, at++) {
      const u = toCol(window.xPx + col) - left;
      const [c, fu] = [Math.floor(u), u - Math.floor(u)];
      const p = r * widthPx + c;
      const above = part[p]! * (1 - fu) + part[p + 1]! * fu;
      const below = part[p + widthPx]! * (1 - fu) + part[p + widthPx + 1]! * fu;
      out[at] = above * (1 - fv) + below * fv;
    }
  }
  return out;
}

/** A window anywhere in the scene, each place as likely. */
export function anyWindow(scene: Scene, sidePx: number, random: Random): PixelWindow {
  const grid = sceneGrid(scene.options);
  return windowAt(scene, Math.floor(random.next() * grid.widthPx), Math.floor(random.next() * grid.heightPx), sidePx);
}

/** How often each class is sought: what the network takes for one another, more often. */
const SOUGHT: Record<SceneClassName, number> = {
  building: 1,
  'pervious surface': 3,
  'impervious surface': 1.5,
  'bare soil': 2.5,
  water: 1,
  coniferous: 1,
  deciduous: 1,
  brushwood: 1,
  vineyard: 1,
  'herbaceous vegetation': 1.5,
  'agricultural land': 1.5,
  'plowed land': 1,
};

/**
 * A window about an object of a class drawn at random, so that rare classes are seen as often as common ones. Among a class's
 * objects, one four times as large is drawn twice as often: quarries and yards are few, drives to houses many.
 */
export function balancedWindow(scene: Scene, date: DateIndex, sidePx: number, random: Random): PixelWindow {
  const wanted = random.weighted(SOUGHT);
  const there = scene.plan.brushes.filter(
    ({ style, dates }) => style.class === wanted && (dates & dateBit(date)) !== 0,
  );
  if (there.length === 0) return anyWindow(scene, sidePx, random);
  const { shape } = largeOne(there, random);
  const point = shape.kind === 'disc' ? shape.centre : random.pick(shape.kind === 'area' ? shape.ring : shape.points);
  const stray = () => random.range(-0.3, 0.3) * sidePx;
  return windowAt(scene, point[0] / RESOLUTION_M + stray(), point[1] / RESOLUTION_M + stray(), sidePx);
}

/** One of the brushes, each as often as the square root of its area. */
function largeOne(brushes: Brush[], random: Random): Brush {
  const sides = brushes.map(({ shape }) => Math.sqrt(shapeAreaM2(shape)));
  let left = random.next() * sides.reduce((sum, side) => sum + side, 0);
  for (const [i, side] of sides.entries()) {
    left -= side;
    if (left < 0) return brushes[i]!;
  }
  return brushes.at(-1)!;
}

function shapeAreaM2(shape: Shape): number {
  if (shape.kind === 'area') return areaM2(shape.ring);
  if (shape.kind === 'disc') return Math.PI * shape.radiusM ** 2;
  return shape.widthM * shape.points.slice(1).reduce((sum, point, i) => sum + distanceM(shape.points[i]!, point), 0);
}

function windowAt(scene: Scene, xPx: number, yPx: number, sidePx: number): PixelWindow {
  const grid = sceneGrid(scene.options);
  const corner = (middle: number, size: number) =>
    Math.round(Math.min(Math.max(middle - sidePx / 2, 0), Math.max(size - sidePx, 0)));
  return { xPx: corner(xPx, grid.widthPx), yPx: corner(yPx, grid.heightPx), widthPx: sidePx, heightPx: sidePx };
}
