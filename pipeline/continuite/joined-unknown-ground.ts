/** Ground without objects beside those that get junctions: what lies between two objects and the limit gets them too. */
import type { Polygon } from 'geojson';
import type { Database } from '../../sql/database.ts';
import { geometryOfWkb } from '../geopackage/wkb-geometry.ts';
import { polygonWkb } from '../wkb.ts';
import type { Insertion } from './common-limit.ts';
import { pointsOfEdges, withPoints } from './insert-points.ts';

const PAGE = 500;

/** The polygons of a revision's ground without objects that have an edge of `insertions`, with their points, by rang. */
export async function* joinedUnknownGround(
  database: Database,
  revisionId: number,
  insertions: Insertion[],
): AsyncGenerator<{ rang: number; wkb: Buffer }> {
  const waiting = pointsOfEdges(insertions);
  for (let after = 0; ; ) {
    // Primary key of sol_inconnu.
    const { rows } = await database.pool.query<{ rang: number; wkb: Buffer }>(
      `select rang, ST_AsBinary(geom, 'NDR') as wkb from production.sol_inconnu
        where revision_id = $1 and rang > $2 order by rang limit $3`,
      [revisionId, after, PAGE],
    );
    if (rows.length === 0) return;
    for (const { rang, wkb } of rows) {
      const { joined, inserted } = withPoints(geometryOfWkb(wkb) as Polygon, waiting);
      if (inserted > 0) yield { rang, wkb: polygonWkb(joined) };
      after = rang;
    }
  }
}
