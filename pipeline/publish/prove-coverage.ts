/**
 * Whether a revision is a coverage: no gap, no overlap, shared boundaries equal vertex for vertex.
 *
 * In a coverage every edge of an object is also an edge of exactly one neighbour, the other way round, or it lies on the outline.
 * The database matches the edges cell by cell; those that stay free are what the checks of sql/checks/free-edges look at, and, at
 * last, as an outline, that of sql/checks/outline.
 */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { type CheckResult, passes, runChecks } from './run-checks.ts';
import { partitionTable, promotion } from './statements.ts';
import { countUnknownGround } from './unknown-ground.ts';

/** Vertices that a statement matches, about: on the embedded engine everybody else waits for it. */
const CELL_VERTICES = 20_000;
/** Smaller cells are not halved. */
const LEAST_SIDE_M = 1;

type Cell = [minX: number, minY: number, maxX: number, maxY: number];

interface Proof {
  database: Database;
  revisionId: number;
  srid: number;
  extent: Cell;
  /** The last number given to a free edge. */
  lastEdge: number;
  /** Whether edges are kept that the rules about neighbours look at. */
  keeps: boolean;
}

/** Polygons of ground without objects whose edges a statement matches. */
const UNKNOWN_RANGE = 500;

/**
 * Returns the checks with what speaks against them, up to the first that do not hold. With the ground of production.sol_inconnu,
 * which has the objects' own vertices, they must leave no gap. Geometries must be valid. `onEdges`: checks of what is on the two
 * sides of edges, made where the coverage holds; theirs come last.
 */
export async function proveCoverage(
  database: Database,
  revisionId: number,
  ctx: StageContext,
  onEdges?: () => Promise<CheckResult[]>,
): Promise<CheckResult[]> {
  const forget = async () => {
    for (const table of ['arete_libre', 'arete_commune'])
      await database.pool.query(`delete from production.${table} where revision_id = $1`, [revisionId]);
  };
  await forget(); // of a proof that was killed
  try {
    const keeps = onEdges !== undefined;
    const proof = { database, revisionId, ...(await extentOf(database, revisionId)), lastEdge: 0, keeps };
    const checks = await prove(proof, ctx);
    if (onEdges === undefined || !checks.every(passes)) return checks;
    await database.pool.query('analyze production.arete_libre, production.arete_commune'); // as new as they are, plans know nothing
    return [...checks, ...(await onEdges())];
  } finally {
    await forget().catch(() => {}); // or they go with the revision
  }
}

async function prove(proof: Proof, ctx: StageContext): Promise<CheckResult[]> {
  const { database, revisionId, srid, extent, keeps } = proof;
  const step = ctx.report.step('Coverage', Math.round(await verticesIn(proof, extent)), 'vertices');
  let checks: CheckResult[] = [];
  for await (const { cell, vertices } of halved(proof, extent)) {
    ctx.signal.throwIfAborted();
    checks = await free(proof, 'free-edges', [...cell, srid, keeps], ctx);
    if (!checks.every(passes)) return checks;
    step.advance(Math.round(vertices));
  }
  const unknown = await countUnknownGround(database, revisionId);
  for (let first = 1; first <= unknown; first += UNKNOWN_RANGE) {
    ctx.signal.throwIfAborted();
    checks = await free(proof, 'free-edges-of-unknown-ground', [first, first + UNKNOWN_RANGE - 1, keeps], ctx);
    if (!checks.every(passes)) return checks;
  }
  step.end();
  return [...checks, ...(await runChecks(database, revisionId, 'outline', { last: proof.lastEdge }, ctx))];
}

/** Puts more edges among the free ones, and checks those. */
async function free(
  proof: Proof,
  statement: 'free-edges' | 'free-edges-of-unknown-ground',
  values: unknown[],
  ctx: StageContext,
): Promise<CheckResult[]> {
  const { database, revisionId } = proof;
  const first = proof.lastEdge + 1;
  const { rowCount } = await database.pool.query(promotion(statement, revisionId), [revisionId, first, ...values]);
  proof.lastEdge += rowCount ?? 0;
  return runChecks(database, revisionId, 'free-edges', { first, last: proof.lastEdge }, ctx);
}

/** The cells of an extent, each with about how many vertices it holds. One without any may still hold an edge on its side. */
async function* halved(proof: Proof, cell: Cell): AsyncGenerator<{ cell: Cell; vertices: number }> {
  const vertices = await verticesIn(proof, cell);
  const [minX, minY, maxX, maxY] = cell;
  const [width, height] = [maxX - minX, maxY - minY];
  if (vertices <= CELL_VERTICES || Math.max(width, height) <= LEAST_SIDE_M) {
    yield { cell, vertices };
  } else if (width > height) {
    yield* halved(proof, [minX, minY, minX + width / 2, maxY]);
    yield* halved(proof, [minX + width / 2, minY, maxX, maxY]);
  } else {
    yield* halved(proof, [minX, minY, maxX, minY + height / 2]);
    yield* halved(proof, [minX, minY + height / 2, maxX, maxY]);
  }
}

async function verticesIn({ database, revisionId, srid }: Proof, cell: Cell): Promise<number> {
  const statement = promotion('vertices-in-cell', revisionId);
  const { rows } = await database.pool.query<{ vertices: number }>(statement, [revisionId, ...cell, srid]);
  return rows[0]!.vertices;
}

/** The SRID of a revision, and a cell that holds it all, its right and upper border too. */
async function extentOf(database: Database, revisionId: number): Promise<Pick<Proof, 'srid' | 'extent'>> {
  const { rows } = await database.pool.query<{ srid: number; extent: Cell }>(
    `select min(ST_SRID(geom)) as srid,
            array[min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)) + 1, max(ST_YMax(geom)) + 1] as extent
       from ${partitionTable(revisionId)} where revision_id = $1`, // all of the partition
    [revisionId],
  );
  return rows[0]!;
}
