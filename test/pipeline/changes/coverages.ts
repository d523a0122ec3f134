/** Small coverages in the database, loaded as a publication loads them, up to but without the swap. */
import type { Polygon, Position } from 'geojson';
import type { ObjetOccupationSol, StageContext } from '../../../pipeline/artefacts.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { loadObjects } from '../../../pipeline/publish/load-objects.ts';
import {
  attachPartition,
  describeRevision,
  type MillesimeDescription,
  openRevision,
} from '../../../pipeline/publish/revision.ts';
import { partitionTable } from '../../../pipeline/publish/statements.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import type { Database } from '../../../sql/database.ts';

/** Somewhere in the Tarn, Lambert-93. */
export const ORIGIN = [506_000, 6_287_000] as const;

export interface Parcel {
  id?: string;
  cs: string;
  us: string;
  /** Rings in metres from ORIGIN. */
  rings: Position[][];
}

export const context = (signal = new AbortController().signal): StageContext => ({
  report: silentReport,
  signal,
  threads: 1,
});

/** A rectangle, counter-clockwise and closed. */
export const rectangle = (x0: number, y0: number, x1: number, y1: number): Position[] => [
  [x0, y0],
  [x1, y0],
  [x1, y1],
  [x0, y1],
  [x0, y0],
];

/** A band 500 m wide whose two long sides, at `fromY` and `toY`, are saws of `count` teeth. */
export function saw(count: number, fromY: number, toY: number, depth: number): Position[] {
  const side = (y: number) =>
    Array.from({ length: 2 * count + 1 }, (_, i): Position => [(500 * i) / (2 * count), y + (i % 2) * depth]);
  const ring = [...side(fromY), ...side(toY).toReversed()];
  return [...ring, ring[0]!];
}

const placed = (rings: Position[][]): Polygon => ({
  type: 'Polygon',
  coordinates: rings.map((ring) => ring.map(([x, y]) => [ORIGIN[0] + x!, ORIGIN[1] + y!])),
});

/** Publishes nothing: the revision is there, whole, with its partition. Returns its id. */
export async function loadRevision(database: Database, departement: string, millesime: number, parcels: Parcel[]) {
  const description: MillesimeDescription = {
    departement,
    millesime,
    srid: 2154,
    origine: 'produced',
    etat: 'auto',
    attribution: 'test',
    licence: 'Licence Ouverte 2.0',
  };
  const revisionId = await openRevision(database, description, undefined);
  const objets = async function* () {
    for (const [index, parcel] of parcels.entries()) yield objet(parcel, index, millesime);
  };
  const loaded = await loadObjects(database, revisionId, { objets }, description, false, context());
  await attachPartition(database, revisionId);
  await describeRevision(database, revisionId, { ...loaded, estCouverture: true, superpositionM2: 0, rapport: {} });
  return { revisionId, table: partitionTable(revisionId) };
}

const objet = ({ id, cs, us, rings }: Parcel, index: number, millesime: number): ObjetOccupationSol => ({
  id: id ?? `OCSGE${millesime}${String(index + 1).padStart(15, '0')}`,
  code_cs: cs,
  code_us: us,
  source: 'test',
  ossature: 0,
  id_origine: '',
  code_or: '',
  confiance: 0.875,
  us_source: null,
  us_rule: 'test',
  us_share: null,
  wkb: polygonWkb(placed(rings)),
});

export async function addCommune(database: Database, departement: string, code: string, ring: Position[]) {
  await database.pool.query(
    `insert into production.territoire (niveau, code, nom, departement, aire_m2, geom, geojson_wgs84)
     select 'commune', $1, $1, $2, ST_Area(g), g, ST_AsGeoJSON(ST_Transform(g, 4326), 7)
       from (select ST_SetSRID(ST_GeomFromGeoJSON($3), 2154) as g) as one`,
    [code, departement, JSON.stringify(placed([ring]))],
  );
}

export async function makeCurrent(database: Database, departement: string, millesime: number, revisionId: number) {
  await database.pool.query(
    'update production.millesime set revision_courante = $3 where departement = $1 and millesime = $2',
    [departement, millesime, revisionId],
  );
}
