/** Stocks of one revision: how much ground of each class each commune has. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';

/** Objects a statement cuts by communes; some tenths of a second on the embedded engine. */
const BATCH = 2_000;

interface StockRow {
  commune: string | null;
  code_cs: string | null;
  code_us: string;
  artificiel: boolean;
  impermeable: boolean;
  aire_dm2: number;
}

/**
 * One range of objects cut by the communes of the département. Each piece is rounded once, to whole dm²; what lies in no commune
 * is a piece too, of commune null. The row without classes says that the statement came to its end. Indexes: the partition's primary key, territoire_departement.
 */
const STOCK = (table: string) => `
  with objet as materialized (
    select rang, code_cs, code_us, artificiel, impermeable, geom, ST_Area(geom) as aire
      from ${table} where revision_id = $4 and rang between $2 and $3
  ), piece as materialized (
    select o.rang, t.code as commune,
           case when ST_Covers(t.geom, o.geom) then o.aire
                else ST_Area(production.surface_commune(o.geom, t.geom)) end as aire
      from objet o
      join production.territoire t on t.niveau = 'commune' and t.departement = $1 and t.geom && o.geom
  ), tout as (
    select rang, commune, aire from piece
    union all
    select o.rang, null, o.aire - coalesce(sum(p.aire), 0)
      from objet o left join piece p using (rang) group by o.rang, o.aire
  )
  select commune, code_cs, code_us, artificiel, impermeable, sum(greatest(round(tout.aire * 100), 0))::bigint as aire_dm2
    from tout join objet using (rang)
   group by commune, code_cs, code_us, artificiel, impermeable
   union all
  select null, null, null, null, null, 0`;

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
  for (let from = 1; from <= (last ?? 0); from += BATCH) {
    if (ctx.signal.aborted) throw new Stopped('stopped while summing the stocks');
    const range = [departement, from, from + BATCH - 1, revisionId];
    const part = await database.pool.query<StockRow>(STOCK(table), range);
    // The embedded engine breaks off without an error when GEOS throws.
    if (part.rows.every((row) => row.code_cs !== null))
      throw new Error('the database broke off while it cut objects by communes');
    for (const row of part.rows) if (row.aire_dm2 > 0) addTo(stock, row);
    step.advance(BATCH);
  }
  step.end();
  await replaceStock(database, revisionId, [...stock.values()]);
}

function addTo(stock: Map<string, StockRow>, row: StockRow): void {
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
