/** Vectorises the scene under the folder it is given, held to the millésime that is told after it: to be killed. */
import type { PolygonsArtefact } from '../../../pipeline/artefacts.ts';
import { run, scene } from './vectorise-scene.ts';

const [outDir, told] = process.argv.slice(2);
const former = told === undefined ? undefined : (JSON.parse(told) as PolygonsArtefact);
await run(scene(), outDir!, former && { former, hold: {} });
