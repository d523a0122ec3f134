/** The revisions that cursors hold on to. */
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { Gone, InvalidParameter } from '../errors.ts';
import type { Cursor, Segment } from '../feature-source.ts';
import { type Millesime, millesimeInterval } from '../published-collections.ts';

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

/**
 * The revision that is read of a millésime: the one its cursor was made on, else the current one. Throws `Gone` when it has been
 * removed, `InvalidParameter` when the cursor is another millésime's.
 */
export async function revisionToRead(
  context: ServerContext,
  { departement, millesime, revisionId, srid, nombreObjets, nombreZones, bboxWgs84 }: Millesime,
  cursor: Cursor | undefined,
): Promise<RevisionRow> {
  if (cursor === undefined) {
    return { id: revisionId, departement, millesime, srid, nombreObjets, nombreZones, bboxWgs84 };
  }
  if (!/^\d+$/.test(cursor.segmentId)) throw notHere(cursor);
  const [row] = await readRevisions(context, [Number(cursor.segmentId)]);
  if (row === undefined) throw startAgain();
  if (row.departement !== departement || row.millesime !== millesime) throw notHere(cursor);
  return row;
}

/** `count` features of a revision; `millesime` is undefined where it has been withdrawn. */
export const segmentOf = (row: RevisionRow, millesime: Millesime | undefined, count: number): Segment => ({
  id: String(row.id),
  srid: row.srid,
  bboxWgs84: row.bboxWgs84,
  count,
  interval: millesime === undefined ? null : millesimeInterval(millesime),
  constants: { departement: row.departement, millesime: String(row.millesime) },
});

export async function readRevisions({ database }: ServerContext, ids: number[]): Promise<RevisionRow[]> {
  const { rows } = await sql<RevisionRow>`
    select id, departement, millesime, srid, coalesce(nombre_objets, 0) as "nombreObjets", nombre_zones as "nombreZones",
           emprise_wgs84 as "bboxWgs84"
      from published.revision                    -- primary key
     where id = any(${ids}::bigint[])`.execute(database.db);
  return rows;
}
