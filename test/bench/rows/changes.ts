import { makePair } from '../../../pipeline/changes/make-pair.ts';
import type { Database } from '../../../sql/database.ts';
import { type Bench, round, timed } from '../harness.ts';
import { publishCoverage, quiet } from '../publish-coverage.ts';
import { versionsOf, withScratchDatabase } from '../scratch-database.ts';

/** Everything a pair needs to be published: differences, flux per commune, the pair's row. */
export const changes: Bench = {
  id: 'changes',
  about: 'differences and flux of two coverages (default 250 000 objects each), 3 % of the objects changed',
  run: ({ objects, runs, say }) =>
    withScratchDatabase(say, async (database) => {
      const before = await publishCoverage(database, 2019, { objects, date: 1 });
      const after = await publishCoverage(database, 2022, { objects, date: 2 });
      const pair = [before.revisionId, after.revisionId] as const;
      const forget = () => database.pool.query('delete from production.difference_paire');
      const ours = await timed(runs, () => makePair(database, ...pair, quiet), forget);
      say('the peer: ST_Intersection of all that meet');
      const theirs = await timed(1, () => overlayEverything(database, pair));
      const { rows } = await database.pool.query('select nombre, identiques from production.difference_paire');
      return {
        value: round(ours.medianMs / 1000),
        unit: 's',
        peer: `ST_Intersection of every two objects that meet and differ (${await versionsOf(database)})`,
        ratio: round(theirs.medianMs / ours.medianMs),
        detail: { objects, ...rows[0], ours, theirs },
      };
    }),
};

const overlayEverything = ({ pool }: Database, pair: readonly [number, number]) =>
  pool.query(
    `select count(*), sum(st_area(g)) from (
       select st_intersection(a.geom, b.geom) as g
         from production.occupation_sol a
         join production.occupation_sol b on b.revision_id = $2 and a.geom && b.geom and st_intersects(a.geom, b.geom)
        where a.revision_id = $1 and (a.code_cs, a.code_us) <> (b.code_cs, b.code_us)) o
      where st_dimension(g) = 2`,
    [...pair],
  );
