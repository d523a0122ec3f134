/** The embedded engine's own process: `node engine-process DATA_DIR`. It loads nothing but the engine, so it starts soonest. */
import { runEngine } from './embedded.ts';

await runEngine(process.argv[2]!, {
  say: (event, data) => console.log(JSON.stringify({ time: new Date().toISOString(), event, ...data })),
});
