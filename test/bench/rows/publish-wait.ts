import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, quantile, round } from '../harness.ts';
import { DEPARTEMENT, publishCoverage } from '../publish-coverage.ts';
import type { Waits } from '../reader.ts';
import { versionsOf, withScratchDatabase } from '../scratch-database.ts';

const MILLESIME = 2021;
/** The reader goes on for a while, to meet the new revision. */
const AFTER_SWAP_MS = 300;

/** The reader is a process of its own: what it waits for is the database, not the publisher's event loop. */
export const publishWait: Bench = {
  id: 'publish-wait',
  about: "a reader's longest wait while a revision (default 250 000 objects) is published over the one being read",
  run: ({ objects, runs, say }) =>
    withScratchDatabase(say, async (database) => {
      await publishCoverage(database, MILLESIME, { objects: Math.min(objects, 20_000), seed: 99 });
      const publications: (Waits & { publicationS: number })[] = [];
      for (let run = 0; run < Math.min(runs, 3); run++) {
        const reader = startReader(database.server.url);
        await reader.reading;
        const start = performance.now();
        await publishCoverage(database, MILLESIME, { objects, seed: run + 1 });
        const publicationS = round((performance.now() - start) / 1000);
        await new Promise((resolve) => setTimeout(resolve, AFTER_SWAP_MS));
        publications.push({ ...(await reader.stop()), publicationS });
        say(`publication ${run + 1}: ${JSON.stringify(publications.at(-1))}`);
      }
      const longest = publications.map(({ longestMs }) => longestMs).sort((a, b) => a - b);
      return {
        value: round(quantile(longest, 0.5)),
        unit: 'ms',
        peer: null,
        ratio: null,
        detail: { objects, limitMs: 200, publications, on: await versionsOf(database) },
      };
    }),
};

function startReader(url: string) {
  const child = fork(fileURLToPath(new URL('../reader.ts', import.meta.url)), [url, DEPARTEMENT, String(MILLESIME)]);
  const next = <Message>() =>
    new Promise<Message>((resolve, reject) => {
      child.once('message', (message) => resolve(message as Message));
      child.once('exit', (code) => reject(new Error(`the reader ended with ${code}`)));
    });
  const reading = next<'reading'>();
  return {
    reading,
    stop: () => {
      const waits = next<Waits>();
      child.send('stop');
      return waits;
    },
  };
}
