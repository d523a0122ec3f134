/** A raster traced as the stage traces it, through layers on disk, and all that comes out. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grid } from '../../../pipeline/grid.ts';
import { StoredText } from '../../../pipeline/growing-file.ts';
import { openBlockPool } from '../../../pipeline/polygons/blocks/block-pool.ts';
import { framedFrom } from '../../../pipeline/polygons/blocks/framed.ts';
import { blocksOf, createLayer } from '../../../pipeline/polygons/blocks/layer.ts';
import { coordinatesOf, type PolygonRecord } from '../../../pipeline/polygons/coverage/polygon-record.ts';
import { PolygonSpool } from '../../../pipeline/polygons/coverage/polygon-spool.ts';
import { traceLayer } from '../../../pipeline/polygons/coverage/trace-layer.ts';
import { context } from './vectorise-scene.ts';

export interface TracedPolygon extends Omit<PolygonRecord, 'coordinates' | 'parts'> {
  firstPixel: number;
  coordinates: string;
}

export interface TracedLayer {
  /** By first pixel. */
  polygons: TracedPolygon[];
  /** How many of them had their borders on disk. */
  spilled: number;
  /** What the raster's border displacements and squared buildings were told as. */
  geometry: unknown;
  mostHeldBytes: number;
  /** Files that were there before the spool was removed, and after. */
  files: { before: string[]; after: string[] };
}

export interface TracedAs {
  blockPx: number;
  spillBytes: number;
  toleranceM?: number;
  workers?: number;
}

/** Value 1 is buildings, 2 ossature. */
const CLASSES = ['CS1.1.1.1', 'CS1.1.1.2', 'CS1.2.1', 'CS2.1.1.1', 'CS2.2.1', 'CS2.1.2', 'CS2.1.3'].map(
  (codeCs, i) => ({
    codeCs,
    ossature: i === 1,
  }),
);

export async function tracedLayer(classes: Uint8Array, widthPx: number, how: TracedAs): Promise<TracedLayer> {
  const { blockPx, toleranceM = 1, spillBytes, workers = 1 } = how;
  const heightPx = classes.length / widthPx;
  const folder = await mkdtemp(join(tmpdir(), 'ocsge-traced-'));
  const grid: Grid = { srid: 2154, originX: 506_000, originY: 6_287_000, resolutionM: 1, widthPx, heightPx };
  const [classesPath, confidencePath] = [join(folder, 'classes'), join(folder, 'confidence')];
  const shape = { widthPx, heightPx, blockPx };
  const confidence = classes.map((_, i) => 100 + (i % 100));
  const ctx = context();
  const pool = openBlockPool(workers, ctx.signal);
  try {
    for (const [path, pixels] of [[classesPath, classes] as const, [confidencePath, confidence] as const]) {
      const layer = await createLayer(path, shape);
      for (const block of blocksOf(shape)) await layer.write(block, framedFrom(pixels, widthPx, block, 0).pixels);
      await layer.finish();
    }
    const spool = new PolygonSpool(join(folder, 'work', 'polygons'));
    const settings = { grid, classes: CLASSES, classesPath, confidencePath, toleranceM, spillBytes };
    const { geometry, mostHeldBytes } = await traceLayer(settings, spool, pool, ctx);
    const polygons: TracedPolygon[] = [];
    let spilled = 0;
    for await (const { key: firstPixel, polygon } of spool.sorted()) {
      if (polygon.coordinates instanceof StoredText) spilled++;
      const { value, pixels, carried, areaPx } = polygon;
      const coordinates = JSON.stringify(coordinatesOf(polygon));
      polygons.push({ firstPixel, value, pixels, carried, areaPx, coordinates });
    }
    const files = () => readdir(join(folder, 'work')).catch(() => []);
    const before = await files();
    await spool.remove();
    return { polygons, spilled, geometry: geometry.told(1), mostHeldBytes, files: { before, after: await files() } };
  } finally {
    await pool.close();
    await rm(folder, { recursive: true });
  }
}
