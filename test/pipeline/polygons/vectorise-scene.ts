/** A small raster of many kinds of ground, and what vectorising it leaves, for tests of the stage. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Feature, Polygon } from 'geojson';
import type { PolygonProperties, PolygonsArtefact, StageContext } from '../../../pipeline/artefacts.ts';
import type { CouvertureRaster } from '../../../pipeline/couverture.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { type VectorOptions, vectorise } from '../../../pipeline/polygons/vectorise.ts';
import { randomNumbers, randomRaster } from './random-raster.ts';

export const SCENE_SIDE = 320;

/** A hamlet of houses in a countryside of fields, woods and water at one metre a pixel, some ground unknown, specks all over. */
export function scene(sidePx = SCENE_SIDE): CouvertureRaster {
  const grid = { srid: 2154, originX: 506_000, originY: 6_287_000, resolutionM: 1, widthPx: sidePx, heightPx: sidePx };
  const codesCs = ['CS1.1.1.1', 'CS1.1.1.2', 'CS1.2.2', 'CS2.1.1.1', 'CS2.1.1.2', 'CS2.2.1'];
  const ground = randomRaster(sidePx, sidePx, { seed: 4, classes: 4, grainPx: 40, nodata: true });
  const classes = ground.map((value) => (value === 0 ? 0 : value + 2));
  const random = randomNumbers(9);
  for (let house = 0; house < sidePx / 8; house++) {
    const [x0, y0, side] = [random(sidePx / 2), random(sidePx / 2), 6 + random(10)];
    for (let y = y0; y < y0 + side; y++) classes.fill(1, y * sidePx + x0, y * sidePx + x0 + side);
  }
  for (let speck = 0; speck < (sidePx * sidePx) / 200; speck++) classes[random(classes.length)] = 1 + random(6);
  const confidence = classes.map((value, i) => (value === 0 ? 0 : 100 + (i % 100)));
  return { grid, codesCs, classes, confidence };
}

export const context = (changes: Partial<StageContext> = {}): StageContext => ({
  report: silentReport,
  signal: new AbortController().signal,
  threads: 1,
  ...changes,
});

export const scratch = () => mkdtemp(join(tmpdir(), 'ocsge-vectorise-'));

export const run = (raster: CouvertureRaster, outDir: string, options: Partial<VectorOptions> = {}, ctx = context()) =>
  vectorise(raster, outDir, { departement: '999', workers: 1, ...options }, ctx);

export type Line = Feature<Polygon, PolygonProperties>;

export const linesOf = async (path: string): Promise<Line[]> =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

/** Hashes of the stage's files, by name. */
export async function hashesOf({
  polygonsPath,
}: Pick<PolygonsArtefact, 'polygonsPath'>): Promise<Record<string, string>> {
  const folder = join(polygonsPath, '..');
  const names = (await readdir(folder)).filter((name) => !name.endsWith('.manifest.json')).sort();
  const hash = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await hash(name)])));
}

/** What a run keeps to go on from. */
export const passFiles = (outDir: string): Promise<string[]> => readdir(join(outDir, 'passes')).catch(() => []);
