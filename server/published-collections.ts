/** The collections that publications make: what they are called, where and when they lie. Pure. */
import { dayMs, type Interval, paddedDepartement } from './params.ts';

export interface Millesime {
  departement: string;
  millesime: number;
  cycle: string | null;
  imageDebut: string | null;
  imageFin: string | null;
  origine: 'produced' | 'imported';
  etat: 'auto' | 'in_review' | 'final';
  attribution: string;
  licence: string;
  licenceUrl: string | null;
  srid: number;
  revisionId: number;
  nombreObjets: number;
  /** Polygons of its zone construite; null: it was published without one. */
  nombreZones: number | null;
  aireM2: number;
  estCouverture: boolean;
  superpositionM2: number;
  /** [west, south, east, north]; null where the revision has no object. */
  bboxWgs84: number[] | null;
  zoomMin: number | null;
  zoomMax: number | null;
  createdAt: Date;
  rapport: Record<string, unknown>;
}

/** Differences between two current revisions of a département. */
export interface Pair {
  departement: string;
  avant: Millesime;
  apres: Millesime;
  nombre: number;
  identiques: number;
  aireCompareeDm2: number;
  aireAvantSeuleDm2: number;
  aireApresSeuleDm2: number;
}

interface CollectionCore {
  collectionId: string;
  title: string;
  description: string;
  storageSrid: number;
  bboxWgs84: number[] | null;
  /** Null: its features have no date. */
  interval: Interval | null;
  /** The interval is that of dated images; false: of calendar years, at least in part. */
  imagesDated: boolean;
  itemCount: number;
  attribution: string;
  licence: { title: string; href: string | null } | null;
}

export type Collection = CollectionCore &
  (
    | { kind: 'tout' }
    | { kind: 'millesime'; millesime: Millesime }
    | { kind: 'zone'; millesime: Millesime }
    | { kind: 'difference'; pair: Pair }
    | { kind: 'territoire'; niveau: 'commune' | 'departement' }
  );

const isDated = ({ imageDebut }: Millesime) => imageDebut !== null;

/** Image dates, else the calendar year; UTC. */
export function millesimeInterval(millesime: Millesime): Interval {
  const startMs = dayMs(millesime.imageDebut ?? `${millesime.millesime}-01-01`)!;
  const lastDayMs = dayMs(millesime.imageFin ?? millesime.imageDebut ?? `${millesime.millesime}-12-31`)!;
  return { startMs, endMs: lastDayMs + 86_400_000 - 1 };
}

export const millesimeCollectionId = (departement: string, millesime: number) =>
  `occupation-sol-${paddedDepartement(departement)}-${millesime}`;

export function millesimeCollection(millesime: Millesime): Collection {
  const { departement, millesime: year } = millesime;
  return {
    kind: 'millesime',
    millesime,
    collectionId: millesimeCollectionId(departement, year),
    title: `Occupation du sol, département ${departement}, millésime ${year}`,
    description: `Objets OCCUPATION_SOL de l'OCS GE (couverture et usage du sol, artificialisation) du département ${departement}, millésime ${year}.`,
    storageSrid: millesime.srid,
    bboxWgs84: millesime.bboxWgs84,
    interval: millesimeInterval(millesime),
    imagesDated: isDated(millesime),
    itemCount: millesime.nombreObjets,
    attribution: millesime.attribution,
    licence: { title: millesime.licence, href: millesime.licenceUrl },
  };
}

export const zoneCollectionId = (departement: string, millesime: number) =>
  `zone-construite-${paddedDepartement(departement)}-${millesime}`;

/** The zone construite of a millésime; undefined where it was published without one. */
export function zoneCollection(millesime: Millesime): Collection | undefined {
  const { departement, millesime: year, nombreZones } = millesime;
  if (nombreZones === null) return undefined;
  return {
    kind: 'zone',
    millesime,
    collectionId: zoneCollectionId(departement, year),
    title: `Zone construite, département ${departement}, millésime ${year}`,
    description: `Zone construite de l'OCS GE du département ${departement}, millésime ${year} : le sol bâti, où l'unité minimale des objets est de 500 m² au lieu de 2 500 m².`,
    storageSrid: millesime.srid,
    bboxWgs84: millesime.bboxWgs84,
    interval: millesimeInterval(millesime),
    imagesDated: isDated(millesime),
    itemCount: nombreZones,
    attribution: millesime.attribution,
    licence: { title: millesime.licence, href: millesime.licenceUrl },
  };
}

export function pairCollection(pair: Pair): Collection {
  const { departement, avant, apres } = pair;
  return {
    kind: 'difference',
    pair,
    collectionId: `difference-${paddedDepartement(departement)}-${avant.millesime}-${apres.millesime}`,
    title: `Différences d'occupation du sol, département ${departement}, ${avant.millesime} à ${apres.millesime}`,
    description: `Surfaces du département ${departement} dont la couverture, l'usage ou le caractère artificialisé diffèrent entre les millésimes ${avant.millesime} et ${apres.millesime}.`,
    storageSrid: apres.srid,
    bboxWgs84: pairBbox(pair),
    interval: pairInterval(pair),
    imagesDated: isDated(avant) && isDated(apres),
    itemCount: pair.nombre,
    attribution: joinTexts([avant.attribution, apres.attribution]),
    licence: { title: apres.licence, href: apres.licenceUrl },
  };
}

export const pairBbox = ({ avant, apres }: Pair) => unionBbox([avant.bboxWgs84, apres.bboxWgs84]);

/** From the first image of the first millésime to the last of the second. */
export const pairInterval = ({ avant, apres }: Pair) =>
  unionInterval([millesimeInterval(avant), millesimeInterval(apres)]);

export function toutCollection(millesimes: Millesime[]): Collection {
  return {
    kind: 'tout',
    collectionId: 'occupation-sol',
    title: 'Occupation du sol, tous départements et millésimes',
    description: "Objets OCCUPATION_SOL de l'OCS GE de tous les départements et millésimes publiés.",
    storageSrid: 4326,
    bboxWgs84: unionBbox(millesimes.map((millesime) => millesime.bboxWgs84)),
    interval: unionInterval(millesimes.map(millesimeInterval)),
    imagesDated: millesimes.every(isDated),
    itemCount: millesimes.reduce((sum, millesime) => sum + millesime.nombreObjets, 0),
    attribution: joinTexts(millesimes.map((millesime) => millesime.attribution)),
    licence: null,
  };
}

const TERRITOIRES = {
  commune: { collectionId: 'communes', title: 'Communes' },
  departement: { collectionId: 'departements', title: 'Départements' },
} as const;

/** What the table of territories holds of one level; undefined when nothing. */
export interface TerritoireExtent {
  count: number;
  bboxWgs84: number[];
  attribution: string | null;
}

export function territoireCollection(
  niveau: 'commune' | 'departement',
  extent: TerritoireExtent | undefined,
): Collection {
  const { collectionId, title } = TERRITOIRES[niveau];
  return {
    kind: 'territoire',
    niveau,
    collectionId,
    title,
    description: `${title} dont les limites sont connues de ce service.`,
    storageSrid: 4326,
    bboxWgs84: extent?.bboxWgs84 ?? null,
    interval: null,
    imagesDated: false,
    itemCount: extent?.count ?? 0,
    attribution: extent?.attribution ?? '',
    licence: null,
  };
}

function unionBbox(boxes: (number[] | null)[]): number[] | null {
  const known = boxes.filter((box) => box !== null);
  if (known.length === 0) return null;
  const side = (index: number, pick: (...values: number[]) => number) => pick(...known.map((box) => box[index]!));
  return [side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)];
}

function unionInterval(intervals: Interval[]): Interval | null {
  if (intervals.length === 0) return null;
  return {
    startMs: Math.min(...intervals.map((interval) => interval.startMs)),
    endMs: Math.max(...intervals.map((interval) => interval.endMs)),
  };
}

const joinTexts = (texts: string[]) => [...new Set(texts)].join(' ; ');
