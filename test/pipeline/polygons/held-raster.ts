/** A raster held to a former millésime, without what comes before and after it: whatever the cut and the workers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolygonsArtefact } from '../../../pipeline/artefacts.ts';
import type { CouvertureRaster } from '../../../pipeline/couverture.ts';
import { openBlockPool } from '../../../pipeline/polygons/blocks/block-pool.ts';
import { openLayer } from '../../../pipeline/polygons/blocks/layer.ts';
import { builtUpParameters } from '../../../pipeline/polygons/buildings/built-up.ts';
import type { HoldOptions } from '../../../pipeline/polygons/hold/hold-options.ts';
import { runPasses } from '../../../pipeline/polygons/passes.ts';
import { planPasses } from '../../../pipeline/polygons/plan-passes.ts';
import { context } from './vectorise-scene.ts';

export interface HeldRaster extends CouvertureRaster {
  /** 1 in regions that are those of the former millésime. */
  unchanged: Uint8Array;
}

/** `folder`: for what it writes, removed afterwards. */
export async function heldRaster(
  current: CouvertureRaster,
  former: PolygonsArtefact,
  hold: HoldOptions,
  folder: string,
  { blockPx = 1024, workers = 1 } = {},
): Promise<HeldRaster> {
  const { grid } = current;
  const settings = { minAreaM2: 0, generalise: false, builtUp: builtUpParameters({}) };
  const { passes, classes } = planPasses(current, { ...settings, former: { polygons: former, hold } });
  const ctx = context();
  const pool = openBlockPool(workers, ctx.signal);
  const own = await mkdtemp(join(folder, 'held-'));
  try {
    const shape = { widthPx: grid.widthPx, heightPx: grid.heightPx, blockPx };
    const { layers } = await runPasses(passes, [], own, { ctx, pool, shape, classes });
    const whole = async (name: string) => {
      const layer = await openLayer(layers[name]!);
      const { pixels } = await layer.readFramed({ xPx: 0, yPx: 0, ...shape }, 0);
      await layer.close();
      return pixels;
    };
    return {
      grid,
      codesCs: classes.map(({ codeCs }) => codeCs),
      classes: await whole('classes'),
      confidence: await whole('confidence'),
      unchanged: await whole('unchanged'),
    };
  } finally {
    await pool.close();
    await rm(own, { recursive: true });
  }
}
