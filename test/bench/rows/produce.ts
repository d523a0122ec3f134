import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadModel } from '../../../pipeline/classes/load-model.ts';
import { chooseTiling, tilesOf } from '../../../pipeline/classes/tiling.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { parseProductionRequest } from '../../../pipeline/production-request.ts';
import { produce as produceMillesime } from '../../../pipeline/run.ts';
import { renderScene } from '../../../pipeline/scenes/render-scene.ts';
import { packageFile } from '../../../sql/package-root.ts';
import { type Bench, round, timed } from '../harness.ts';
import { DEPARTEMENT, quiet } from '../publish-coverage.ts';
import { versionsOf, withScratchDatabase } from '../scratch-database.ts';

const SCENE = { seed: 7, widthM: 400, heightM: 300, date: 2019 } as const;
const RESOLUTION_M = 0.2;

/** From imagery to a published millésime; `ratio` is the share of it that bare runs of the network on as many tiles would take. */
export const produce: Bench = {
  id: 'produce',
  about: `the whole chain on a seeded scene of ${SCENE.widthM} × ${SCENE.heightM} m at ${RESOLUTION_M} m, published to PostgreSQL`,
  run: ({ runs, say }) =>
    withScratchDatabase(say, async (database) => {
      const files = await renderScene({ ...SCENE, outDir: join(database.folder, 'scene') }, quiet);
      const model = shippedModel();
      const threads = availableParallelism();
      const config = {
        databaseUrl: database.server.url,
        threads,
        revisionKeepHours: 24,
        sourceOrigins: [],
        debug: false,
      };
      const request = parseProductionRequest({
        departement: DEPARTEMENT,
        millesime: SCENE.date,
        sources: { pva: [files.pva], irc: [files.irc], mns: [files.mns], mnt: [files.mnt] },
        references: files.referencesDir,
        model,
      });
      const whole = await timed(runs, (run) => {
        const dataDir = join(database.folder, `run-${run}`); // a new one each time: nothing is taken up again
        return produceMillesime(request, {
          database,
          config: { ...config, dataDir },
          report: silentReport,
          signal: quiet.signal,
        });
      });
      const { tiles, tilePx, bare } = await bareRuns(model, threads, runs);
      const pixels = Math.round((SCENE.widthM * SCENE.heightM) / RESOLUTION_M ** 2);
      return {
        value: round(pixels / (whole.medianMs / 1000)),
        unit: 'px/s',
        peer: 'bare session.run of onnxruntime-node',
        ratio: round((bare.medianMs * tiles) / whole.medianMs),
        detail: { pixels, model, tiles, tilePx, threads, whole, oneTile: bare, on: await versionsOf(database) },
      };
    }),
};

function shippedModel(): string {
  const folders = readdirSync(packageFile('models')).filter((name) =>
    existsSync(packageFile('models', name, 'model.json')),
  );
  if (folders.length === 0) throw new Error('no model is shipped under models/');
  return folders.sort()[0]!;
}

/** How many tiles the scene takes with the model's own tiling, and what one run of the network takes. */
async function bareRuns(modelId: string, threads: number, runs: number) {
  const model = await loadModel(packageFile('models', modelId), { threads });
  try {
    const scene = { xPx: 0, yPx: 0, widthPx: SCENE.widthM / RESOLUTION_M, heightPx: SCENE.heightM / RESOLUTION_M };
    const grid = { ...scene, srid: 2154, originX: 0, originY: 0, resolutionM: RESOLUTION_M };
    const tiling = chooseTiling(model, {}, grid);
    const input = new Float32Array(model.bands.length * tiling.tilePx ** 2);
    await model.run(input, tiling.tilePx);
    const bare = await timed(runs, () => model.run(input, tiling.tilePx));
    return { tiles: tilesOf(scene, tiling, grid).length, tilePx: tiling.tilePx, bare };
  } finally {
    await model.close();
  }
}
