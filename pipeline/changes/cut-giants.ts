/** The objects to overlay, ready to be worked on in short statements: whole, or cut into parts where they have many vertices. */
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import type { Pair } from './pair.ts';
import { GIANTS, PARTS, QUARTER } from './queries.ts';

/** Vertices copied by a statement, unless one object has more. */
const COPIED_POINTS = 200_000;
/** A part with more is quartered; the cost of laying two surfaces over each other grows with the larger. */
const MOST_POINTS = 5_000;

interface Giant {
  cote: 'avant' | 'apres';
  numero: number;
  points: number;
}

/**
 * Fills `production.paire_morceau` for the pair from `paire_reste`. A giant is quartered again and again, a quarter a statement:
 * a giant of n vertices is read 4 × log4(n / MOST_POINTS) times, and not once for every small object beside it. Throws Stopped.
 */
export async function cutGiants(pair: Pair, ctx: StageContext): Promise<void> {
  await copyRest(pair, 'avant', pair.revisionAvant);
  await copyRest(pair, 'apres', pair.revisionApres);
  const { pool } = pair.database;
  for (;;) {
    const { rows } = await pool.query<Giant>(GIANTS, [pair.travail, MOST_POINTS]);
    if (rows.length === 0) break;
    for (const giant of rows) {
      if (ctx.signal.aborted) throw new Stopped('stopped while overlaying two millésimes');
      await quarter(pair, giant);
    }
  }
  await pool.query('analyze production.paire_morceau'); // filled a moment ago: the planner knows nothing of it yet
}

async function copyRest({ database, travail }: Pair, cote: Giant['cote'], revisionId: number): Promise<void> {
  for (let last: number | null = 0; last !== null; ) {
    const values: unknown[] = [travail, cote, revisionId, last, COPIED_POINTS];
    const { rows }: { rows: { dernier: number | null }[] } = await database.pool.query(PARTS, values);
    last = rows[0]!.dernier;
  }
}

async function quarter({ database, travail }: Pair, { cote, numero, points }: Giant): Promise<void> {
  let made = 0;
  for (const [east, north] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]) {
    const { rowCount } = await database.pool.query(QUARTER, [travail, cote, numero, east, north]);
    made += rowCount ?? 0;
  }
  if (made === 0) throw new Error(`the database broke off while it cut an object of ${points} vertices`);
  await database.pool.query(
    'delete from production.paire_morceau where travail = $1 and cote = $2 and numero = $3', // its primary key
    [travail, cote, numero],
  );
}
