/** Bearer tokens: random, kept as sha256 only, shown once. */
import { createHash, randomBytes } from 'node:crypto';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';

const PREFIX = 'ocsge_';

/** A new token. Its text is not kept anywhere: whoever asked must write it down. */
export async function createToken(database: Database, libelle: string): Promise<string> {
  const token = PREFIX + randomBytes(24).toString('base64url');
  await database.pool.query('insert into production.token (empreinte, libelle) values ($1, $2)', [
    fingerprint(token),
    libelle,
  ]);
  return token;
}

/** A token if the database has none yet, else undefined: what a first start prints. Several processes may call it at once. */
export async function ensureFirstToken(database: Database): Promise<string | undefined> {
  const token = PREFIX + randomBytes(24).toString('base64url');
  return inTransaction(database, async (client) => {
    await client.query('lock table production.token in share row exclusive mode');
    const { rowCount } = await client.query(
      `insert into production.token (empreinte, libelle)
       select $1, 'premier démarrage' where not exists (select from production.token)`,
      [fingerprint(token)],
    );
    return rowCount === 1 ? token : undefined;
  });
}

/** The fingerprint under which a token is known, or undefined for one that is not. Primary key of production.token. */
export async function checkToken(database: Database, token: string): Promise<string | undefined> {
  if (!token.startsWith(PREFIX) || token.length > 100) return undefined;
  const { rows } = await database.pool.query<{ empreinte: string }>(
    'select empreinte from production.token where empreinte = $1',
    [fingerprint(token)],
  );
  return rows[0]?.empreinte;
}

const fingerprint = (token: string) => createHash('sha256').update(token).digest('hex');
