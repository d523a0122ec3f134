/** Dalles of model classes → blocks of couverture values. */
import { CLASS_NODATA, type ClassesArtefact, type ModelClass } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import type { RasterCache } from '../geotiff/raster-cache.ts';
import { openRaster, type RasterFile } from '../geotiff/read-raster.ts';
import type { PixelWindow } from '../grid.ts';
import { innerOf } from './blocks/framed.ts';
import { MAJORITY_FRAME_PX, majorityByProbability } from './units/majority.ts';

const UNKNOWN = 255;

export interface ReadClassesJob {
  modelId: string;
  /** Those the block and the pixels next to it touch. */
  dalles: Dalle[];
  /** By model class index: the value of its couverture, 0 for nodata, 255 for what may not occur. */
  recode: Uint8Array;
  block: PixelWindow;
  /** Whether the classes are to be voted on by probabilities too; every dalle has them. */
  isVoted: boolean;
}

type Dalle = ClassesArtefact['dalles'][number];

/** `voted`: the classes after the vote of their neighbourhoods, where it was asked for. */
export interface BlockClasses {
  classes: Uint8Array;
  confidence: Uint8Array;
  voted?: Uint8Array;
}

/** By model class index: 1 + the index of its code in `codesCs`. */
export function recodeTable(classes: ModelClass[], codesCs: string[]): Uint8Array {
  const table = new Uint8Array(256).fill(UNKNOWN);
  for (const { index, codeCs } of classes) if (codeCs !== null) table[index] = codesCs.indexOf(codeCs) + 1;
  table[CLASS_NODATA] = 0;
  return table;
}

/** Couvertures a model's classes mean, sorted. */
export const couvertureCodes = (classes: ModelClass[]): string[] =>
  [...new Set(classes.flatMap(({ codeCs }) => (codeCs === null ? [] : [codeCs])))].sort();

export const dallesIn = ({ dalles }: ClassesArtefact, block: PixelWindow): Dalle[] =>
  dalles.filter(({ window }) => overlap(window, grown(block)) !== undefined);

/** Whether the run that made the classes kept the probabilities of all of them. */
export const hasProbabilities = ({ dalles }: ClassesArtefact): boolean =>
  dalles.every(({ probabilitiesPath }) => probabilitiesPath !== undefined);

/**
 * Reads blocks; nodata has confidence 0. Throws `BadInput` for a dalle of another size than its window, or that holds a class the
 * model gives no couverture for.
 */
export function openDalleReader(cache: RasterCache) {
  const readPart = async (path: string, window: PixelWindow, part: PixelWindow, band = 0): Promise<Uint8Array> => {
    const file: RasterFile = await openRaster(path, cache);
    const { widthPx, heightPx } = file.grid;
    if (widthPx !== window.widthPx || heightPx !== window.heightPx) {
      throw new BadInput(
        `${path}: ${widthPx} × ${heightPx} pixels found, ${window.widthPx} × ${window.heightPx} wanted by its dalle`,
      );
    }
    const inside = { ...part, xPx: part.xPx - window.xPx, yPx: part.yPx - window.yPx };
    return file.read(inside, band, new Uint8Array(part.widthPx * part.heightPx));
  };
  const readWindow = async (job: ReadClassesJob, window: PixelWindow): Promise<BlockClasses> => {
    const classes = new Uint8Array(window.widthPx * window.heightPx);
    const confidence = new Uint8Array(classes.length);
    for (const dalle of job.dalles) {
      const part = overlap(dalle.window, window);
      if (part === undefined) continue;
      const found = await readPart(dalle.classPath, dalle.window, part);
      const sure = await readPart(dalle.confidencePath, dalle.window, part);
      for (let i = 0; i < found.length; i++) {
        const value = job.recode[found[i]!]!;
        if (value === UNKNOWN) throw unknownClass(job, dalle.classPath, found[i]!);
        found[i] = value;
        if (value === 0) sure[i] = 0;
      }
      place(found, part, classes, window);
      place(sure, part, confidence, window);
    }
    return { classes, confidence };
  };
  const readPlanes = async ({ dalles, recode }: ReadClassesJob, window: PixelWindow): Promise<Uint8Array[]> => {
    const values = [...recode.keys()].filter((index) => recode[index] !== 0 && recode[index] !== UNKNOWN);
    const count = Math.max(...values.map((index) => recode[index]!));
    const planes = Array.from({ length: count }, () => new Uint8Array(window.widthPx * window.heightPx));
    for (const dalle of dalles) {
      const part = overlap(dalle.window, window);
      if (part === undefined) continue;
      for (const index of values) {
        const found = await readPart(dalle.probabilitiesPath!, dalle.window, part, index);
        addTo(planes[recode[index]! - 1]!, found, part, window);
      }
    }
    return planes;
  };
  return {
    async read(job: ReadClassesJob): Promise<BlockClasses> {
      const { block } = job;
      if (!job.isVoted) return readWindow(job, block);
      const window = grown(block);
      const { classes, confidence } = await readWindow(job, window);
      const framed = { ...block, framePx: MAJORITY_FRAME_PX, pixels: classes };
      const voted = majorityByProbability(framed, await readPlanes(job, window));
      return { classes: innerOf(framed).pixels, confidence: innerOf({ ...framed, pixels: confidence }).pixels, voted };
    },
  };
}

const grown = ({ xPx, yPx, widthPx, heightPx }: PixelWindow): PixelWindow => ({
  xPx: xPx - MAJORITY_FRAME_PX,
  yPx: yPx - MAJORITY_FRAME_PX,
  widthPx: widthPx + 2 * MAJORITY_FRAME_PX,
  heightPx: heightPx + 2 * MAJORITY_FRAME_PX,
});

/** Adds a part's probabilities to those of the window; classes of one couverture count together, 255 at most. */
function addTo(plane: Uint8Array, found: Uint8Array, part: PixelWindow, window: PixelWindow): void {
  for (let y = 0, i = 0; y < part.heightPx; y++) {
    let at = (part.yPx - window.yPx + y) * window.widthPx + part.xPx - window.xPx;
    for (let x = 0; x < part.widthPx; x++, i++, at++) plane[at] = Math.min(255, plane[at]! + found[i]!);
  }
}

function overlap(a: PixelWindow, b: PixelWindow): PixelWindow | undefined {
  const [xPx, yPx] = [Math.max(a.xPx, b.xPx), Math.max(a.yPx, b.yPx)];
  const widthPx = Math.min(a.xPx + a.widthPx, b.xPx + b.widthPx) - xPx;
  const heightPx = Math.min(a.yPx + a.heightPx, b.yPx + b.heightPx) - yPx;
  return widthPx > 0 && heightPx > 0 ? { xPx, yPx, widthPx, heightPx } : undefined;
}

function unknownClass({ modelId, recode }: ReadClassesJob, path: string, found: number): BadInput {
  const wanted = [...recode.keys()].filter((index) => index !== CLASS_NODATA && recode[index] !== UNKNOWN);
  return new BadInput(
    `${path}: class ${found} found; model ${modelId} gives a couverture for ${wanted.join(', ')} only (${CLASS_NODATA}: nodata)`,
  );
}

function place(part: Uint8Array, at: PixelWindow, whole: Uint8Array, block: PixelWindow): void {
  for (let row = 0; row < at.heightPx; row++) {
    const pixels = part.subarray(row * at.widthPx, (row + 1) * at.widthPx);
    whole.set(pixels, (at.yPx - block.yPx + row) * block.widthPx + at.xPx - block.xPx);
  }
}
