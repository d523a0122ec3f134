import type { Database } from '../../../sql/database.ts';
import { startService } from '../../clients/service.ts';
import { type Bench, round, timingOf } from '../harness.ts';
import { httpGet } from '../http-get.ts';
import { publishCoverage } from '../publish-coverage.ts';
import { versionsOf, withScratchDatabase } from '../scratch-database.ts';

const ZOOM = 14;
const TILES = 100;
const AT_ONCE = 16;

interface TileRow {
  x: number;
  y: number;
}

/** The peer is what tile servers on PostGIS ask for each request: ST_AsMVT of the same tiles straight from the table. */
export const tile: Bench = {
  id: 'tile',
  about: `GET one vector tile of zoom ${ZOOM} over HTTP, one reader, tile after tile`,
  run: ({ objects, runs, say }) =>
    withScratchDatabase(say, async (database) => {
      const { collectionId, revisionId } = await publishCoverage(database, 2021, { objects });
      const tiles = await someTiles(database, revisionId);
      const service = await startService(database);
      try {
        const urlOf = ({ x, y }: TileRow) =>
          `${service.url}/collections/${collectionId}/tiles/WebMercatorQuad/${ZOOM}/${y}/${x}?f=mvt`;
        await Promise.all(tiles.slice(0, AT_ONCE).map((one) => httpGet(urlOf(one)))); // opens connections
        const ours = await timeEach(runs, tiles, (one) => httpGet(urlOf(one), { 'Accept-Encoding': 'gzip' }));
        const theirs = await timeEach(1, tiles, (one) => tileFromTable(database, revisionId, one));
        const versions = await versionsOf(database);
        return {
          value: ours.medianMs,
          unit: 'ms',
          peer: `ST_AsMVT at request, without HTTP (${versions})`,
          ratio: round(theirs.medianMs / ours.medianMs),
          detail: { objects, tiles: tiles.length, tilesPerS: await throughput(tiles.map(urlOf)), ours, theirs },
        };
      } finally {
        await service.stop();
      }
    }),
};

async function someTiles({ pool }: Database, revisionId: number): Promise<TileRow[]> {
  const { rows } = await pool.query<TileRow>(
    'select x, y from production.tile where revision_id = $1 and z = $2 order by md5(x || $3 || y) limit $4', // primary key
    [revisionId, ZOOM, '/', TILES],
  );
  return rows;
}

async function timeEach(runs: number, tiles: TileRow[], ask: (one: TileRow) => Promise<unknown>) {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    for (const one of tiles) {
      const start = performance.now();
      await ask(one);
      times.push(performance.now() - start);
    }
  }
  return timingOf(times);
}

const tileFromTable = ({ pool }: Database, revisionId: number, { x, y }: TileRow) =>
  pool.query(
    `with box as (select st_tileenvelope($2, $3, $4) as box, st_transform(st_tileenvelope($2, $3, $4, margin => 64.0 / 4096), 2154) as local)
     select st_asmvt(t) from (
       select o.rang, o.code_cs, o.code_us, st_asmvtgeom(st_transform(o.geom, 3857), box.box) as geom
         from production.occupation_sol o, box
        where o.revision_id = $1 and o.geom && box.local) t`,
    [revisionId, ZOOM, x, y],
  );

/** Tiles a second with some readers at once. */
async function throughput(urls: string[]): Promise<number> {
  const asked = Array.from({ length: 2_000 }, (_, i) => urls[i % urls.length]!);
  const start = performance.now();
  const total = asked.length;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let url = asked.pop(); url !== undefined; url = asked.pop())
        await httpGet(url, { 'Accept-Encoding': 'gzip' });
    }),
  );
  return round(total / ((performance.now() - start) / 1000));
}
