/** The objects of two dates that have no identical partner, laid over each other. */
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import { cutGiants } from './cut-giants.ts';
import type { Pair } from './pair.ts';
import { ALONE, JOIN_FRAGMENTS, OVERLAY, REST } from './queries.ts';

/** Vertices a statement lays over what lies there at the other date; some tenths of a second on the embedded engine. */
const BATCH_POINTS = 10_000;
/** Vertices a statement puts together, or reads around parts nothing seems to cover. */
const JOINED_POINTS = 20_000;
/** Objects asked for by name in a statement. */
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
  /** On the row without rangs, which sums the batch up: its last part (null: none was left) and the pieces it made. */
  dernier: number | null;
  pieces: number;
}

export async function overlayRest(pair: Pair, ctx: StageContext): Promise<Overlay> {
  await pair.database.pool.query('analyze production.paire_reste'); // filled a moment ago: the planner knows nothing of it yet
  await cutGiants(pair, ctx);
  const { shared, pieces } = await overlayParts(pair, ctx);
  const covered = { avant: new Map() as Covered, apres: new Map() as Covered };
  let comparedDm2 = 0;
  for (const [rangAvant, others] of shared)
    for (const [rangApres, areaM2] of others) {
      comparedDm2 += Math.round(areaM2 * 100);
      add(covered.avant, rangAvant, areaM2);
      add(covered.apres, rangApres, areaM2);
    }
  return {
    pieces: pieces + (await joinFragments(pair, ctx)),
    comparedDm2,
    avantAloneDm2: await alone(pair, 'avant', covered.avant, ctx),
    apresAloneDm2: await alone(pair, 'apres', covered.apres, ctx),
  };
}

const add = (areas: Covered, rang: number, areaM2: number) => areas.set(rang, (areas.get(rang) ?? 0) + areaM2);

/** Returns the ground each pair of objects shares, by rang of the first and of the second, m². */
async function overlayParts(pair: Pair, ctx: StageContext): Promise<{ shared: Map<number, Covered>; pieces: number }> {
  const { pool } = pair.database;
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) as count from production.paire_morceau where travail = $1 and cote = 'avant'`,
    [pair.travail],
  );
  const shared = new Map<number, Covered>();
  let pieces = 0;
  const step = ctx.report.step('Overlay', rows[0]!.count, 'parts');
  for (let last: number | null = 0; last !== null; ) {
    stopIfAsked(ctx);
    const values = [pair.travail, pair.revisionAvant, pair.revisionApres, last, BATCH_POINTS];
    const batch: OverlayRow[] = (await pool.query<OverlayRow>(OVERLAY, values)).rows;
    const total = batch.find((row) => row.rang_avant === null);
    if (total === undefined) throw new Error('the database broke off while it overlaid two millésimes');
    if (total.dernier !== null) step.advance(total.dernier - last);
    last = total.dernier;
    pieces += total.pieces;
    for (const { rang_avant, rang_apres, aire_m2 } of batch) {
      if (rang_avant === null || rang_apres === null) continue;
      const others = shared.get(rang_avant) ?? new Map<number, number>();
      add(others, rang_apres, aire_m2);
      shared.set(rang_avant, others);
    }
  }
  step.end();
  return { shared, pieces };
}

/** Returns the number of pieces. */
async function joinFragments(pair: Pair, ctx: StageContext): Promise<number> {
  type Row = { pieces: number; rang_avant: number | null; rang_apres: number | null };
  const { pool } = pair.database;
  await pool.query('analyze production.paire_fragment');
  let pieces = 0;
  for (let last: [number, number] | undefined = [0, 0]; last !== undefined; ) {
    stopIfAsked(ctx);
    const values: unknown[] = [pair.travail, pair.revisionAvant, pair.revisionApres, ...last, JOINED_POINTS];
    const row: Row | undefined = (await pool.query<Row>(JOIN_FRAGMENTS, values)).rows[0];
    if (row === undefined) throw new Error('the database broke off while it put differences together');
    pieces += row.pieces;
    last = row.rang_avant === null || row.rang_apres === null ? undefined : [row.rang_avant, row.rang_apres];
  }
  return pieces;
}

/** Only objects whose covered ground does not add up to their area are looked at again. Rounded once per object. */
async function alone(pair: Pair, side: 'avant' | 'apres', covered: Covered, ctx: StageContext): Promise<number> {
  const { pool } = pair.database;
  let aloneDm2 = 0;
  for (let last = 0; ; ) {
    const { rows } = await pool.query<{ rang: number; aire_m2: number }>(REST, [pair.travail, side, last]);
    if (rows.length === 0) return aloneDm2;
    last = rows.at(-1)!.rang;
    const short = rows.filter((row) => row.aire_m2 - (covered.get(row.rang) ?? 0) > NOISE_M2).map((row) => row.rang);
    for (let at = 0; at < short.length; at += BATCH) {
      const areas = await aloneOf(pair, side, short.slice(at, at + BATCH), ctx);
      for (const areaM2 of areas.values()) aloneDm2 += Math.round(areaM2 * 100);
    }
  }
}

/** Ground of these objects that the other date does not cover, by rang, m². */
async function aloneOf(pair: Pair, side: 'avant' | 'apres', rangs: number[], ctx: StageContext): Promise<Covered> {
  type Row = { rang: number | null; aire_m2: number; dernier: number | null };
  const other = side === 'avant' ? pair.revisionApres : pair.revisionAvant;
  const areas: Covered = new Map();
  for (let last: number | null = 0; last !== null; ) {
    stopIfAsked(ctx);
    const values = [pair.travail, side, other, rangs, last, JOINED_POINTS];
    const batch: Row[] = (await pair.database.pool.query<Row>(ALONE, values)).rows;
    const total = batch.find((row) => row.rang === null);
    if (total === undefined)
      throw new Error('the database broke off while it looked for ground of one millésime alone');
    last = total.dernier;
    for (const { rang, aire_m2 } of batch) if (rang !== null) add(areas, rang, aire_m2);
  }
  return areas;
}

function stopIfAsked(ctx: StageContext): void {
  if (ctx.signal.aborted) throw new Stopped('stopped while overlaying two millésimes');
}
