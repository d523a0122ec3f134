/** Classifies an image in a process of its own and prints the most memory it took, in bytes: model, image, side in pixels, folder. */
import { availableParallelism } from 'node:os';
import { loadModel } from '../../pipeline/classes/load-model.ts';
import { classify } from '../../pipeline/classes/stage.ts';
import { openWindowSource } from '../../pipeline/rasters/open-window-source.ts';
import { quiet } from './publish-coverage.ts';

const [modelPath, image, sidePx, outDir] = process.argv.slice(2) as [string, string, string, string];
const model = await loadModel(modelPath);
const whole = await openWindowSource({ rgbie: [image] }, model.bands, { srid: 2154 });
const { originX, originY, resolutionM } = whole.grid;
await whole.close();
const sideM = Number(sidePx) * resolutionM;
const source = await openWindowSource({ rgbie: [image] }, model.bands, {
  srid: 2154,
  bboxLocal: [originX, originY - sideM, originX + sideM, originY],
});
await classify(source, model, outDir, { tilePx: 512 }, { ...quiet, threads: availableParallelism() });
console.log(process.resourceUsage().maxRSS * 1024);
