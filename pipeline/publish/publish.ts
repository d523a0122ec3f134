/** Publish stage: objects → a new revision with its report, statistics and tiles → the swap. */
import type { Database } from '../../sql/database.ts';
import type { ObjetOccupationSol, StageContext, ZoneConstruite } from '../artefacts.ts';
import { checkRevision } from './check-revision.ts';
import { type Loaded, loadObjects } from './load-objects.ts';
import { loadProduced, type ProducedRules } from './load-produced.ts';
import { loadZones } from './load-zones.ts';
import { measureGaps } from './measure-gaps.ts';
import { describeContent, measureOverlaps, measureSlivers, NO_OVERLAPS } from './quality-report.ts';
import {
  abandonRevision,
  attachPartition,
  describeRevision,
  keepAlive,
  type MillesimeDescription,
  openRevision,
} from './revision.ts';
import { ChecksFailed, passes } from './run-checks.ts';
import { partitionTable } from './statements.ts';
import { makeStock } from './statistics.ts';
import { type PreparePairs, swapIn } from './swap.ts';
import { sweep } from './sweep.ts';
import { makeTiles } from './tiles.ts';
import { loadUnknownGround } from './unknown-ground.ts';

export interface PublishSource {
  objets: () => AsyncIterable<ObjetOccupationSol>;
  /** For the progress bar. */
  count?: number | undefined;
  /** The zone construite; absent: the source has none. */
  zones?: (() => AsyncIterable<ZoneConstruite>) | undefined;
  /** What the source says of itself, for the quality report. */
  rapport?: Record<string, unknown>;
}

export interface PublishOptions {
  /** True for what we produce: refused unless it is a coverage. False for deliveries: published as delivered, and measured. */
  requireCoverage: boolean;
  /** Ground no image knows, WKB polygons with the objects' own vertices: with it the objects must leave no gap. */
  nodata?: (() => AsyncIterable<Buffer>) | undefined;
  /** The product's minimal units and widths, where they were applied: refused unless they hold. */
  produced?: ProducedRules | undefined;
  /** How long superseded revisions are kept. */
  keepHours: number;
  runId?: string | undefined;
  preparePairs: PreparePairs;
}

/** `revision.rapport`: see describeContent, and superpositions, trous, eclats, verifications, tuiles. */
export type QualityReport = Record<string, unknown>;

export interface Published {
  revisionId: number;
  rapport: QualityReport;
}

/**
 * Publishes a millésime. Everything long happens outside any lock on a revision nobody reads; then one row changes. A failure or
 * a kill at any point leaves what was published as it was. Throws ChecksFailed when the objects are not what they must be.
 */
export async function publish(
  database: Database,
  source: PublishSource,
  millesime: MillesimeDescription,
  options: PublishOptions,
  ctx: StageContext,
): Promise<Published> {
  await sweep(database, options.keepHours).catch((error: Error) =>
    ctx.report.warn('Sweep:Failed', { message: error.message }),
  );
  const revisionId = await openRevision(database, millesime, options.runId);
  const endKeepAlive = keepAlive(database, revisionId);
  try {
    const loaded = await loadObjects(database, revisionId, source, millesime, !options.requireCoverage, ctx);
    if (loaded.count === 0) throw new ChecksFailed([{ name: 'there are objects', examples: [] }]);
    await attachPartition(database, revisionId);
    await loadBeside(database, revisionId, source, millesime, options, ctx);
    const rapport = await examine(database, revisionId, loaded, source, millesime, options, ctx);
    const table = partitionTable(revisionId);
    await makeStock(database, revisionId, table, ctx);
    await makeTiles(database, revisionId, table, ctx);
    const { departement, millesime: year } = millesime;
    await swapIn(database, { departement, millesime: year, revisionId, from: 'loading' }, options.preparePairs);
    ctx.report.info('Publish:Swapped', { departement, millesime: year, revisionId, objects: loaded.count });
    return { revisionId, rapport };
  } catch (error) {
    await abandonRevision(database, revisionId, error instanceof ChecksFailed).catch(() => {}); // or the next sweep does
    throw error;
  } finally {
    endKeepAlive();
  }
}

/** Loads what is no object: the zone construite, ground without objects, what the rules of the product allow. */
async function loadBeside(
  database: Database,
  revisionId: number,
  { zones }: PublishSource,
  { srid }: MillesimeDescription,
  { nodata, produced }: PublishOptions,
  ctx: StageContext,
): Promise<void> {
  if (zones) await loadZones(database, revisionId, zones(), srid, ctx);
  if (nodata) await loadUnknownGround(database, revisionId, nodata(), srid, ctx);
  if (produced) await loadProduced(database, revisionId, produced, ctx);
}

/** Runs the checks, measures what a delivery has that a coverage has not, and writes the report. Throws ChecksFailed. */
async function examine(
  database: Database,
  revisionId: number,
  loaded: Loaded,
  source: PublishSource,
  millesime: MillesimeDescription,
  { requireCoverage }: PublishOptions,
  ctx: StageContext,
): Promise<QualityReport> {
  const { lastRang } = loaded;
  const { checks, proof } = await checkRevision(database, revisionId, { lastRang, ours: requireCoverage }, ctx);
  const sound = checks.every(passes);
  const estCouverture = sound && proof.every(passes);
  if (requireCoverage) checks.push(...proof);
  const measured = !estCouverture && sound && !requireCoverage;
  const trous = measured
    ? await measureGaps(database, revisionId, loaded, millesime.srid, ctx)
    : { nombre: 0, aire_m2: 0 };
  const superpositions = measured ? await measureOverlaps(database, revisionId, lastRang, ctx) : NO_OVERLAPS;
  const rapport = {
    ...source.rapport,
    ...(await describeContent(database, revisionId, loaded)),
    est_couverture: estCouverture,
    superpositions,
    trous,
    eclats: await measureSlivers(database, revisionId, lastRang),
    verifications: checks.map(({ name, examples }) => ({
      nom: name,
      passe: examples.length === 0,
      exemples: examples,
    })),
  };
  await describeRevision(database, revisionId, {
    count: loaded.count,
    areaM2: loaded.areaM2,
    estCouverture,
    superpositionM2: superpositions.aire_m2,
    bboxWgs84: loaded.bboxWgs84,
    bboxLocal: loaded.bboxLocal,
    rapport,
  });
  const failed = checks.filter((check) => !passes(check));
  if (failed.length > 0) throw new ChecksFailed(failed);
  return rapport;
}
