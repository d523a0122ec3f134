/**
 * Runs the polygons stage in a process of its own, on one core, and prints what it took as JSON: the folder of the seeded dalles
 * (as `writeSeededDalles` left them, with their artefact), or none to do nothing at all.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClassesArtefact } from '../../pipeline/artefacts.ts';
import { vectorise } from '../../pipeline/polygons/vectorise.ts';
import { ARTEFACT, onOneCore } from './layers.ts';

export interface VectoriseTaken {
  /** Processor time of all its threads, less that of starting. */
  cpuMs: number;
  peakBytes: number;
  objects: number;
}

const [folder, outDir] = process.argv.slice(2);
const start = process.cpuUsage();
let objects = 0;
if (folder !== undefined && outDir !== undefined) {
  const classes = JSON.parse(await readFile(join(folder, ARTEFACT), 'utf8')) as ClassesArtefact;
  objects = (await vectorise(classes, outDir, { departement: '999', workers: 1 }, onOneCore())).count;
}
const { user, system } = process.cpuUsage(start);
const taken: VectoriseTaken = {
  cpuMs: (user + system) / 1000,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  objects,
};
console.log(JSON.stringify(taken));
