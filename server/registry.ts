/**
 * What is published now: millésimes, pairs, territories, nomenclature, and the collections made of them.
 *
 * Kept for a moment: requests ask only whether a publication has happened since. The extent of a collection is read once per
 * publication, so `/collections` and `/collections/{collectionId}` always say the same.
 */
import { sql } from 'kysely';
import type { Database } from '../sql/database.ts';
import type { MatriceRow, NomenclatureRow } from '../sql/schema.ts';
import { NotFound } from './errors.ts';
import {
  type Collection,
  type Millesime,
  millesimeCollection,
  type Pair,
  pairCollection,
  type TerritoireExtent,
  territoireCollection,
  toutCollection,
  zoneCollection,
} from './published-collections.ts';

export interface Snapshot {
  /** Number of the last publication; 0 before the first. */
  sequence: number;
  /** Changes with every publication and with every import of territories. */
  version: string;
  millesimes: Millesime[];
  pairs: Pair[];
  collections: Map<string, Collection>;
  nomenclature: NomenclatureRow[];
  matrice: MatriceRow[];
  /** Each code with itself and every code below it. */
  codesBelow: Map<string, string[]>;
}

export interface Registry {
  snapshot(): Promise<Snapshot>;
}

/** A publication is seen within this time. */
const CHECK_MS = 1_000;
/** Everything is read again after this time, for what changes without a publication (names of territories). */
const RELOAD_MS = 600_000;

/** `checkMs` 0: every request sees the database as it is. */
export function createRegistry(database: Database, checkMs: number = CHECK_MS): Registry {
  let current: { snapshot: Snapshot; loadedAt: number; checkedAt: number } | undefined;
  let pending: Promise<Snapshot> | undefined;

  const refresh = async (): Promise<Snapshot> => {
    const now = Date.now();
    if (current !== undefined && checkMs > 0 && now - current.loadedAt < RELOAD_MS) {
      const { version } = await readVersion(database);
      if (version === current.snapshot.version) {
        current.checkedAt = now;
        return current.snapshot;
      }
    }
    const snapshot = await loadSnapshot(database);
    current = { snapshot, loadedAt: now, checkedAt: now };
    return snapshot;
  };

  return {
    async snapshot() {
      if (current !== undefined && Date.now() - current.checkedAt < checkMs) return current.snapshot;
      pending ??= refresh().finally(() => {
        pending = undefined;
      });
      return pending;
    },
  };
}

async function readVersion({ pool }: Database): Promise<{ sequence: number; version: string }> {
  const { rows } = await pool.query<{ sequence: number; territoires: number }>(
    `select coalesce((select max(sequence) from published.publication), 0)::bigint as sequence,
            (select count(*) from published.territoire) as territoires`,
  );
  const { sequence, territoires } = rows[0]!;
  return { sequence, version: `${sequence}-${territoires}` };
}

async function loadSnapshot(database: Database): Promise<Snapshot> {
  const { sequence, version } = await readVersion(database); // first: what is published meanwhile is read again at the next check
  const millesimes = await loadMillesimes(database);
  const pairs = await loadPairs(database, millesimes);
  const nomenclature = await database.db.selectFrom('published.nomenclature').selectAll().orderBy('rang').execute();
  const matrice = await database.db.selectFrom('published.matrice_artificialisation').selectAll().execute();
  const territoires = await loadTerritoires(database);
  const collections = [
    toutCollection(millesimes),
    ...millesimes.map(millesimeCollection),
    ...millesimes.map(zoneCollection).filter((collection) => collection !== undefined),
    ...pairs.map(pairCollection),
    territoireCollection('commune', territoires.get('commune')),
    territoireCollection('departement', territoires.get('departement')),
  ];
  return {
    sequence,
    version,
    millesimes,
    pairs,
    nomenclature,
    matrice,
    codesBelow: codesBelow(nomenclature),
    collections: new Map(collections.map((collection) => [collection.collectionId, collection])),
  };
}

/** To 2 decimals; 0 where it is not known. */
const roundedM2 = (column: string) => sql`round(coalesce(${sql.ref(column)}, 0) * 100) / 100`;

async function loadMillesimes({ db }: Database): Promise<Millesime[]> {
  const { rows } = await sql<Millesime>`
    select departement, millesime, cycle, image_debut::text as "imageDebut", image_fin::text as "imageFin", origine, etat,
           attribution, licence, licence_url as "licenceUrl", srid, revision_id as "revisionId",
           coalesce(nombre_objets, 0) as "nombreObjets", nombre_zones as "nombreZones", ${roundedM2('aire_m2')} as "aireM2",
           coalesce(est_couverture, false) as "estCouverture", ${roundedM2('superposition_m2')} as "superpositionM2",
           emprise_wgs84 as "bboxWgs84", zoom_min as "zoomMin", zoom_max as "zoomMax", created_at as "createdAt", rapport
      from published.millesime
     order by departement, millesime`.execute(db);
  return rows;
}

async function loadPairs({ db }: Database, millesimes: Millesime[]): Promise<Pair[]> {
  const byRevision = new Map(millesimes.map((millesime) => [millesime.revisionId, millesime]));
  const rows = await db
    .selectFrom('published.difference_paire')
    .selectAll()
    .orderBy('departement')
    .orderBy('millesime_avant')
    .orderBy('millesime_apres')
    .execute();
  return rows.flatMap((row) => {
    const avant = byRevision.get(row.revision_avant);
    const apres = byRevision.get(row.revision_apres);
    if (avant === undefined || apres === undefined) return []; // a swap between the two reads: seen at the next check
    return [
      {
        departement: row.departement,
        avant,
        apres,
        nombre: row.nombre,
        identiques: row.identiques,
        aireCompareeDm2: row.aire_comparee_dm2,
        aireAvantSeuleDm2: row.aire_avant_seule_dm2,
        aireApresSeuleDm2: row.aire_apres_seule_dm2,
      },
    ];
  });
}

async function loadTerritoires({ db }: Database): Promise<Map<string, TerritoireExtent>> {
  // Envelopes, not geometries: 35 000 communes are transformed in a moment; a hundredth of a degree is their curvature's room.
  const { rows } = await sql<TerritoireExtent & { niveau: string }>`
    select niveau, count(*) as count, string_agg(distinct attribution, ' ; ') as attribution,
           array[min(st_xmin(e)), min(st_ymin(e)), max(st_xmax(e)), max(st_ymax(e))] as "bboxWgs84"
      from published.territoire, lateral st_expand(st_transform(st_envelope(geom), 4326), 0.01) as e
     where niveau in ('commune', 'departement')
     group by niveau`.execute(db);
  return new Map(rows.map((row) => [row.niveau, row]));
}

function codesBelow(nomenclature: NomenclatureRow[]): Map<string, string[]> {
  const below = new Map<string, string[]>(nomenclature.map(({ code }) => [code, []]));
  const parents = new Map(nomenclature.map(({ code, parent }) => [code, parent]));
  for (const { code } of nomenclature) {
    for (let above: string | null | undefined = code; above; above = parents.get(above)) below.get(above)?.push(code);
  }
  return below;
}

export function findCollection({ collections }: Snapshot, collectionId: string): Collection {
  const collection = collections.get(collectionId);
  if (collection !== undefined) return collection;
  throw new NotFound(`there is no collection "${collectionId.slice(0, 80)}"; /collections lists those that are`);
}

/** The differences of a département between two years, as their collection; undefined when those are not both published. */
export function findPair({ collections }: Snapshot, departement: string, from: number, to: number) {
  for (const collection of collections.values()) {
    if (collection.kind !== 'difference' || collection.pair.departement !== departement) continue;
    const { avant, apres } = collection.pair;
    if (avant.millesime === from && apres.millesime === to) return collection;
  }
  return undefined;
}
