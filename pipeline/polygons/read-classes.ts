/** Dalles of model classes → blocks of couverture values. */
import { CLASS_NODATA, type ClassesArtefact, type ModelClass } from '../artefacts.ts';
import { BadInput } from '../errors.ts';
import { RasterCache } from '../geotiff/raster-cache.ts';
import { openRaster, type RasterFile } from '../geotiff/read-raster.ts';
import type { PixelWindow } from '../grid.ts';

const UNKNOWN = 255;

export interface ReadClassesJob {
  modelId: string;
  /** Those the block touches. */
  dalles: { window: PixelWindow; classPath: string; confidencePath: string }[];
  /** By model class index: the value of its couverture, 0 for nodata, 255 for what may not occur. */
  recode: Uint8Array;
  block: PixelWindow;
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

export const dallesIn = ({ dalles }: ClassesArtefact, block: PixelWindow): ReadClassesJob['dalles'] =>
  dalles
    .filter(({ window }) => overlap(window, block) !== undefined)
    .map(({ window, classPath, confidencePath }) => ({ window, classPath, confidencePath }));

/**
 * Reads blocks; nodata has confidence 0. Throws `BadInput` for a dalle of another size than its window, or that holds a class the
 * model gives no couverture for.
 */
export function openDalleReader() {
  let cache: RasterCache | undefined;
  const readPart = async (path: string, window: PixelWindow, part: PixelWindow): Promise<Uint8Array> => {
    cache ??= new RasterCache();
    const file: RasterFile = await openRaster(path, cache);
    const { widthPx, heightPx } = file.grid;
    if (widthPx !== window.widthPx || heightPx !== window.heightPx) {
      throw new BadInput(
        `${path}: ${widthPx} × ${heightPx} pixels found, ${window.widthPx} × ${window.heightPx} wanted by its dalle`,
      );
    }
    const inside = { ...part, xPx: part.xPx - window.xPx, yPx: part.yPx - window.yPx };
    return file.read(inside, 0, new Uint8Array(part.widthPx * part.heightPx));
  };
  return {
    async read(job: ReadClassesJob): Promise<{ classes: Uint8Array; confidence: Uint8Array }> {
      const { block, recode } = job;
      const classes = new Uint8Array(block.widthPx * block.heightPx);
      const confidence = new Uint8Array(classes.length);
      for (const dalle of job.dalles) {
        const part = overlap(dalle.window, block)!;
        const found = await readPart(dalle.classPath, dalle.window, part);
        const sure = await readPart(dalle.confidencePath, dalle.window, part);
        for (let i = 0; i < found.length; i++) {
          const value = recode[found[i]!]!;
          if (value === UNKNOWN) throw unknownClass(job, dalle.classPath, found[i]!);
          found[i] = value;
          if (value === 0) sure[i] = 0;
        }
        place(found, part, classes, block);
        place(sure, part, confidence, block);
      }
      return { classes, confidence };
    },
    close: async () => cache?.close(),
  };
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
