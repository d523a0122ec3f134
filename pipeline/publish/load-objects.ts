/** Objects into the table of their revision, batch by batch. */
import type { Database } from '../../sql/database.ts';
import type { ObjetOccupationSol, StageContext } from '../artefacts.ts';
import { inBatches } from './batches.ts';
import type { MillesimeDescription } from './revision.ts';
import { promotion } from './statements.ts';

/** A delivered geometry that broke the rules of Simple Features, as the quality report lists it. */
export interface RepairedObject {
  id: string;
  raison: string;
  aire_avant_m2: number;
  aire_apres_m2: number;
  /** False: no surface was left, so the object is not among the published ones. */
  publie: boolean;
}

export interface Loaded {
  count: number;
  /** The last rang given; some may be missing below it. */
  lastRang: number;
  areaM2: number;
  bboxWgs84: number[];
  bboxLocal: number[];
  repaired: RepairedObject[];
}

interface BatchRow {
  nombre: number;
  aire_m2: number;
  emprise_wgs84: number[];
  emprise_locale: number[];
  reparees: RepairedObject[];
}

/**
 * Inserts the objects in their order, rang from 1, with areas, verdicts of the matrix, fingerprints and WGS 84 GeoJSON made by
 * the database. `repair` mends invalid geometries (deliveries); without it they are kept for the checks to refuse.
 */
export async function loadObjects(
  database: Database,
  revisionId: number,
  source: { objets: () => AsyncIterable<ObjetOccupationSol>; count?: number | undefined },
  millesime: MillesimeDescription,
  repair: boolean,
  ctx: StageContext,
): Promise<Loaded> {
  const statement = promotion('load-objects', revisionId);
  const loaded: Loaded = { count: 0, lastRang: 0, areaM2: 0, bboxWgs84: [], bboxLocal: [], repaired: [] };
  const step = ctx.report.step('Load', source.count ?? 0, 'objects');
  for await (const batch of inBatches(source.objets())) {
    ctx.signal.throwIfAborted();
    const { departement, srid } = millesime;
    const { rows } = await database.pool.query<BatchRow>(statement, [
      ...[revisionId, departement, millesime.millesime, srid, loaded.lastRang + 1, repair],
      ...columnsOf(batch),
    ]);
    const row = rows[0]!;
    loaded.count += row.nombre;
    loaded.lastRang += batch.length;
    loaded.areaM2 += row.aire_m2;
    loaded.bboxWgs84 = widen(loaded.bboxWgs84, row.emprise_wgs84);
    loaded.bboxLocal = widen(loaded.bboxLocal, row.emprise_locale);
    loaded.repaired.push(...row.reparees);
    step.advance(batch.length);
  }
  step.end();
  return loaded;
}

/** One array a column, in the order of sql/promotion/load-objects.sql. */
const columnsOf = (batch: ObjetOccupationSol[]) =>
  (
    [
      ...(['id', 'code_cs', 'code_us', 'source', 'ossature', 'id_origine', 'code_or', 'confiance'] as const),
      ...(['us_source', 'us_rule', 'us_share', 'wkb'] as const),
    ] as const
  ).map((column) => batch.map((objet) => objet[column]));

/** Extent of two extents [minX, minY, maxX, maxY]; an extent of nothing holds no numbers. */
function widen(extent: number[], other: (number | null)[]): number[] {
  if (other[0] === null || other[0] === undefined) return extent;
  if (extent.length === 0) return other as number[];
  return extent.map((value, index) => (index < 2 ? Math.min(value, other[index]!) : Math.max(value, other[index]!)));
}
