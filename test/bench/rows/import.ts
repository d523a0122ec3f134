import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile } from '../../../sql/package-root.ts';
import { coverageObjects } from '../coverage.ts';
import { writeGeoPackage } from '../geopackage.ts';
import { type Bench, round, timed } from '../harness.ts';
import { gdal, runPeer } from '../peers.ts';
import { type ScratchDatabase, versionsOf, withScratchDatabase } from '../scratch-database.ts';

const MOST_OBJECTS = 20_000;
const MILLESIME = 2021;
const FIRST_DEPARTEMENT = 30;

/** Two commands on one file and one server. Theirs loads a table; ours also checks, counts, makes tiles and publishes. */
export const importRow: Bench = {
  id: 'import',
  about: `ocsge import of a seeded delivery (at most ${MOST_OBJECTS} objects) into PostgreSQL, start of the command included`,
  run: ({ objects, runs, say }) =>
    withScratchDatabase(say, async (database) => {
      const count = Math.min(objects, MOST_OBJECTS);
      const delivery = writeDelivery(database.folder, count);
      const ours = await timed(runs, (run) => importAs(FIRST_DEPARTEMENT + run, delivery, database));
      const { rows } = await database.pool.query<{ objets: number }>(
        'select sum(nombre_objets)::int as objets from published.millesime',
      );
      if (rows[0]!.objets !== count * runs)
        throw new Error(`${rows[0]!.objets} objects published, ${count * runs} wanted`);
      const peer = gdal(say);
      const theirs = peer === undefined ? undefined : await timed(runs, (run) => ogr2ogr(run, delivery, database));
      return {
        value: round(count / (ours.medianMs / 1000)),
        unit: 'objects/s',
        peer: peer === undefined ? null : `ogr2ogr -f PostgreSQL (${peer}, Debian gdal-bin)`,
        ratio: theirs === undefined ? null : round(theirs.medianMs / ours.medianMs),
        detail: { objects: count, ours, theirs, on: await versionsOf(database) },
      };
    }),
};

function writeDelivery(folder: string, objects: number): string {
  const delivery = join(folder, `OCS-GE_2-0__GPKG_LAMB93_D034_${MILLESIME}-01-01`);
  mkdirSync(delivery);
  writeGeoPackage(join(delivery, 'OCCUPATION_SOL.gpkg'), coverageObjects({ objects }), MILLESIME);
  return delivery;
}

/** Another département at each run: nothing to compare with, nothing to take up again. */
function importAs(departement: number, delivery: string, { env }: ScratchDatabase): Promise<void> {
  const args = ['--import', 'tsx', packageFile('ocsge.ts'), 'import', delivery, '--departement', String(departement)];
  return runPeer(process.execPath, args, env);
}

const ogr2ogr = (run: number, delivery: string, { server }: ScratchDatabase) => {
  const target = `PG:${server.url.replace(/^postgres:/, 'postgresql:')}`;
  const source = join(delivery, 'OCCUPATION_SOL.gpkg');
  return runPeer('ogr2ogr', ['-f', 'PostgreSQL', target, source, '-nln', `peer_${run}`, '-lco', 'GEOMETRY_NAME=geom']);
};
