import type { FeatureCollection } from 'geojson';
import { startService } from '../../clients/service.ts';
import { type Bench, round, timed, timingOf } from '../harness.ts';
import { httpGet } from '../http-get.ts';
import { publishCoverage } from '../publish-coverage.ts';
import { versionsOf, withScratchDatabase } from '../scratch-database.ts';

const PAGES = 20;

/** Pages are walked by their `next` links, from the first on, by one reader; `ocsge serve` is a process of its own. */
export const items1000: Bench = {
  id: 'items-1000',
  about: 'GET …/items?limit=1000 as GeoJSON over HTTP, not compressed, one reader, page after page',
  run: ({ objects, runs, say }) =>
    withScratchDatabase(say, async (database) => {
      const { collectionId } = await publishCoverage(database, 2021, { objects });
      const service = await startService(database);
      try {
        const first = `${service.url}/collections/${collectionId}/items?limit=1000&f=json`;
        await httpGet(first); // the first request of a server opens its connections
        const pages: number[] = [];
        let bytes = 0;
        for (let run = 0; run < runs; run++) {
          for (let page = 0, url: string | undefined = first; page < PAGES && url !== undefined; page++) {
            const start = performance.now();
            const { body } = await httpGet(url);
            pages.push(performance.now() - start);
            bytes = body.length;
            url = nextOf(body);
          }
        }
        const ours = timingOf(pages);
        const gzip = await timed(runs, () => httpGet(first, { 'Accept-Encoding': 'gzip' }));
        const detail = {
          objects,
          features: 1000,
          bytesOfAPage: bytes,
          featuresPerS: round(1e6 / ours.medianMs),
          ours,
          gzip,
        };
        return {
          value: ours.medianMs,
          unit: 'ms',
          peer: null,
          ratio: null,
          detail: { ...detail, on: await versionsOf(database) },
        };
      } finally {
        await service.stop();
      }
    }),
};

const nextOf = (body: Buffer) =>
  (JSON.parse(body.toString()) as FeatureCollection & { links: { rel: string; href: string }[] }).links.find(
    ({ rel }) => rel === 'next',
  )?.href;
