import type { Database } from '../../sql/database.ts';
import { BadInput } from '../errors.ts';
import type { CurrentRevision } from './republish.ts';

/** The current revision of a millésime, by default of the last one; with the words that go with it. Throws `BadInput` for none. */
export async function readCurrent(
  database: Database,
  { departement, millesime }: { departement: string; millesime: number | undefined },
): Promise<CurrentRevision> {
  // Primary key of millesime, then of revision.
  const { rows } = await database.pool.query<Row>(
    `select m.millesime, m.srid, m.cycle, m.image_debut::text, m.image_fin::text, m.origine, m.etat, m.attribution, m.licence,
            m.licence_url, r.id as revision_id, coalesce(r.est_couverture, false) as est_couverture
       from production.millesime m
       join production.revision r on r.id = m.revision_courante
      where m.departement = $1 and ($2::int is null or m.millesime = $2)
      order by m.millesime desc limit 1`,
    [departement, millesime ?? null],
  );
  const row = rows[0];
  if (row === undefined) {
    const which = millesime === undefined ? 'no millésime of it is' : `its millésime ${millesime} is not`;
    throw new BadInput(`département ${departement}: ${which} published; publish it first`);
  }
  return {
    revisionId: row.revision_id,
    estCouverture: row.est_couverture,
    millesime: {
      departement,
      millesime: row.millesime,
      srid: row.srid,
      cycle: row.cycle ?? undefined,
      imageDebut: row.image_debut ?? undefined,
      imageFin: row.image_fin ?? undefined,
      origine: row.origine,
      etat: row.etat,
      attribution: row.attribution,
      licence: row.licence,
      licenceUrl: row.licence_url ?? undefined,
    },
  };
}

interface Row {
  millesime: number;
  srid: number;
  cycle: string | null;
  image_debut: string | null;
  image_fin: string | null;
  origine: 'produced' | 'imported';
  etat: 'auto' | 'in_review' | 'final';
  attribution: string;
  licence: string;
  licence_url: string | null;
  revision_id: number;
  est_couverture: boolean;
}
