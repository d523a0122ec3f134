/** `ocsge demo`: the demonstration territory, made and produced through the same road as anybody's imagery. */
import { join } from 'node:path';
import type { Database } from '../../sql/database.ts';
import { DEMO_DEPARTEMENT } from '../departement.ts';
import { readFrame } from '../frames.ts';
import { parseProductionRequest } from '../production-request.ts';
import { produce } from '../run.ts';
import { renderScene, SCENE_YEARS, type SceneFiles, type SceneYear } from '../scenes/render-scene.ts';
import { type CommandEnv, withDatabase } from './environment.ts';
import { verificationText, verifyDemo } from './verify-demo.ts';

const DEMO_MODEL = 'demo-rgbie-1';

/**
 * Renders the territory at its two dates, loads its communes, produces the first millésime, then the second on its frame, and
 * publishes both. What is already there is not made again. `verify` compares the result with the exact truth.
 */
export async function demo(options: { verify?: boolean }, env: CommandEnv): Promise<void> {
  const sceneDir = join(env.config.dataDir, 'demo');
  await withDatabase(env, async (database) => {
    if (options.verify || !(await isPublished(database))) await makeDemo(sceneDir, database, env);
    else env.report.info('Demo:AlreadyThere', { departement: DEMO_DEPARTEMENT, millesimes: SCENE_YEARS });
    if (!options.verify) return;
    const frame = (year: SceneYear) => readFrame(database, env.config.dataDir, DEMO_DEPARTEMENT, year);
    env.print(verificationText(await verifyDemo(sceneDir, await Promise.all(SCENE_YEARS.map(frame)))));
  });
}

async function isPublished(database: Database): Promise<boolean> {
  const { rows } = await database.pool.query<{ count: number }>(
    'select count(*) from published.millesime where departement = $1 and millesime = any($2)', // primary key of millesime
    [DEMO_DEPARTEMENT, SCENE_YEARS],
  );
  return rows[0]!.count === SCENE_YEARS.length;
}

async function makeDemo(sceneDir: string, database: Database, env: CommandEnv): Promise<void> {
  const ctx = { report: env.report, signal: env.signal, threads: env.config.threads };
  let former: SceneYear | undefined;
  for (const date of SCENE_YEARS) {
    const scene = await renderScene({ date, outDir: sceneDir }, ctx);
    const request = parseProductionRequest(demoRequest(scene, date, former));
    await produce(request, { database, config: env.config, report: env.report, signal: env.signal });
    former = date;
  }
}

/** The production request of a scene: what anybody would write for their own imagery. */
export function demoRequest(
  scene: SceneFiles,
  date: SceneYear,
  former: SceneYear | undefined,
): Record<string, unknown> {
  const { pva, irc, mns, mnt } = scene;
  return {
    departement: scene.departement,
    millesime: date,
    ...(former === undefined ? { territoires: scene.territoires } : { from: former }),
    imageDate: `${date}-07-01`,
    sources: { pva, irc, mns, mnt },
    references: scene.referencesDir,
    ossature: { hydrography: true }, // the river is narrower than the 10 m from which imagery alone shows one
    model: DEMO_MODEL,
    attribution: `Territoire de démonstration (fictif) ${date}, ocsge`,
    licence: 'Données fictives, licence MIT',
  };
}
