/**
 * Whether a revision is a coverage: no gap, no overlap, shared boundaries equal vertex for vertex.
 *
 * Proof: the sum of the objects' indicators is the winding number of the edges that do not cancel out. If those are outlines
 * only, all counter-clockwise and with no ground in common, that sum is 0 or 1 everywhere, and 1 inside the outlines.
 * It reads each object once, by pages, and asks the database for no topology: nobody waits for it.
 */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { createEdgeLedger } from '../edge-ledger.ts';
import { joinLoops, type Loop } from '../loops.ts';
import { partitionTable } from './statements.ts';

export interface CoverageFault {
  /** The assertion it contradicts. */
  check: string;
  /** Where, in the département's CRS, and how much. */
  found: string;
  x: number;
  y: number;
}

const PAGE = 2_000;
const NO_AREA_M2 = 1e-6;
const FAULTS_MAX = 20;
/** Outlines compared with each other; more separate pieces than this are no département. */
const OUTLINES_MAX = 2_000;

/**
 * Returns what speaks against it; nothing when the revision, with the ground of `nodata`, is a coverage. Geometries must be valid.
 */
export async function proveCoverage(
  database: Database,
  revisionId: number,
  ctx: StageContext,
  count: number,
  nodata: AsyncIterable<Buffer> | Buffer[] = [],
): Promise<CoverageFault[]> {
  const ledger = createEdgeLedger();
  const step = ctx.report.step('Coverage', count, 'objects');
  for await (const wkb of readWkb(database, revisionId)) {
    ctx.signal.throwIfAborted();
    ledger.add(wkb);
    step.advance(1);
    if (ledger.doubled.length > FAULTS_MAX) break;
  }
  for await (const wkb of nodata) ledger.add(wkb);
  step.end();
  const doubled = ledger.doubled.map(({ x1, y1, x2, y2 }) => ({
    check: 'no ground is covered twice',
    found: 'an edge with two objects on the same side',
    x: (x1 + x2) / 2,
    y: (y1 + y2) / 2,
  }));
  if (doubled.length > 0) return doubled.slice(0, FAULTS_MAX);
  const edges = ledger.exposed();
  const faults = joinLoops(edges, 'right').flatMap(loopFault);
  if (faults.length > 0) return faults.slice(0, FAULTS_MAX);
  return outlineFaults(database, joinLoops(edges, 'left'));
}

async function* readWkb(database: Database, revisionId: number): AsyncGenerator<Buffer> {
  let rang = 0;
  for (;;) {
    // primary key of the partition
    const { rows } = await database.pool.query<{ rang: number; wkb: Buffer }>(
      `select rang, ST_AsBinary(geom, 'NDR') as wkb from ${partitionTable(revisionId)}
        where revision_id = $1 and rang > $2 order by rang limit ${PAGE}`,
      [revisionId, rang],
    );
    for (const { wkb } of rows) yield wkb;
    if (rows.length < PAGE) return;
    rang = rows.at(-1)!.rang;
  }
}

function loopFault({ points, areaM2 }: Loop): CoverageFault[] {
  if (areaM2 > NO_AREA_M2) return [];
  const [x, y] = points[0]!;
  if (areaM2 < -NO_AREA_M2) {
    return [{ check: 'no gap is left inside', found: `a gap of ${(-areaM2).toFixed(3)} m²`, x, y }];
  }
  return [
    { check: 'neighbours share their vertices', found: `a boundary of ${points.length - 1} edges that differ`, x, y },
  ];
}

/** Outlines that cross themselves or share ground with another: what lies there is covered twice. */
async function outlineFaults(database: Database, outlines: Loop[]): Promise<CoverageFault[]> {
  const check = 'no ground is covered twice';
  if (outlines.length > OUTLINES_MAX) {
    const [x, y] = outlines[0]!.points[0]!;
    return [{ check, found: `${outlines.length} separate pieces, too many to compare`, x, y }];
  }
  const wkt = outlines.map(({ points }) => `POLYGON((${points.map(([x, y]) => `${x} ${y}`).join(',')}))`);
  const { rows } = await database.pool.query<{ found: string; x: number; y: number }>(
    `with outline as materialized (
       select n, ST_GeomFromText(wkt) as geom from unnest($1::text[]) with ordinality as o(wkt, n)
     ), fault as (
       select ST_IsValidReason(geom) as found, ST_PointN(ST_ExteriorRing(geom), 1) as place
         from outline where not ST_IsValid(geom)
       union all
       select 'two pieces with ground in common', ST_PointOnSurface(ST_Intersection(a.geom, b.geom))
         from outline a join outline b on a.n < b.n and a.geom && b.geom
        where ST_IsValid(a.geom) and ST_IsValid(b.geom) and ST_Relate(a.geom, b.geom, '2********')
     )
     select found, ST_X(place) as x, ST_Y(place) as y from fault limit ${FAULTS_MAX}`,
    [wkt],
  );
  return rows.map((row) => ({ check, ...row }));
}
