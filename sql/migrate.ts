/**
 * Brings a database to this version: numbered migrations once each, views and nomenclature again when their text changed.
 * Idempotent, and safe when several processes start at once: the whole runs in one transaction behind one lock.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import type { Database } from './database.ts';
import { readMatrice, readNomenclature } from './nomenclature.ts';
import { packageFile } from './package-root.ts';
import { inTransaction } from './transaction.ts';

/** Any number, the same in every version. */
const LOCK_KEY = 7_235_001;

export interface MigrationResult {
  applied: string[];
  /** Views and nomenclature that were made again. */
  remade: string[];
}

/** Throws when the database was migrated by a newer version of the program. */
export async function migrate(database: Database): Promise<MigrationResult> {
  return inTransaction(database, async (client) => {
    // Two processes: on a server the second waits here; on the embedded engine an open transaction already keeps others out.
    await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    return migrateInside(client);
  });
}

async function migrateInside(client: pg.PoolClient): Promise<MigrationResult> {
  await client.query(`
    create schema if not exists ocsge;
    create table if not exists ocsge.migration (
      name       text primary key,
      empreinte  text not null,   -- hash of the text as it was applied
      applied_at timestamptz not null default now()
    )`);
  const { rows } = await client.query<{ name: string; empreinte: string }>(
    'select name, empreinte from ocsge.migration',
  );
  const done = new Map(rows.map((row) => [row.name, row.empreinte]));
  const migrations = sqlFiles('migrations');
  refuseNewer(done, migrations);
  const applied: string[] = [];
  for (const { name, text } of migrations) {
    if (done.has(name)) continue;
    await client.query(text);
    await record(client, name, text);
    applied.push(name);
  }
  const remade = await remakeViews(client, done, applied.length > 0);
  if (await loadNomenclature(client, done)) remade.push('nomenclature');
  return { applied, remade };
}

interface SqlFile {
  name: string;
  text: string;
}

function sqlFiles(folder: string): SqlFile[] {
  const names = readdirSync(packageFile('sql', folder)).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => ({ name, text: readFileSync(packageFile('sql', folder, name), 'utf8') }));
}

function refuseNewer(done: Map<string, string>, known: SqlFile[]): void {
  const names = new Set(known.map((file) => file.name));
  const unknown = [...done.keys()].filter((name) => /^\d{4}-/.test(name) && !names.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `the database holds migrations this version does not know (${unknown.join(', ')}): update the program`,
    );
  }
}

async function remakeViews(client: pg.PoolClient, done: Map<string, string>, force: boolean): Promise<string[]> {
  const files = sqlFiles('published');
  const text = files.map((file) => file.text).join('\n');
  if (!force && done.get('published') === hash(text)) return [];
  await client.query('drop schema if exists published cascade; create schema published');
  for (const file of files) await client.query(file.text);
  await record(client, 'published', text);
  return files.map((file) => file.name);
}

async function loadNomenclature(client: pg.PoolClient, done: Map<string, string>): Promise<boolean> {
  const codes = readNomenclature();
  const pairs = readMatrice();
  const text = JSON.stringify([codes, pairs]);
  if (done.get('nomenclature') === hash(text)) return false;
  await client.query(
    `insert into production.nomenclature (code, dimension, parent, libelle, couleur, feuille, rang)
     select code, dimension, parent, libelle, couleur, feuille, rang
       from jsonb_to_recordset($1::jsonb) as r(code text, dimension text, parent text, libelle text, couleur text, feuille boolean, rang int)
     on conflict (code) do update set dimension = excluded.dimension, parent = excluded.parent, libelle = excluded.libelle,
       couleur = excluded.couleur, feuille = excluded.feuille, rang = excluded.rang`,
    [JSON.stringify(codes)],
  );
  await client.query(
    `insert into production.matrice_artificialisation (code_cs, code_us, artificiel, impermeable)
     select code_cs, code_us, artificiel, impermeable
       from jsonb_to_recordset($1::jsonb) as r(code_cs text, code_us text, artificiel boolean, impermeable boolean)
     on conflict (code_cs, code_us) do update set artificiel = excluded.artificiel, impermeable = excluded.impermeable`,
    [JSON.stringify(pairs)],
  );
  await record(client, 'nomenclature', text);
  return true;
}

const record = (client: pg.PoolClient, name: string, text: string) =>
  client.query(
    `insert into ocsge.migration (name, empreinte) values ($1, $2)
     on conflict (name) do update set empreinte = excluded.empreinte, applied_at = now()`,
    [name, hash(text)],
  );

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
