/** The zone construite as polygons of its own. */
import { join } from 'node:path';
import type { StageContext } from '../artefacts.ts';
import { writeLines } from '../geojsonl.ts';
import type { Grid } from '../grid.ts';
import type { BlockPool } from './block-pool.ts';
import { newObjectId, objectKey } from './object-ids.ts';
import { unpackPolygon } from './polygon-record.ts';
import { SortedSpool } from './spool.ts';
import { traceLayer } from './trace-layer.ts';
import { INSIDE } from './zone-construite.ts';

export interface ZoneToTrace {
  grid: Grid;
  zoneLayer: string;
  toleranceM: number;
  departement: string;
  outDir: string;
  workDir: string;
}

/** What an id is drawn from in place of a couverture. */
const ZONE = 'zone construite';

/** Writes the zone's polygons, by first pixel. Returns the file's path. Throws `DiskFault`, `Stopped`. */
export async function traceZone(zone: ZoneToTrace, pool: BlockPool, ctx: StageContext): Promise<string> {
  const { grid, zoneLayer, toleranceM, outDir, workDir } = zone;
  const spool = new SortedSpool(join(workDir, 'zone'));
  const layers = { classesPath: zoneLayer, confidencePath: zoneLayer };
  await traceLayer({ grid, classes: [], ...layers, toleranceM }, spool, pool, ctx);
  const path = join(outDir, 'zone-construite.geojsonl');
  await writeLines(path, featureLines(spool, zone));
  await spool.remove();
  return path;
}

async function* featureLines(spool: SortedSpool, { departement }: ZoneToTrace): AsyncGenerator<string> {
  for await (const { payload } of spool.sorted()) {
    const { value, coordinates } = unpackPolygon(payload);
    if (value !== INSIDE) continue;
    const id = newObjectId(departement, objectKey(ZONE, coordinates));
    yield `{"type":"Feature","properties":{"id":"${id}"},"geometry":{"type":"Polygon","coordinates":${coordinates}}}`;
  }
}
