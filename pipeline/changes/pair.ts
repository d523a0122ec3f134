import { randomUUID } from 'node:crypto';
import type { Database } from '../../sql/database.ts';

/** One making of one pair. */
export interface Pair {
  database: Database;
  /** Names this making's rows in the tables of work. */
  travail: string;
  revisionAvant: number;
  revisionApres: number;
  departement: string;
  millesimeAvant: number;
  millesimeApres: number;
  /** Objects of the larger of the two. */
  objectCount: number;
}

/** Throws when the two cannot be a pair. */
export async function describePair(database: Database, revisionAvant: number, revisionApres: number): Promise<Pair> {
  const { rows } = await database.pool.query<{
    id: number;
    departement: string;
    millesime: number;
    srid: number;
    n: number;
  }>(
    'select id, departement, millesime, srid, coalesce(nombre_objets, 0) as n from production.revision where id = any($1::bigint[])',
    [[revisionAvant, revisionApres]],
  );
  const before = rows.find((row) => row.id === revisionAvant);
  const after = rows.find((row) => row.id === revisionApres);
  if (before === undefined || after === undefined) throw new Error(`no revision ${revisionAvant} or ${revisionApres}`);
  if (before.departement !== after.departement || before.srid !== after.srid || before.millesime >= after.millesime) {
    throw new Error(
      `revisions ${revisionAvant} and ${revisionApres} are not an earlier and a later of one département`,
    );
  }
  return {
    database,
    travail: randomUUID(),
    revisionAvant,
    revisionApres,
    departement: before.departement,
    millesimeAvant: before.millesime,
    millesimeApres: after.millesime,
    objectCount: Math.max(before.n, after.n),
  };
}
