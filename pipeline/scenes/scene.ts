/** A landscape seen at one of its two dates: images, heights and truth of any window of it, the same however it is cut. */
import type { Grid, PixelWindow } from '../grid.ts';
import { classIndex } from './classes.ts';
import { type LandscapeOptions, planLandscape } from './landscape.ts';
import { expose, type Grounds, grounds, HALO_PX, type Sensor, sensorOf } from './light.ts';
import { type Frame, paint } from './paint.ts';
import { patternOf } from './patterns.ts';
import type { Dates, Plan } from './plan.ts';
import { NOISE_SIDE } from './random.ts';

export const RESOLUTION_M = 0.2;
export const SCENE_SRID = 2154;
/** Top left corner of every scene, Lambert-93: open country in the Gers. */
export const SCENE_ORIGIN = { x: 506_000, y: 6_287_000 };

export type DateIndex = 0 | 1;

export interface Scene {
  options: LandscapeOptions;
  plan: Plan;
  sensors: [Sensor, Sensor];
  noises: Grounds;
  /** Class index of each brush. */
  classes: Uint8Array;
}

/** Plans a scene; images are made window by window. */
export function makeScene(options: LandscapeOptions): Scene {
  const plan = planLandscape(options);
  return {
    options,
    plan,
    sensors: [sensorOf(options.seed, 0), sensorOf(options.seed, 1)],
    noises: grounds(options.seed),
    classes: Uint8Array.from(plan.brushes, ({ style }) => classIndex(style.class)),
  };
}

/** The grid of the images and of the truth. */
export const sceneGrid = ({ widthM, heightM }: LandscapeOptions): Grid => gridOver(widthM, heightM, RESOLUTION_M, 0, 0);

/** Surface model: 0.5 m, 3.05 m beyond the images' corner, so that no pixel edges meet. */
export const surfaceGrid = ({ widthM, heightM }: LandscapeOptions): Grid => gridOver(widthM, heightM, 0.5, 3.05, 2.95);

/** Terrain model: 1 m, half a pixel off the metre. */
export const terrainGrid = ({ widthM, heightM }: LandscapeOptions): Grid => gridOver(widthM, heightM, 1, 4.5, 3.5);

function gridOver(widthM: number, heightM: number, resolutionM: number, leftM: number, aboveM: number): Grid {
  return {
    srid: SCENE_SRID,
    originX: SCENE_ORIGIN.x - leftM,
    originY: SCENE_ORIGIN.y + aboveM,
    resolutionM,
    widthPx: Math.round((widthM + 2 * leftM) / resolutionM),
    heightPx: Math.round((heightM + 2 * aboveM) / resolutionM),
  };
}

export const dateBit = (date: DateIndex): Dates => (date === 0 ? 1 : 2);

/** Images of a window of the scene grid: planar R, G, B, NIR (DN 1 to 254) and the true class of each pixel. */
export function renderImages(
  scene: Scene,
  date: DateIndex,
  window: PixelWindow,
): { bands: Uint8Array[]; truth: Uint8Array } {
  const frame: Frame = {
    originXM: 0,
    originYM: 0,
    resolutionM: RESOLUTION_M,
    colPx: window.xPx - HALO_PX,
    rowPx: window.yPx - HALO_PX,
    widthPx: window.widthPx + 2 * HALO_PX,
    heightPx: window.heightPx + 2 * HALO_PX,
  };
  const { brushes } = scene.plan;
  const painted = paint(brushes, dateBit(date), frame);
  const truth = new Uint8Array(window.widthPx * window.heightPx);
  for (let row = 0, out = 0; row < window.heightPx; row++) {
    const start = (row + HALO_PX) * frame.widthPx + HALO_PX;
    for (let col = 0; col < window.widthPx; col++, out++) truth[out] = scene.classes[painted.object[start + col]!]!;
  }
  return { bands: expose(painted, brushes, scene.sensors[date], scene.noises), truth };
}

/** Outside the images by more than this there is no height: the models' nodata is real. */
const KNOWN_BEYOND_M = 2.2;

/**
 * Surface heights (MNS, metres) of a window of the surface grid: ground, what stands on it as stereo matching sees it (blurred,
 * low things flattened here and there), and its error. NaN where unknown.
 */
export function renderSurface(scene: Scene, date: DateIndex, window: PixelWindow): Float32Array {
  const grid = surfaceGrid(scene.options);
  const frame: Frame = {
    originXM: grid.originX - SCENE_ORIGIN.x,
    originYM: SCENE_ORIGIN.y - grid.originY,
    resolutionM: grid.resolutionM,
    colPx: window.xPx - 1,
    rowPx: window.yPx - 1,
    widthPx: window.widthPx + 2,
    heightPx: window.heightPx + 2,
  };
  const { height } = paint(scene.plan.brushes, dateBit(date), frame);
  const w = frame.widthPx;
  const across = (p: number) => (height[p - 1]! + 2 * height[p]! + height[p + 1]!) / 4;
  return mapGround(scene, grid, window, (xM, yM, col, row) => {
    const p = (row - window.yPx + 1) * w + col - window.xPx + 1;
    const blurred = (across(p - w) + 2 * across(p) + across(p + w)) / 4;
    const error = noiseAt(scene.noises.coarse, col * 3 + 91 * (date + 1), row * 3);
    const matched = noiseAt(scene.noises.coarse, col + 177, row + 55 * (date + 1));
    const seen = blurred * (blurred < 2.5 ? Math.min(Math.max(0.6 + 0.5 * matched, 0), 1.1) : 1);
    const fine = noiseAt(scene.noises.white, col + 13 * date, row);
    return terrainM(scene.options, xM, yM) + seen + 0.3 * error + 0.12 * fine;
  });
}

/** Ground heights (MNT, metres) of a window of the terrain grid; the same at both dates. NaN where unknown. */
export function renderTerrain(scene: Scene, window: PixelWindow): Float32Array {
  return mapGround(scene, terrainGrid(scene.options), window, (xM, yM, col, row) => {
    return terrainM(scene.options, xM, yM) + 0.06 * noiseAt(scene.noises.coarse, col * 5, row * 5);
  });
}

type HeightAt = (xM: number, yM: number, col: number, row: number) => number;

function mapGround({ options }: Scene, grid: Grid, window: PixelWindow, heightAt: HeightAt): Float32Array {
  const out = new Float32Array(window.widthPx * window.heightPx);
  for (let r = 0, at = 0; r < window.heightPx; r++) {
    const row = window.yPx + r;
    const yM = SCENE_ORIGIN.y - grid.originY + (row + 0.5) * grid.resolutionM;
    for (let c = 0; c < window.widthPx; c++, at++) {
      const col = window.xPx + c;
      const xM = grid.originX - SCENE_ORIGIN.x + (col + 0.5) * grid.resolutionM;
      const outside = Math.max(-xM, -yM, xM - options.widthM, yM - options.heightM);
      out[at] = outside > KNOWN_BEYOND_M ? Number.NaN : heightAt(xM, yM, col, row);
    }
  }
  return out;
}

const noiseAt = (table: Float32Array, col: number, row: number) =>
  table[(row & (NOISE_SIDE - 1)) * NOISE_SIDE + (col & (NOISE_SIDE - 1))]!;

/** Gentle hills, 120 to 200 m high; higher or lower as the pattern says. */
function terrainM({ seed, pattern }: LandscapeOptions, xM: number, yM: number): number {
  const phase = seed % 97;
  const { hills } = patternOf(pattern);
  const long = 22 * hills * Math.sin(xM / 410 + phase) * Math.cos(yM / 530 + phase);
  return 160 + long + 9 * hills * Math.sin((xM + yM) / 190 + 2 * phase);
}
