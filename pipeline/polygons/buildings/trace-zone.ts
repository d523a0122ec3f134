/** The zone construite as polygons of its own. */
import { join } from 'node:path';
import type { Position } from 'geojson';
import type { StageContext } from '../../artefacts.ts';
import type { Extent } from '../../extent.ts';
import { type Line, polygonLine, writeLines } from '../../geojsonl.ts';
import type { Grid } from '../../grid.ts';
import { objectKey } from '../../joined.ts';
import type { BlockPool } from '../blocks/block-pool.ts';
import { newObjectId } from '../coverage/object-ids.ts';
import { asCoordinates, coordinatesOf } from '../coverage/polygon-record.ts';
import { PolygonSpool } from '../coverage/polygon-spool.ts';
import { traceLayer } from '../coverage/trace-layer.ts';
import { openLimit } from '../limit/cut-at-limit.ts';
import { INSIDE } from './zone-construite.ts';

export interface ZoneToTrace {
  grid: Grid;
  zoneLayer: string;
  toleranceM: number;
  spillBytes: number | undefined;
  /** What it is cut at; undefined: it ends where the raster does. */
  limit: Extent | undefined;
  departement: string;
  outDir: string;
  workDir: string;
}

/** What an id is drawn from in place of a couverture. */
const ZONE = 'zone construite';

/** Writes the zone's polygons, by first pixel. Returns the file's path. Throws `DiskFault`, `Stopped`. */
export async function traceZone(zone: ZoneToTrace, pool: BlockPool, ctx: StageContext): Promise<string> {
  const { grid, zoneLayer, toleranceM, spillBytes, outDir, workDir } = zone;
  const spool = new PolygonSpool(join(workDir, 'zone'));
  const layers = { classesPath: zoneLayer, confidencePath: zoneLayer };
  await traceLayer({ grid, classes: [], ...layers, toleranceM, spillBytes }, spool, pool, ctx);
  const path = join(outDir, 'zone-construite.geojsonl');
  await writeLines(path, featureLines(spool, zone));
  await spool.remove();
  return path;
}

async function* featureLines(spool: PolygonSpool, { departement, limit }: ZoneToTrace): AsyncGenerator<Line> {
  const open = limit && openLimit(limit);
  for await (const { polygon } of spool.sorted()) {
    if (polygon.value !== INSIDE) continue;
    for (const part of open ? open.cut(coordinatesOf(polygon)).map(textOf) : [polygon.coordinates]) {
      yield polygonLine({ id: newObjectId(departement, objectKey(ZONE, part)) }, part);
    }
  }
}

const textOf = (part: Position[][]) => asCoordinates(JSON.stringify(part));
