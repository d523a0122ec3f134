/** A thread that makes strips of one scene: a job in, its strip out. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LandscapeOptions } from './landscape.ts';
import { makeScene } from './scene.ts';
import { renderStrip, type StripJob } from './strips.ts';

const scene = makeScene(workerData as LandscapeOptions);
parentPort!.on('message', (job: StripJob) => parentPort!.postMessage(renderStrip(scene, job)));
