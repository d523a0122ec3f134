/** Objects of a published revision with the junctions of its neighbour. */
import type { Polygon } from 'geojson';
import type { Database } from '../../sql/database.ts';
import { geometryOfWkb } from '../geopackage/wkb-geometry.ts';
import type { Insertion } from './common-limit.ts';
import { insertPoints } from './insert-points.ts';

export interface JoinedObject {
  rang: number;
  id: string;
  codeCs: string;
  former: Polygon;
  joined: Polygon;
}

const PAGE = 500;

/** Objects by rang, a page at a time. May be asked for again. */
export async function* joinedObjects(
  database: Database,
  revisionId: number,
  insertions: Insertion[],
): AsyncGenerator<JoinedObject> {
  const byRang = new Map<number, Insertion[]>();
  for (const insertion of insertions) {
    const { owner } = insertion.edge;
    byRang.set(owner, [...(byRang.get(owner) ?? []), insertion]);
  }
  const rangs = [...byRang.keys()].sort((a, b) => a - b);
  for (let at = 0; at < rangs.length; at += PAGE) {
    // Primary key of the partition.
    const { rows } = await database.pool.query<{ rang: number; id: string; code_cs: string; wkb: Buffer }>(
      `select rang, id, code_cs, ST_AsBinary(geom, 'NDR') as wkb from production.occupation_sol
        where revision_id = $1 and rang = any($2::int[]) order by rang`,
      [revisionId, rangs.slice(at, at + PAGE)],
    );
    for (const { rang, id, code_cs, wkb } of rows) {
      const former = geometryOfWkb(wkb) as Polygon;
      yield { rang, id, codeCs: code_cs, former, joined: insertPoints(former, byRang.get(rang)!) };
    }
  }
}
