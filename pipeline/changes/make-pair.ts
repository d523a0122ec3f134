/**
 * What differs between two published millésimes of one département. Objects of identical geometry are matched first and only the
 * rest is overlaid; the work lies in tables nobody reads until one short transaction makes the pair visible whole.
 */
import type { Database } from '../../sql/database.ts';
import { inTransaction } from '../../sql/transaction.ts';
import type { StageContext } from '../artefacts.ts';
import { Stopped } from '../errors.ts';
import { cutByCommunes, type FluxRow } from './flux.ts';
import { type Overlay, overlayRest } from './overlay-rest.ts';
import { describePair, type Pair } from './pair.ts';
import { FLUX_OF_PIECES, INSERT_DIFFERENCES, INSERT_PAIR, MATCH_IDENTICAL, REPLACE_FLUX } from './queries.ts';

/** Objects a matching statement matches; each reads both partitions through. On the embedded engine everybody else waits. */
const MATCH_BATCH = { embedded: 20_000, postgresql: 100_000 };
/** After this, whoever was at it is gone. */
const ABANDONED = '1 day';

interface Identical {
  identiques: number;
  aireDm2: number;
  pieces: number;
}

/**
 * Makes the pair (earlier revision, later revision) unless it is there. Rows of `difference` where couverture, usage or a verdict
 * differ, of flux per commune, and the pair's own: areas are dm², rounded once per piece; where a date is not a coverage, ground
 * it holds twice is compared twice. Two processes may make the same pair at once: the first to finish counts. Throws Stopped.
 */
export async function makePair(
  database: Database,
  revisionAvant: number,
  revisionApres: number,
  ctx: StageContext,
): Promise<void> {
  if (await exists(database, revisionAvant, revisionApres)) return;
  await sweepAbandoned(database);
  const pair = await describePair(database, revisionAvant, revisionApres);
  try {
    await database.pool.query('insert into production.paire_travail (travail) values ($1)', [pair.travail]);
    const identical = await matchIdentical(pair, ctx);
    const overlay = await overlayRest(pair, ctx);
    const count = identical.pieces + overlay.pieces;
    const pieces = { statement: FLUX_OF_PIECES, values: [pair.travail], count };
    const flux = await cutByCommunes(database, pair.departement, pieces, ctx);
    const nombre = await show(pair, identical, overlay, flux);
    const { departement, millesimeAvant, millesimeApres } = pair;
    ctx.report.info('Changes:Made', { departement, millesimeAvant, millesimeApres, nombre });
  } finally {
    await forget(database, [pair.travail]);
  }
}

async function exists(database: Database, revisionAvant: number, revisionApres: number): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    'select 1 from production.difference_paire where revision_avant = $1 and revision_apres = $2',
    [revisionAvant, revisionApres],
  );
  return rowCount === 1;
}

async function matchIdentical(pair: Pair, ctx: StageContext): Promise<Identical> {
  const sum: Identical = { identiques: 0, aireDm2: 0, pieces: 0 };
  const ranges = uuidRanges(Math.ceil(pair.objectCount / MATCH_BATCH[pair.database.engine]) || 1);
  const step = ctx.report.step('Identical objects', ranges.length, 'ranges');
  for (const range of ranges) {
    if (ctx.signal.aborted) throw new Stopped('stopped while matching identical objects');
    const { rows } = await pair.database.pool.query<{ identiques: number; aire_dm2: number; pieces: number }>(
      MATCH_IDENTICAL,
      [pair.travail, pair.revisionAvant, pair.revisionApres, ...range],
    );
    sum.identiques += rows[0]!.identiques;
    sum.aireDm2 += rows[0]!.aire_dm2;
    sum.pieces += rows[0]!.pieces;
    step.advance(1);
  }
  step.end();
  return sum;
}

/** All uuids in `count` ranges [first, last] of about equal size. */
export function uuidRanges(count: number): [string, string][] {
  const head = (i: number) => Math.floor((i * 2 ** 32) / count);
  const uuid = (start: number, tail: string) =>
    `${start.toString(16).padStart(8, '0')}-${tail.repeat(4)}-${tail.repeat(4)}-${tail.repeat(4)}-${tail.repeat(12)}`;
  return Array.from({ length: count }, (_, i) => [uuid(head(i), '0'), uuid(head(i + 1) - 1, 'f')]);
}

/** Makes the pair visible, in one transaction; nothing when another process was faster. Returns the number of differences. */
async function show(pair: Pair, identical: Identical, overlay: Overlay, flux: FluxRow[]): Promise<number> {
  const { travail, revisionAvant, revisionApres } = pair;
  const nombre = identical.pieces + overlay.pieces;
  return inTransaction(pair.database, async (client) => {
    const made = await client.query(INSERT_PAIR, [
      revisionAvant,
      revisionApres,
      pair.departement,
      pair.millesimeAvant,
      pair.millesimeApres,
      nombre,
      identical.identiques,
      identical.aireDm2 + overlay.comparedDm2,
      overlay.avantAloneDm2,
      overlay.apresAloneDm2,
    ]);
    if (made.rowCount === 1) {
      const { rowCount } = await client.query(INSERT_DIFFERENCES, [travail, revisionAvant, revisionApres]);
      if (rowCount !== nombre) throw new Error(`${nombre} differences were found, ${rowCount} are left to store`);
      await client.query(REPLACE_FLUX, [revisionAvant, revisionApres, JSON.stringify(flux)]);
    }
    return nombre;
  });
}

async function sweepAbandoned(database: Database): Promise<void> {
  const { rows } = await database.pool.query<{ travail: string }>(
    'select travail from production.paire_travail where created_at < now() - $1::interval',
    [ABANDONED],
  );
  if (rows.length > 0)
    await forget(
      database,
      rows.map((row) => row.travail),
    );
}

/** Removes work; vacuum gives its room back at once (the embedded engine has no autovacuum). */
async function forget(database: Database, travaux: string[]): Promise<void> {
  for (const table of ['paire_reste', 'paire_morceau', 'paire_fragment', 'paire_piece', 'paire_travail']) {
    await database.pool.query(`delete from production.${table} where travail = any($1::uuid[])`, [travaux]);
    await database.pool.query(`vacuum production.${table}`);
  }
}
