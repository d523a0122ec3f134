/** `ocsge continuite`: two neighbouring départements match vertex for vertex along their common limit. */
import type { Database } from '../../sql/database.ts';
import type { StageContext } from '../artefacts.ts';
import { makePairs } from '../changes/make-pairs.ts';
import { commonLimit, type Insertion } from '../continuite/common-limit.ts';
import { type JoinedObject, joinedObjects } from '../continuite/joined-objects.ts';
import { joinedUnknownGround } from '../continuite/joined-unknown-ground.ts';
import { readBorder } from '../continuite/read-borders.ts';
import { millesimeCollectionId, normaliseDepartement } from '../departement.ts';
import { BadInput } from '../errors.ts';
import { keepJoinedFrame } from '../frames.ts';
import { readCurrent } from '../publish/read-current.ts';
import { type CurrentRevision, type OtherVertices, republish } from '../publish/republish.ts';
import { sweep } from '../publish/sweep.ts';
import { polygonWkb } from '../wkb.ts';
import { asRun } from './as-run.ts';
import { type CommandEnv, withDatabase } from './environment.ts';

export interface ContinuiteOptions {
  departement: string[];
  millesime?: string[];
}

/** What became of one of the two. */
export interface JoinedSide {
  collectionId: string;
  /** The new revision; undefined where nothing was missing. */
  revisionId?: number;
  objects: number;
  vertices: number;
}

export interface ContinuiteResult {
  lengthM: number;
  sides: [JoinedSide, JoinedSide];
}

export async function continuiteFromOptions(options: ContinuiteOptions, env: CommandEnv): Promise<void> {
  const request = parseOptions(options);
  const { dataDir, revisionKeepHours } = env.config;
  const { lengthM, sides } = await withDatabase(env, (database) =>
    asRun({ processId: 'continuite', request }, database, env, async ({ report, runId }) => {
      await sweep(database, revisionKeepHours).catch((error: Error) =>
        report.warn('Sweep:Failed', { message: error.message }),
      );
      return joinNeighbours(request, { database, dataDir, runId }, { ...env, report, threads: 1 });
    }),
  );
  const told = sides.map(({ collectionId, revisionId, objects, vertices }) =>
    revisionId === undefined
      ? `${collectionId}: nothing was missing`
      : `${collectionId}: ${vertices} junctions inserted in ${objects} objects, revision ${revisionId}`,
  );
  env.print([`common limit of ${(lengthM / 1000).toFixed(3)} km, vertex for vertex`, ...told].join('\n'));
}

interface Millesime {
  departement: string;
  /** Undefined: the last one published. */
  millesime: number | undefined;
}

function parseOptions({ departement, millesime = [] }: ContinuiteOptions): [Millesime, Millesime] {
  const codes = departement.map(normaliseDepartement);
  if (codes.length !== 2) throw new BadInput(`--departement: ${codes.length} given, two neighbours wanted`);
  if (millesime.length > 2) throw new BadInput(`--millesime: ${millesime.length} given, one for both or two wanted`);
  const years = millesime.map((text) => {
    if (/^\d{4}$/.test(text)) return Number(text);
    throw new BadInput(`--millesime "${text}": a year wanted, such as 2021`);
  });
  const [first, second] = codes.map((code, i) => ({ departement: code, millesime: years[i] ?? years[0] }));
  if (codes[0] === codes[1]) throw new BadInput(`--departement: ${codes[0]} twice, two neighbours wanted`);
  return [first!, second!];
}

/**
 * Inserts on each side, along the limit the two have in common, the vertices of the other. No vertex moves, ids and stored areas stay;
 * a side that lacks some gets a new revision. Each is published by itself, whole: stopped between the two, the same command does the
 * other. Throws `BadInput` where one is not published, they have no common limit, or another CRS.
 */
export async function joinNeighbours(
  [first, second]: [Millesime, Millesime],
  env: { database: Database; dataDir: string; runId?: string },
  ctx: StageContext,
): Promise<ContinuiteResult> {
  const [one, other] = [await readCurrent(env.database, first), await readCurrent(env.database, second)];
  checkBoth(one, other);
  const limit = commonLimit(
    await readBorder(env.database, one.revisionId, other.revisionId, ctx),
    await readBorder(env.database, other.revisionId, one.revisionId, ctx),
  );
  if (limit.lengthM === 0) {
    throw new BadInput(
      `${nameOf(one)} and ${nameOf(other)} have no common limit: no border of one lies on the other's; each is to be produced with --extent, from one source of limits`,
    );
  }
  ctx.report.info('Continuite:Limit', { lengthM: Math.round(limit.lengthM) });
  if (limit.apart > 0) {
    const message = 'the extents are not of one source there: produce both from the same limits';
    ctx.report.warn('Continuite:Apart', { vertices: limit.apart, message });
  }
  return {
    lengthM: limit.lengthM,
    sides: [await joinSide(one, limit.first, other, env, ctx), await joinSide(other, limit.second, one, env, ctx)],
  };
}

const nameOf = ({ millesime: { departement, millesime } }: CurrentRevision) => `${departement} ${millesime}`;

function checkBoth(one: CurrentRevision, other: CurrentRevision): void {
  if (one.millesime.srid !== other.millesime.srid) {
    throw new BadInput(
      `${nameOf(one)} is in EPSG:${one.millesime.srid}, ${nameOf(other)} in EPSG:${other.millesime.srid}: neighbours of one CRS wanted`,
    );
  }
  for (const side of [one, other]) {
    if (!side.estCouverture)
      throw new BadInput(`${nameOf(side)} is no coverage: it has gaps or overlaps, as delivered`);
  }
}

async function joinSide(
  side: CurrentRevision,
  insertions: Insertion[],
  neighbour: CurrentRevision,
  { database, dataDir, runId }: { database: Database; dataDir: string; runId?: string },
  ctx: StageContext,
): Promise<JoinedSide> {
  const { departement, millesime } = side.millesime;
  const rangs = [...new Set(insertions.map(({ edge }) => edge.owner))];
  const vertices = insertions.reduce((sum, { points }) => sum + points.length, 0);
  const done = { collectionId: millesimeCollectionId(departement, millesime), objects: rangs.length, vertices };
  if (vertices === 0) return done;
  const objects = () => joinedObjects(database, side.revisionId, insertions);
  const unknownGround = joinedUnknownGround(database, side.revisionId, insertions);
  const changed = { rangs, objects: verticesOf(objects()), unknownGround };
  const revisionId = await republish(
    database,
    side,
    changed,
    {
      rapport: { continuite: { avec: nameOf(neighbour), sommets: vertices, objets: rangs.length } },
      runId,
      preparePairs: async (revision) => {
        await keepJoinedFrame(dataDir, side.millesime, side.revisionId, revision, objects());
        await makePairs(database, revision, ctx);
      },
    },
    ctx,
  );
  return { ...done, revisionId };
}

async function* verticesOf(objects: AsyncIterable<JoinedObject>): AsyncGenerator<OtherVertices> {
  for await (const { rang, joined } of objects) yield { rang, wkb: polygonWkb(joined) };
}
