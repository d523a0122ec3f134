/** The ground a statistic is about: a commune, a département, or everything published. */
import type { ServerContext } from '../context.ts';
import { InvalidParameter, NotFound } from '../errors.ts';
import { parseDepartement } from '../params.ts';

export interface Territory {
  niveau: 'commune' | 'departement' | 'tout';
  code: string | null;
  nom: string | null;
  /** Départements it lies in; null: all. */
  departement: string | null;
  /** Its area where its limits are known. */
  aireDm2: number | null;
}

export const TERRITORY_PARAMETERS = ['commune', 'departement'];

/** `commune=` or `departement=`, or neither. Throws NotFound for a commune that is not known here. */
export async function readTerritory(context: ServerContext, query: Map<string, string>): Promise<Territory> {
  const commune = query.get('commune');
  const departement = query.get('departement');
  if (commune !== undefined && departement !== undefined) {
    throw new InvalidParameter('departement', departement, 'commune or departement, not both,');
  }
  if (commune !== undefined) return readCommune(context, commune);
  if (departement === undefined) return { niveau: 'tout', code: null, nom: null, departement: null, aireDm2: null };
  const code = parseDepartement(departement);
  const row = await findTerritoire(context, 'departement', code);
  return { niveau: 'departement', code, nom: row?.nom ?? null, departement: code, aireDm2: toDm2(row?.aire_m2) };
}

async function readCommune(context: ServerContext, code: string): Promise<Territory> {
  if (!/^[0-9][0-9AB][0-9]{3}$/.test(code)) {
    throw new InvalidParameter('commune', code, 'an INSEE code of five characters');
  }
  const row = await findTerritoire(context, 'commune', code);
  if (row === undefined) throw new NotFound(`there is no commune ${code} here; /collections/communes/items lists them`);
  return { niveau: 'commune', code, nom: row.nom, departement: row.departement, aireDm2: toDm2(row.aire_m2) };
}

const findTerritoire = ({ database }: ServerContext, niveau: string, code: string) =>
  database.db
    .selectFrom('published.territoire') // primary key (niveau, code)
    .select(['nom', 'departement', 'aire_m2'])
    .where('niveau', '=', niveau)
    .where('code', '=', code)
    .executeTakeFirst();

const toDm2 = (m2: number | undefined) => (m2 === undefined ? null : Math.round(m2 * 100));
