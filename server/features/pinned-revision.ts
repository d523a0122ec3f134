/** The revisions that cursors hold on to. */
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { Gone, InvalidParameter } from '../errors.ts';
import type { Cursor } from '../feature-source.ts';

export interface RevisionRow {
  id: number;
  departement: string;
  millesime: number;
  srid: number;
  nombreObjets: number;
  nombreZones: number | null;
  bboxWgs84: number[] | null;
}

export const startAgain = () =>
  new Gone('the data this link was made on have been replaced and removed: start again without "cursor"');

export const notHere = (cursor: Cursor) =>
  new InvalidParameter('cursor', cursor.segmentId, 'a cursor out of a "next" link of this collection');

/** The revision a cursor was made on. Throws `Gone` when it has been removed, `InvalidParameter` when it is another millésime's. */
export async function pinnedRevision(
  context: ServerContext,
  cursor: Cursor,
  { departement, millesime }: { departement: string; millesime: number },
): Promise<RevisionRow> {
  if (!/^\d+$/.test(cursor.segmentId)) throw notHere(cursor);
  const [row] = await readRevisions(context, [Number(cursor.segmentId)]);
  if (row === undefined) throw startAgain();
  if (row.departement !== departement || row.millesime !== millesime) throw notHere(cursor);
  return row;
}

export async function readRevisions({ database }: ServerContext, ids: number[]): Promise<RevisionRow[]> {
  const { rows } = await sql<RevisionRow>`
    select id, departement, millesime, srid, coalesce(nombre_objets, 0) as "nombreObjets", nombre_zones as "nombreZones",
           emprise_wgs84 as "bboxWgs84"
      from published.revision                    -- primary key
     where id = any(${ids}::bigint[])`.execute(database.db);
  return rows;
}
