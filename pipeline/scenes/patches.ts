/** Pieces of scenes as arrays, for training and evaluation: what the chain would read, without the files. */
import type { Grid, PixelWindow } from '../grid.ts';
import { SCENE_CLASSES } from './classes.ts';
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

/** A window about an object of a class drawn at random, so that rare classes are seen as often as common ones. */
export function balancedWindow(scene: Scene, date: DateIndex, sidePx: number, random: Random): PixelWindow {
  const { brushes } = scene.plan;
  const wanted = Math.floor(random.next() * SCENE_CLASSES.length);
  const there = brushes.filter((brush, i) => scene.classes[i] === wanted && (brush.dates & dateBit(date)) !== 0);
  if (there.length === 0) return anyWindow(scene, sidePx, random);
  const { shape } = random.pick(there);
  const point = shape.kind === 'disc' ? shape.centre : random.pick(shape.kind === 'area' ? shape.ring : shape.points);
  const stray = () => random.range(-0.3, 0.3) * sidePx;
  return windowAt(scene, point[0] / RESOLUTION_M + stray(), point[1] / RESOLUTION_M + stray(), sidePx);
}

function windowAt(scene: Scene, xPx: number, yPx: number, sidePx: number): PixelWindow {
  const grid = sceneGrid(scene.options);
  const corner = (middle: number, size: number) =>
    Math.round(Math.min(Math.max(middle - sidePx / 2, 0), Math.max(size - sidePx, 0)));
  return { xPx: corner(xPx, grid.widthPx), yPx: corner(yPx, grid.heightPx), widthPx: sidePx, heightPx: sidePx };
}
