/** Gaps of a delivery: ground inside the union of its objects that none of them covers. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import type { Loaded } from './load-objects.ts';
import { promotion } from './statements.ts';

/** Objects united by one statement, about. */
const CELL_OBJECTS = 400;

export interface Gaps {
  nombre: number;
  aire_m2: number;
  /** Area of the union: what the objects' areas exceed it by is ground counted more than once. */
  aire_union_m2: number;
  /** What is measured, in words: ground outside the outline cannot be told from ground that was never to be delivered. */
  definition: string;
}

/** Holes of the union, united cell by cell and then two by two, so that no statement is long. `srid`: the revision's own. */
export async function measureGaps(
  database: Database,
  revisionId: number,
  loaded: Loaded,
  srid: number,
  ctx: StageContext,
): Promise<Gaps> {
  const [minX, minY, maxX, maxY] = loaded.bboxLocal as [number, number, number, number];
  const side = Math.ceil(Math.sqrt(loaded.count / CELL_OBJECTS));
  const [width, height] = [(maxX - minX) / side, (maxY - minY) / side];
  const step = ctx.report.step('Gaps', 2 * side * side - 1, 'unions');
  const cell = async (column: number, row: number) => {
    const box = [minX + column * width, minY + row * height, minX + (column + 1) * width, minY + (row + 1) * height];
    const { rows } = await database.pool.query<{ wkb: Buffer | null }>(promotion('union-cell', revisionId), [
      revisionId,
      ...box,
      srid,
    ]);
    step.advance(1);
    return rows[0]!.wkb;
  };
  const unite = async (a: Buffer | null, b: Buffer | null) => {
    ctx.signal.throwIfAborted();
    step.advance(1);
    if (a === null || b === null) return a ?? b;
    const { rows } = await database.pool.query<{ wkb: Buffer }>(
      'select ST_AsBinary(ST_Union(ST_GeomFromWKB($1), ST_GeomFromWKB($2), 0.001)) as wkb',
      [a, b],
    );
    return rows[0]!.wkb;
  };
  /** Union of the cells [from, to[ in Morton order: neighbours are united first. */
  const block = async (column: number, row: number, size: number): Promise<Buffer | null> => {
    if (column >= side || row >= side) return null;
    if (size === 1) return cell(column, row);
    const half = size / 2;
    const west = await unite(await block(column, row, half), await block(column, row + half, half));
    const east = await unite(await block(column + half, row, half), await block(column + half, row + half, half));
    return unite(west, east);
  };
  const union = await block(0, 0, 2 ** Math.ceil(Math.log2(side)));
  step.end();
  return { ...(await holesOf(database, union)), definition: "trous de l'union des objets, au millimètre" };
}

async function holesOf(database: Database, union: Buffer | null): Promise<Omit<Gaps, 'definition'>> {
  const { rows } = await database.pool.query<Omit<Gaps, 'definition'>>(
    `select count(*) as nombre, coalesce(sum(ST_Area(ring.geom)), 0) as aire_m2,
            (select ST_Area(ST_GeomFromWKB($1))) as aire_union_m2
       from ST_Dump(ST_GeomFromWKB($1)) part
      cross join lateral ST_DumpRings(part.geom) ring
      where ring.path[1] > 0`,
    [union],
  );
  return rows[0]!;
}
