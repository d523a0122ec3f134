/** The swap: a loaded revision becomes the one readers are given. */
import type { Database } from '../../sql/database.ts';
import { inTransaction } from '../../sql/transaction.ts';
import { promotion } from './statements.ts';

/** Makes the differences of a revision with the current revision of every other millésime of its département. */
export type PreparePairs = (revisionId: number) => Promise<unknown>;

/** Other millésimes may be published while pairs are made; each round makes those that came in between. */
const ROUNDS_MAX = 10;

export interface Target {
  departement: string;
  millesime: number;
  revisionId: number;
  /** State the revision must be in: `loading` for a publication, `ready` for a rollback. */
  from: 'loading' | 'ready';
  /** The revision it was made from; refused when that is no longer the current one. */
  replacing?: number;
}

/**
 * Makes the revision current, in one short transaction behind the rows of the département: two writers come one after the other
 * and the last wins. Pairs with the other millésimes are made before, outside it, and looked at again inside.
 */
export async function swapIn(database: Database, target: Target, preparePairs: PreparePairs): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    await preparePairs(target.revisionId);
    const missing = await trySwap(database, target);
    if (missing.length === 0) return;
  }
  throw new Error(
    `millésimes of ${target.departement} kept changing while ${target.millesime} was compared with them: publish again`,
  );
}

/** Swaps, or returns the millésimes the revision was not yet compared with. */
async function trySwap(database: Database, target: Target): Promise<number[]> {
  const { departement, millesime, revisionId } = target;
  return inTransaction(database, async (client) => {
    // Primary key of millesime; in one order, so that two swaps do not wait for each other.
    const { rows: current } = await client.query<{ millesime: number; revision_courante: number | null }>(
      `select millesime, revision_courante from production.millesime
        where departement = $1 order by millesime for no key update`,
      [departement],
    );
    const { rowCount } = await client.query(
      'select 1 from production.revision where id = $1 and etat = $2 for update',
      [revisionId, target.from],
    );
    if (rowCount !== 1) throw new Error(`revision ${revisionId} is gone: a sweep took it away. Run the command again`);
    const { rows: missing } = await client.query<{ millesime: number }>(promotion('missing-pairs', revisionId), [
      departement,
      millesime,
      revisionId,
    ]);
    if (missing.length > 0) return missing.map((row) => row.millesime);
    await client.query(`update production.revision set etat = 'ready', superseded_at = null where id = $1`, [
      revisionId,
    ]);
    const former = current.find((row) => row.millesime === millesime)?.revision_courante;
    if (target.replacing !== undefined && former !== target.replacing) {
      throw new Error(`${departement} ${millesime} was published again in the meantime: run the command again`);
    }
    await client.query('update production.revision set superseded_at = now() where id = $1 and id <> $2', [
      former,
      revisionId,
    ]);
    await client.query(promotion('swap', revisionId), [departement, millesime, revisionId]);
    await client.query('insert into production.publication (departement, millesime, revision_id) values ($1, $2, $3)', [
      departement,
      millesime,
      revisionId,
    ]);
    return [];
  });
}
