/** Vectorises the scene under the folder it is given: to be killed. */
import { run, scene } from './vectorise-scene.ts';

await run(scene(), process.argv[2]!);
