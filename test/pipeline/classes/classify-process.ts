/** Classifies in a process of its own, for the test that kills it: model, image, folder, options as JSON. */
import { loadModel } from '../../../pipeline/classes/load-model.ts';
import { classify } from '../../../pipeline/classes/stage.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { openWindowSource } from '../../../pipeline/rasters/open-window-source.ts';

const [modelPath, image, out, options] = process.argv.slice(2) as [string, string, string, string];
const model = await loadModel(modelPath);
const source = await openWindowSource({ pva: [image] }, model.bands, { srid: 2154 });
const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };
await classify(source, model, out, JSON.parse(options), ctx);
