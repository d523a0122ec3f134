/** Layers of classes on disk, and what is made of them: the polygons stage's parts, as benches run them. */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CLASS_NODATA, type ClassesArtefact, type StageContext } from '../../pipeline/artefacts.ts';
import { type Line, polygonLine, writeLines } from '../../pipeline/geojsonl.ts';
import { writeGeoTiff } from '../../pipeline/geotiff/write-geotiff.ts';
import type { Grid } from '../../pipeline/grid.ts';
import { silentReport } from '../../pipeline/log.ts';
import { openBlockPool } from '../../pipeline/polygons/blocks/block-pool.ts';
import { blocksOf, createLayer } from '../../pipeline/polygons/blocks/layer.ts';
import { PolygonSpool } from '../../pipeline/polygons/coverage/polygon-spool.ts';
import { type Traced, traceLayer } from '../../pipeline/polygons/coverage/trace-layer.ts';
import type { LandClass } from '../../pipeline/polygons/land-classes.ts';
import { eliminationPass } from '../../pipeline/polygons/units/elimination-pass.ts';
import { unitRules } from '../../pipeline/polygons/units/minimal-units.ts';
import { CODES_CS, seededClassRows, seededGrid } from './class-raster.ts';
import type { VectoriseTaken } from './vectorise-process.ts';

const BLOCK_PX = 1024;
const DALLE_PX = 1024;

export const landClasses: LandClass[] = CODES_CS.map((codeCs) => ({ codeCs, ossature: false }));

export const onOneCore = (): StageContext => ({
  report: silentReport,
  signal: new AbortController().signal,
  threads: 1,
});

export interface SeededLayers {
  grid: Grid;
  classesPath: string;
  confidencePath: string;
}

/** The seeded class raster as layers, made by bands: of any size in bounded memory. */
export async function writeSeededLayers(folder: string, widthPx: number, heightPx: number): Promise<SeededLayers> {
  const shape = { widthPx, heightPx, blockPx: BLOCK_PX };
  const [classesPath, confidencePath] = [join(folder, 'classes.layer'), join(folder, 'confidence.layer')];
  const [classes, confidence] = [await createLayer(classesPath, shape), await createLayer(confidencePath, shape)];
  let band: Uint8Array = new Uint8Array();
  for (const block of blocksOf(shape)) {
    if (block.xPx === 0) band = seededClassRows(widthPx, block.yPx, block.heightPx);
    const pixels = new Uint8Array(block.widthPx * block.heightPx);
    for (let y = 0; y < block.heightPx; y++) {
      const start = y * widthPx + block.xPx;
      pixels.set(band.subarray(start, start + block.widthPx), y * block.widthPx);
    }
    await classes.write(block, pixels);
    await confidence.write(block, new Uint8Array(pixels.length).fill(200));
  }
  await classes.finish();
  await confidence.finish();
  return { grid: seededGrid(widthPx, heightPx), classesPath, confidencePath };
}

/** Merges what is under the minimal units of the product, on one core. */
export async function withMinimalUnits(layers: SeededLayers, folder: string): Promise<SeededLayers> {
  const { classesPath, confidencePath, grid } = layers;
  const ctx = onOneCore();
  const pool = openBlockPool(1, ctx.signal);
  const shape = { widthPx: grid.widthPx, heightPx: grid.heightPx, blockPx: BLOCK_PX };
  const units = eliminationPass({
    name: 'units',
    layer: 'classes',
    parameters: {},
    rules: (classes) => unitRules(classes, grid.resolutionM ** 2),
  });
  try {
    const before = { layers: { classes: classesPath, confidence: confidencePath }, tallies: [], listed: [], lost: [] };
    const fileOf = (name: string) => join(folder, `units-${name}`);
    const after = await units.run(before, { ctx, pool, shape, classes: landClasses, fileOf });
    return { ...layers, classesPath: after.layers['classes']! };
  } finally {
    await pool.close();
  }
}

/** Traces a layer on one core into a text sequence of features, in the order of their first pixels. */
export async function tracedToFile(layers: SeededLayers, toleranceM: number, path: string): Promise<Traced> {
  const ctx = onOneCore();
  const pool = openBlockPool(1, ctx.signal);
  const spool = new PolygonSpool(`${path}.spool`);
  try {
    const traced = await traceLayer({ ...layers, classes: landClasses, toleranceM }, spool, pool, ctx);
    await writeLines(path, featureLines(spool));
    return traced;
  } finally {
    await spool.remove();
    await pool.close();
    await rm(`${path}.spool`, { force: true });
  }
}

async function* featureLines(spool: PolygonSpool): AsyncGenerator<Line> {
  for await (const { polygon } of spool.sorted()) {
    const { value, coordinates } = polygon;
    yield polygonLine({ DN: value }, coordinates);
  }
}

/** Name of the file that tells `writeSeededDalles`' artefact. */
export const ARTEFACT = 'classes.json';

/** The seeded class raster as a model's dalles: what the whole stage begins with. */
export async function writeSeededDalles(folder: string, sidePx: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const grid = seededGrid(sidePx, sidePx);
  const dalles: ClassesArtefact['dalles'] = [];
  for (let yPx = 0; yPx < sidePx; yPx += DALLE_PX) {
    const heightPx = Math.min(DALLE_PX, sidePx - yPx);
    const window = { xPx: 0, yPx, widthPx: sidePx, heightPx };
    const ground = { ...grid, heightPx, originY: grid.originY - yPx * grid.resolutionM };
    const pixels = seededClassRows(sidePx, yPx, heightPx).map((value) => value - 1);
    const [classPath, confidencePath] = [join(folder, `${yPx}.tif`), join(folder, `${yPx}.confidence.tif`)];
    await writeGeoTiff(classPath, { grid: ground, bands: 1, sampleFormat: 'uint8', nodata: CLASS_NODATA }, pixels);
    await writeGeoTiff(confidencePath, { grid: ground, bands: 1, sampleFormat: 'uint8' }, pixels.fill(200));
    dalles.push({ window, classPath, confidencePath });
  }
  const classes = CODES_CS.map((codeCs, index) => ({ index, name: codeCs, codeCs, colour: '#000000' }));
  const artefact: ClassesArtefact = { grid, modelId: 'seeded', classes, dalles };
  await writeFile(join(folder, ARTEFACT), JSON.stringify(artefact));
}

/** Runs the whole stage on those dalles in a process of its own; without a folder, a process that does nothing. */
export async function vectoriseApart(folder?: string): Promise<VectoriseTaken> {
  const script = fileURLToPath(new URL('vectorise-process.ts', import.meta.url));
  const outDir = folder === undefined ? [] : [join(folder, 'out')];
  const args = ['--import', 'tsx', script, ...(folder === undefined ? [] : [folder]), ...outDir];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  if (folder !== undefined) await rm(join(folder, 'out'), { recursive: true, force: true });
  return JSON.parse(stdout) as VectoriseTaken;
}
