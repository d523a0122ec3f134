/** The objects of two dates that have no identical partner, laid over each other. */
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import type { Pair } from './pair.ts';
import { ALONE, OVERLAY, REST } from './queries.ts';

/** Objects of the first date a statement overlays; some tenths of a second on the embedded engine. */
const BATCH = 300;
/** Half a dm²: less than this left over of an object is the noise of computing with floats. */
const NOISE_M2 = 0.005;

export interface Overlay {
  pieces: number;
  comparedDm2: number;
  /** Ground of the first date that the second does not cover, and the other way round. */
  avantAloneDm2: number;
  apresAloneDm2: number;
}

/** Ground of each object, by rang, that was found at the other date too, m². */
type Covered = Map<number, number>;

interface OverlayRow {
  rang_avant: number | null;
  rang_apres: number | null;
  aire_m2: number;
  /** On the row without rangs, which sums the batch up: its last object (null: none was left) and the pieces it made. */
  dernier: number | null;
  pieces: number;
}

export async function overlayRest(pair: Pair, ctx: StageContext): Promise<Overlay> {
  const { pool } = pair.database;
  await pool.query('analyze production.paire_reste'); // filled a moment ago: the planner knows nothing of it yet
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) as count from production.paire_reste where travail = $1 and cote = 'avant'`,
    [pair.travail],
  );
  const covered = { avant: new Map() as Covered, apres: new Map() as Covered };
  const sum = { pieces: 0, comparedDm2: 0 };
  const step = ctx.report.step('Overlay', rows[0]!.count, 'objects');
  for (let last: number | null = 0; last !== null; step.advance(BATCH)) {
    if (ctx.signal.aborted) throw new Stopped('stopped while overlaying two millésimes');
    const batch: OverlayRow[] = (
      await pool.query<OverlayRow>(OVERLAY, [pair.travail, pair.revisionAvant, pair.revisionApres, last, BATCH])
    ).rows;
    const total = batch.find((row) => row.rang_avant === null);
    if (total === undefined) throw new Error('the database broke off while it overlaid two millésimes');
    last = total.dernier;
    sum.pieces += total.pieces;
    for (const { rang_avant, rang_apres, aire_m2 } of batch) {
      if (rang_avant === null || rang_apres === null) continue;
      sum.comparedDm2 += Math.round(aire_m2 * 100);
      covered.avant.set(rang_avant, (covered.avant.get(rang_avant) ?? 0) + aire_m2);
      covered.apres.set(rang_apres, (covered.apres.get(rang_apres) ?? 0) + aire_m2);
    }
  }
  step.end();
  return {
    ...sum,
    avantAloneDm2: await alone(pair, 'avant', covered.avant, ctx),
    apresAloneDm2: await alone(pair, 'apres', covered.apres, ctx),
  };
}

/** Only objects whose covered ground does not add up to their area are looked at again. */
async function alone(pair: Pair, side: 'avant' | 'apres', covered: Covered, ctx: StageContext): Promise<number> {
  const { revisionAvant, revisionApres } = pair;
  const revisions = side === 'avant' ? [revisionAvant, revisionApres] : [revisionApres, revisionAvant];
  const { pool } = pair.database;
  let aloneDm2 = 0;
  for (let last = 0; ; ) {
    const { rows } = await pool.query<{ rang: number; aire_m2: number }>(REST, [pair.travail, side, last]);
    if (rows.length === 0) return aloneDm2;
    last = rows.at(-1)!.rang;
    const short = rows.filter((row) => row.aire_m2 - (covered.get(row.rang) ?? 0) > NOISE_M2).map((row) => row.rang);
    for (let at = 0; at < short.length; at += BATCH) {
      if (ctx.signal.aborted) throw new Stopped('stopped while overlaying two millésimes');
      const batch = await pool.query<{ aire_dm2: number }>(ALONE, [...revisions, short.slice(at, at + BATCH)]);
      aloneDm2 += batch.rows[0]!.aire_dm2;
    }
  }
}
