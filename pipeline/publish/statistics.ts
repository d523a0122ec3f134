/** Stocks of one revision: how much ground of each class each commune has. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';

/** Vertices a statement cuts by communes; some tenths of a second on the embedded engine, where everybody else waits. */
const BATCH_POINTS = 50_000;

interface StockRow {
  commune: string | null;
  code_cs: string | null;
  code_us: string;
  artificiel: boolean;
  impermeable: boolean;
  aire_dm2: number;
}

type BatchRow = StockRow & { dernier: number | null; geants: number[] | null };

/**
 * Objects of revision $3 after rang $2 cut by the communes of département $1: at most 2 000, and no more once they have $4
 * vertices (16 bytes each: ST_MemSize reads no surface). Each piece is rounded once, to whole dm²; what lies in no commune is a
 * piece too, of commune null. The row without classes sums the batch up: its last object, and those of more than $4 vertices,
 * which it left aside. Indexes: the partition's primary key, territoire_departement.
 */
const STOCK = (table: string) => `
  with suite as (
    select *, sum(least(points, $4)) over (order by rang) - least(points, $4) as deja
      from (select rang, code_cs, code_us, artificiel, impermeable, geom, ST_MemSize(geom) / 16 as points
              from ${table} where revision_id = $3 and rang > $2 order by rang limit 2000) s
  ), lot as materialized (
    select * from suite where deja < $4
  ), objet as materialized (
    select *, ST_Area(geom) as aire from lot where points <= $4
  ), piece as materialized (
    select o.rang, t.code as commune,
           case when ST_Covers(t.geom, o.geom) then o.aire
                else ST_Area(production.surface_commune(o.geom, t.geom)) end as aire
      from objet o
      join production.territoire t on t.niveau = 'commune' and t.departement = $1 and t.geom && o.geom
       and ST_SRID(t.geom) = ST_SRID(o.geom)
  ), tout as (
    select rang, commune, aire from piece
    union all
    select o.rang, null, o.aire - coalesce(sum(p.aire), 0)
      from objet o left join piece p using (rang) group by o.rang, o.aire
  )
  select commune, code_cs, code_us, artificiel, impermeable, sum(greatest(round(tout.aire * 100), 0))::bigint as aire_dm2,
         null::int as dernier, null::int[] as geants
    from tout join objet using (rang)
   group by commune, code_cs, code_us, artificiel, impermeable
   union all
  select null, null, null, null, null, 0, (select max(rang) from lot), (select array_agg(rang) from lot where points > $4)`;

/** The object $4 of revision $3, and what it shares with the next commune after code $2 (null: no more), m². Indexes as above. */
const GIANT = (table: string) => `
  select o.code_cs, o.code_us, o.artificiel, o.impermeable, ST_Area(o.geom) as entier_m2, t.code as commune,
         case when ST_Covers(t.geom, o.geom) then ST_Area(o.geom)
              else ST_Area(production.surface_commune(o.geom, t.geom)) end as aire_m2
    from ${table} o
    left join lateral (
      select code, geom from production.territoire
       where niveau = 'commune' and departement = $1 and code > $2 and geom && o.geom and ST_SRID(geom) = ST_SRID(o.geom)
       order by code limit 1
    ) t on true
   where o.revision_id = $3 and o.rang = $4`;

/**
 * Fills `production.statistique_stock` for the revision whose objects are in `table` (its partition, attached or not yet): m² of
 * each commune by couverture, usage and verdicts. Made again, it replaces what was there, in one statement. Throws Stopped.
 */
export async function makeStock(
  database: Database,
  revisionId: number,
  table: string,
  ctx: StageContext,
): Promise<void> {
  const { rows } = await database.pool.query<{ departement: string; last: number | null }>(
    `select departement, (select max(rang) from ${table} where revision_id = $1) as last from production.revision where id = $1`,
    [revisionId],
  );
  const { departement, last } = rows[0]!;
  const stock = new Map<string, StockRow>();
  const step = ctx.report.step('Stocks', last ?? 0, 'objects');
  for (let after: number | null = 0; after !== null; ) {
    if (ctx.signal.aborted) throw new Stopped('stopped while summing the stocks');
    const values: unknown[] = [departement, after, revisionId, BATCH_POINTS];
    const batch: BatchRow[] = (await database.pool.query<BatchRow>(STOCK(table), values)).rows;
    const total = batch.find((row) => row.code_cs === null);
    // The embedded engine breaks off without an error when GEOS throws.
    if (total === undefined) throw new Error('the database broke off while it cut objects by communes');
    for (const { dernier: _, geants: __, ...row } of batch) addTo(stock, row);
    for (const rang of total.geants ?? [])
      for (const row of await cutGiant(database, table, departement, revisionId, rang)) addTo(stock, row);
    if (total.dernier !== null) step.advance(total.dernier - after);
    after = total.dernier;
  }
  step.end();
  await replaceStock(database, revisionId, [...stock.values()]);
}

/** An object of very many vertices, one commune a statement; rounded as in STOCK. */
async function cutGiant(
  database: Database,
  table: string,
  departement: string,
  revisionId: number,
  rang: number,
): Promise<StockRow[]> {
  type Row = Omit<StockRow, 'aire_dm2'> & { entier_m2: number; aire_m2: number };
  const pieces: StockRow[] = [];
  let coveredM2 = 0;
  for (let after = ''; ; ) {
    const { rows } = await database.pool.query<Row>(GIANT(table), [departement, after, revisionId, rang]);
    if (rows.length === 0) throw new Error('the database broke off while it cut an object by communes');
    const { entier_m2, aire_m2, ...row } = rows[0]!;
    const areaM2 = row.commune === null ? entier_m2 - coveredM2 : aire_m2;
    pieces.push({ ...row, aire_dm2: Math.max(Math.round(areaM2 * 100), 0) });
    if (row.commune === null) return pieces;
    coveredM2 += aire_m2;
    after = row.commune;
  }
}

function addTo(stock: Map<string, StockRow>, row: StockRow): void {
  if (row.aire_dm2 === 0) return;
  const key = JSON.stringify([row.commune, row.code_cs, row.code_us, row.artificiel, row.impermeable]);
  const sum = stock.get(key);
  if (sum === undefined) stock.set(key, row);
  else sum.aire_dm2 += row.aire_dm2;
}

/** Index: statistique_stock_revision. The deletion and the insertion see the same snapshot, so they do not meet. */
async function replaceStock(database: Database, revisionId: number, rows: StockRow[]): Promise<void> {
  await database.pool.query(
    `with former as (delete from production.statistique_stock where revision_id = $1)
     insert into production.statistique_stock (revision_id, commune, code_cs, code_us, artificiel, impermeable, aire_dm2)
     select $1, commune, code_cs, code_us, artificiel, impermeable, aire_dm2
       from jsonb_to_recordset($2::jsonb)
         as r(commune text, code_cs text, code_us text, artificiel boolean, impermeable boolean, aire_dm2 bigint)
      order by commune nulls last, code_cs, code_us, artificiel, impermeable`,
    [revisionId, JSON.stringify(rows)],
  );
}
