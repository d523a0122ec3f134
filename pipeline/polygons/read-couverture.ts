/** Dalles of model classes → one raster of couverture codes. */
import { CLASS_NODATA, type ClassesArtefact, type ModelClass, type StageContext } from '../artefacts.ts';
import { type CouvertureRaster, checkPixelLimit } from '../couverture.ts';
import { BadInput, Stopped } from '../errors.ts';
import { openRaster, type RasterFile } from '../geotiff/read-raster.ts';
import type { PixelWindow } from '../grid.ts';

const UNKNOWN = 255;

/**
 * Reads a classes artefact whole, recoded from model class indexes to couverture codes.
 * Throws `BadInput` where the extent is over `MAX_PIXELS`, or a dalle holds a class the model gives no couverture for.
 */
export async function readCouverture(artefact: ClassesArtefact, ctx: StageContext): Promise<CouvertureRaster> {
  const { grid } = artefact;
  checkPixelLimit(grid);
  const pixels = grid.widthPx * grid.heightPx;
  const codesCs = couvertureCodes(artefact.classes);
  const recode = recodeTable(artefact.classes, codesCs);
  const couverture = { grid, codesCs, classes: new Uint8Array(pixels), confidence: new Uint8Array(pixels) };
  const step = ctx.report.step('read classes', pixels, 'px');
  for (const { window, classPath, confidencePath } of artefact.dalles) {
    if (ctx.signal.aborted) throw new Stopped('stopped while reading the class rasters');
    const classes = await readDalle(classPath, window);
    const confidence = await readDalle(confidencePath, window);
    for (let i = 0; i < classes.length; i++) {
      const code = recode[classes[i]!]!;
      if (code === UNKNOWN) throw unknownClass(artefact, classPath, classes[i]!);
      classes[i] = code;
      if (code === 0) confidence[i] = 0;
    }
    place(classes, window, couverture.classes, grid.widthPx);
    place(confidence, window, couverture.confidence, grid.widthPx);
    step.advance(classes.length);
  }
  step.end();
  return couverture;
}

const couvertureCodes = (classes: ModelClass[]) =>
  [...new Set(classes.flatMap(({ codeCs }) => (codeCs === null ? [] : [codeCs])))].sort();

/** By model class index: 1 + the index of its code in `codesCs`, 0 for nodata, `UNKNOWN` for what may not occur. */
function recodeTable(classes: ModelClass[], codesCs: string[]): Uint8Array {
  const table = new Uint8Array(256).fill(UNKNOWN);
  for (const { index, codeCs } of classes) if (codeCs !== null) table[index] = codesCs.indexOf(codeCs) + 1;
  table[CLASS_NODATA] = 0;
  return table;
}

function unknownClass({ modelId, classes }: ClassesArtefact, path: string, found: number): BadInput {
  const wanted = classes.filter(({ codeCs }) => codeCs !== null).map(({ index }) => index);
  return new BadInput(
    `${path}: class ${found} found; model ${modelId} gives a couverture for ${wanted.join(', ')} only (${CLASS_NODATA}: nodata)`,
  );
}

async function readDalle(path: string, window: PixelWindow): Promise<Uint8Array> {
  const file: RasterFile = await openRaster(path);
  try {
    const { widthPx, heightPx } = file.grid;
    if (widthPx !== window.widthPx || heightPx !== window.heightPx) {
      throw new BadInput(
        `${path}: ${widthPx} × ${heightPx} pixels found, ${window.widthPx} × ${window.heightPx} wanted by its dalle`,
      );
    }
    return await file.read({ ...window, xPx: 0, yPx: 0 }, 0, new Uint8Array(widthPx * heightPx));
  } finally {
    await file.close();
  }
}

function place(dalle: Uint8Array, window: PixelWindow, whole: Uint8Array, widthPx: number): void {
  for (let row = 0; row < window.heightPx; row++) {
    const pixels = dalle.subarray(row * window.widthPx, (row + 1) * window.widthPx);
    whole.set(pixels, (window.yPx + row) * widthPx + window.xPx);
  }
}
