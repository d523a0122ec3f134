/** The quality report of a revision: what it holds, and what a delivery has that a coverage has not. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import type { Loaded } from './load-objects.ts';
import { partitionTable, promotion } from './statements.ts';

const OVERLAP_RANGE = 200;
const SLIVER_RANGE = 20_000;
const EXAMPLES = 10;
/** An object thinner than this on average counts as a sliver. The figure is ours: a fifth of the product's narrowest class. */
export const SLIVER_WIDTH_M = 1;

/** Pairs of objects whose interiors meet. `aire_m2` is a sum over pairs: ground under three objects is counted thrice. */
export interface Overlaps {
  /** Pairs that overlap in the sense of Simple Features: neither lies within the other. */
  paires: number;
  aire_m2: number;
  /** Pairs of which one lies within the other. */
  inclusions: { paires: number; aire_m2: number };
  /** The largest of both kinds. */
  exemples: OverlapRow[];
}

interface OverlapRow {
  id_a: string;
  id_b: string;
  partielle: boolean;
  aire_m2: number;
}

export const NO_OVERLAPS: Overlaps = { paires: 0, aire_m2: 0, inclusions: { paires: 0, aire_m2: 0 }, exemples: [] };

/** Measures the overlaps range by range of objects, each against those after it. */
export async function measureOverlaps(
  database: Database,
  revisionId: number,
  lastRang: number,
  ctx: StageContext,
): Promise<Overlaps> {
  const statement = promotion('overlaps', revisionId);
  const overlaps = structuredClone(NO_OVERLAPS);
  const step = ctx.report.step('Overlaps', lastRang, 'objects');
  for (let first = 1; first <= lastRang; first += OVERLAP_RANGE) {
    ctx.signal.throwIfAborted();
    const { rows } = await database.pool.query<OverlapRow>(statement, [revisionId, first, first + OVERLAP_RANGE - 1]);
    for (const { partielle, aire_m2 } of rows) {
      const kind = partielle ? overlaps : overlaps.inclusions;
      kind.paires += 1;
      kind.aire_m2 += aire_m2;
    }
    overlaps.exemples = [...overlaps.exemples, ...rows].sort((a, b) => b.aire_m2 - a.aire_m2).slice(0, EXAMPLES);
    step.advance(OVERLAP_RANGE);
  }
  step.end();
  return overlaps;
}

/** Objects thinner than SLIVER_WIDTH_M. */
export async function measureSlivers(database: Database, revisionId: number, lastRang: number) {
  const slivers = { nombre: 0, aire_m2: 0, largeur_moyenne_sous_m: SLIVER_WIDTH_M };
  for (let first = 1; first <= lastRang; first += SLIVER_RANGE) {
    const { rows } = await database.pool.query<{ nombre: number; aire_m2: number }>(promotion('slivers', revisionId), [
      revisionId,
      first,
      first + SLIVER_RANGE - 1,
      SLIVER_WIDTH_M,
    ]);
    slivers.nombre += rows[0]!.nombre;
    slivers.aire_m2 += rows[0]!.aire_m2;
  }
  return slivers;
}

/** Counts and areas by couverture and usage, repeated identifiers, mended geometries. */
export async function describeContent(database: Database, revisionId: number, loaded: Loaded) {
  const byClass = async (column: 'code_cs' | 'code_us') => {
    const { rows } = await database.pool.query<{ code: string; nombre: number; aire_m2: number }>(
      `select ${column} as code, count(*) as nombre, sum(aire_m2) as aire_m2
         from ${partitionTable(revisionId)} group by 1 order by 1`,
    );
    return rows;
  };
  const { rows: repeated } = await database.pool.query<{ id: string; nombre: number }>(
    `select id, count(*) as nombre from ${partitionTable(revisionId)} group by id having count(*) > 1 order by 2 desc, 1`,
  );
  return {
    objets: loaded.count,
    aire_m2: loaded.areaM2,
    par_couverture: await byClass('code_cs'),
    par_usage: await byClass('code_us'),
    reparees: loaded.repaired.filter(({ publie }) => publie),
    ecartees: loaded.repaired.filter(({ publie }) => !publie),
    identifiants_repetes: { nombre: repeated.length, exemples: repeated.slice(0, EXAMPLES) },
  };
}
