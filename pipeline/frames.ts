/**
 * The polygons each published revision was made of, kept beside its run: the frame of the next millésime is what is published,
 * not what the last run left on disk. Hard links: a later run puts new files in the place of the old, which stay here.
 */
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Polygon } from 'geojson';
import type { Database } from '../sql/database.ts';
import { type PolygonsArtefact, runFolder, writeWhole } from './artefacts.ts';
import { BadInput } from './errors.ts';
import { writeLines } from './geojsonl.ts';
import { joinedLine, objectKey, readJoined } from './joined.ts';

const framesFolder = (dataDir: string, departement: string, millesime: number) =>
  join(runFolder(dataDir, departement, millesime), 'frames');

/** Keeps the polygons a revision is made of. Called before the revision is published, so that none is published without. */
export async function keepFrame(
  dataDir: string,
  millesime: { departement: string; millesime: number },
  revisionId: number,
  polygons: PolygonsArtefact,
): Promise<void> {
  const folder = join(framesFolder(dataDir, millesime.departement, millesime.millesime), String(revisionId));
  await mkdir(folder, { recursive: true });
  const keep = async (path: string, name = basename(path)) => {
    const kept = join(folder, name);
    await rm(kept, { force: true });
    await link(path, kept).catch(() => copyFile(path, kept)); // a file system without links
    return kept;
  };
  const { framePath: _, ...withoutFrame } = polygons; // in a frame, that is the couverture
  const frame: PolygonsArtefact = {
    ...withoutFrame,
    polygonsPath: await keep(polygons.polygonsPath),
    regionsPath: await keep(polygons.regionsPath),
    couverturePath: await keep(polygons.framePath ?? polygons.couverturePath),
    ...(polygons.joinedPath && { joinedPath: await keep(polygons.joinedPath, 'joined.geojsonl') }),
    ...(isThere(polygons.listed) && { listed: await keep(polygons.listed) }),
  };
  await writeWhole(join(folder, 'frame.json'), JSON.stringify(frame));
}

/** A frame kept before its list was may name one that is gone. */
const isThere = (path: string | undefined): path is string => path !== undefined && existsSync(path);

/** An object whose published geometry got vertices on the same ground. */
export interface JoinedGeometry {
  id: string;
  codeCs: string;
  former: Polygon;
  joined: Polygon;
}

/**
 * Keeps the polygons of a revision that has the objects of another, some of them joined to a neighbour's. Nothing where the other's
 * are not kept here: it was produced elsewhere, or delivered.
 */
export async function keepJoinedFrame(
  dataDir: string,
  millesime: { departement: string; millesime: number },
  from: number,
  revisionId: number,
  objects: AsyncIterable<JoinedGeometry>,
): Promise<void> {
  const folder = framesFolder(dataDir, millesime.departement, millesime.millesime);
  const path = join(folder, String(from), 'frame.json');
  if (!existsSync(path)) return;
  const frame = JSON.parse(await readFile(path, 'utf8')) as PolygonsArtefact;
  const joined = new Map<string, string>();
  const keys = new Map<string, string>();
  for await (const { properties, geometry } of readJoined(frame)) {
    keys.set(properties.id, properties.key);
    joined.set(properties.id, JSON.stringify(geometry.coordinates));
  }
  for await (const object of objects) {
    if (!keys.has(object.id)) keys.set(object.id, objectKey(object.codeCs, JSON.stringify(object.former.coordinates)));
    joined.set(object.id, JSON.stringify(object.joined.coordinates));
  }
  const joinedPath = join(folder, `${revisionId}.joined.part`);
  await writeLines(
    joinedPath,
    Array.from(joined, ([id, coordinates]) => joinedLine(keys.get(id)!, id, coordinates)),
  );
  await keepFrame(dataDir, millesime, revisionId, { ...frame, joinedPath });
  await rm(joinedPath);
}

/** The polygons of the published revision of a millésime. Throws `BadInput` where it is not published or not produced here. */
export async function readFrame(
  database: Database,
  dataDir: string,
  departement: string,
  millesime: number,
): Promise<PolygonsArtefact> {
  const { rows } = await database.pool.query<{ revision_id: number }>(
    'select revision_id from published.millesime where departement = $1 and millesime = $2', // primary key of millesime
    [departement, millesime],
  );
  const revisionId = rows[0]?.revision_id;
  if (revisionId === undefined) {
    throw new BadInput(`from ${millesime}: ${departement} ${millesime} is not published; produce that millésime first`);
  }
  const path = join(framesFolder(dataDir, departement, millesime), String(revisionId), 'frame.json');
  if (!existsSync(path)) {
    throw new BadInput(
      `from ${millesime}: what is published of ${departement} ${millesime} (revision ${revisionId}) was not produced in this DATA_DIR; produce that millésime here first`,
    );
  }
  return JSON.parse(await readFile(path, 'utf8')) as PolygonsArtefact;
}

/** Removes the frames of revisions that are no longer kept. */
export async function sweepFrames(
  database: Database,
  dataDir: string,
  departement: string,
  millesime: number,
): Promise<void> {
  const folder = framesFolder(dataDir, departement, millesime);
  const { rows } = await database.pool.query<{ id: number }>(
    'select id from production.revision where departement = $1 and millesime = $2', // index revision_millesime
    [departement, millesime],
  );
  const kept = new Set(rows.map(({ id }) => String(id)));
  for (const name of await readdir(folder)) {
    if (!kept.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
