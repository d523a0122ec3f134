import { join } from 'node:path';
import { CLASS_NODATA, type StageContext } from '../../../pipeline/artefacts.ts';
import { type EvaluateOptions, evaluate } from '../../../pipeline/evaluate/evaluate.ts';
import { openClasses } from '../../../pipeline/evaluate/prediction.ts';
import type { Truth } from '../../../pipeline/evaluate/truth.ts';
import { openRaster } from '../../../pipeline/geotiff/read-raster.ts';
import { writeGeoTiff } from '../../../pipeline/geotiff/write-geotiff.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { seededClassRaster } from '../class-raster.ts';
import { type Bench, inScratch, round, timed } from '../harness.ts';
import { draw } from '../seeded.ts';

const SIDE_PX = 4000;
const OPTIONS: EvaluateOptions = { blockM: 100, toleranceM: 1, ignore: [], seed: 1 };

/** Classes and confidence as the classes stage leaves them against a mask of the same grid: everything the report holds. */
export const evaluateRow: Bench = {
  id: 'evaluate',
  about: `scoring a class raster of ${SIDE_PX} × ${SIDE_PX} px, with its confidence, against a mask: report and page`,
  run: ({ runs }) =>
    inScratch(async (folder) => {
      const { grid, classes: truthValues, codesCs } = seededClassRaster(SIDE_PX);
      const found = truthValues.map((value, i) => (draw(9, i, 0) < 0.1 ? Math.floor(draw(9, i, 1) * 8) : value - 1));
      const confidence = found.map((value, i) => (value === truthValues[i]! - 1 ? 230 : 150));
      const path = (name: string) => join(folder, `${name}.tif`);
      await writeGeoTiff(path('truth'), { grid, bands: 1, sampleFormat: 'uint8' }, truthValues);
      await writeGeoTiff(path('classes'), { grid, bands: 1, sampleFormat: 'uint8', nodata: CLASS_NODATA }, found);
      await writeGeoTiff(path('confidence'), { grid, bands: 1, sampleFormat: 'uint8' }, confidence);
      const classes = codesCs.map((code, index) => ({ index, name: code, codeCs: code, colour: '#888888' }));
      const window = { xPx: 0, yPx: 0, widthPx: SIDE_PX, heightPx: SIDE_PX };
      const dalles = [{ window, classPath: path('classes'), confidencePath: path('confidence') }];
      const ctx: StageContext = { report: silentReport, signal: new AbortController().signal, threads: 1 };
      let accuracy = 0;
      let cpuMs = 0;
      const time = await timed(runs, async () => {
        const start = process.cpuUsage();
        const mask = await openRaster(path('truth'));
        const truth: Truth = {
          grid,
          codes: codesCs,
          classes,
          inputs: [],
          read: (part) => mask.read(part, 0, new Uint8Array(part.widthPx * part.heightPx)),
          close: () => mask.close(),
        };
        const prediction = openClasses({ inputs: [], output: { grid, modelId: 'bench', classes, dalles } });
        const { report } = await evaluate(prediction, truth, join(folder, 'report'), OPTIONS, ctx);
        accuracy = report.headline.accuracy;
        await prediction.close();
        await truth.close();
        const { user, system } = process.cpuUsage(start);
        cpuMs = (user + system) / 1000;
      });
      const pixels = SIDE_PX * SIDE_PX;
      return {
        value: round(pixels / time.medianMs / 1000),
        unit: 'Mpx/s',
        peer: null,
        ratio: null,
        detail: { pixels, accuracy, mpxPerCpuS: round(pixels / cpuMs / 1000), time },
      };
    }),
};
