/** Imagery for `ocsge evaluate`: what a model answers on it, and the photo of the pictures. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClassesArtefact, Manifest, StageContext } from '../artefacts.ts';
import { loadModel } from '../classes/load-model.ts';
import { classify } from '../classes/stage.ts';
import type { ReadPhoto } from '../evaluate/pictures.ts';
import type { HttpSettings } from '../geotiff/http-file.ts';
import type { BboxLocal, Grid } from '../grid.ts';
import { type RasterSources, ROLES } from '../rasters/bands.ts';
import { openWindowSource } from '../rasters/open-window-source.ts';
import { modelPath } from '../shipped-model.ts';

export type SourcePaths = Partial<Record<(typeof ROLES)[number], string[]>>;

export const sourcesOf = (given: SourcePaths): RasterSources =>
  Object.fromEntries(ROLES.flatMap((role) => (given[role] ? [[role, given[role]]] : [])));

/** Ground around the annotations that is classified too: the network sees what surrounds them. */
const AROUND_M = 50;

/**
 * Classifies the annotated ground of `sources` into `outDir`, dalle by dalle: the same command goes on where it was stopped.
 * The model is the id of a shipped one, or a path.
 */
export async function classifyFor(
  sources: RasterSources,
  modelName: string,
  where: { srid: number; annotated: BboxLocal[] },
  outDir: string,
  ctx: StageContext,
): Promise<Manifest<ClassesArtefact>> {
  const model = await loadModel(modelPath(modelName), { threads: ctx.threads });
  try {
    const bboxLocal = around(where.annotated);
    const source = await openWindowSource(sources, model.bands, { srid: where.srid, bboxLocal });
    try {
      await classify(source, model, outDir, { probabilities: true }, ctx);
    } finally {
      await source.close();
    }
  } finally {
    await model.close();
  }
  return JSON.parse(await readFile(join(outDir, 'classes.manifest.json'), 'utf8')) as Manifest<ClassesArtefact>;
}

const around = (boxes: BboxLocal[]): BboxLocal => [
  Math.min(...boxes.map(([x]) => x)) - AROUND_M,
  Math.min(...boxes.map(([, y]) => y)) - AROUND_M,
  Math.max(...boxes.map(([, , x]) => x)) + AROUND_M,
  Math.max(...boxes.map(([, , , y]) => y)) + AROUND_M,
];

/** The photo of the sources on `grid`, R,G,B; undefined where they hold none. */
export async function openPhoto(
  sources: RasterSources,
  grid: Grid,
  http?: HttpSettings,
): Promise<{ read: ReadPhoto; close: () => Promise<void> } | undefined> {
  if (!sources.pva && !sources.rgbie) return undefined;
  const bands = ['R', 'G', 'B'].map((name) => ({ name, scale: 1, offset: 0, clipMin: 0, clipMax: 255 }));
  const source = await openWindowSource(sources, bands, { srid: grid.srid, grid, http });
  const read: ReadPhoto = async (window) => {
    const { data, valid } = await source.read(window);
    const rgb = new Uint8Array(valid.length * 3);
    for (let i = 0; i < valid.length; i++) {
      for (let band = 0; band < 3; band++) rgb[3 * i + band] = valid[i] ? data[band * valid.length + i]! : 255;
    }
    return rgb;
  };
  return { read, close: () => source.close() };
}
