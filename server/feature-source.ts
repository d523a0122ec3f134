/**
 * What a kind of collection must say so that its features can be read page by page.
 *
 * A collection is a list of segments (a revision, a pair of revisions, a table), each read in the order of one key. A page ends
 * anywhere; its `next` link holds the segment and the last key, so the next page is one index scan, however far on.
 */
import type { RawBuilder } from 'kysely';
import type { ServerContext } from './context.ts';
import type { Crs } from './crs.ts';
import { InvalidParameter } from './errors.ts';
import type { Interval } from './params.ts';
import type { Collection } from './published-collections.ts';
import type { Snapshot } from './registry.ts';

export interface Segment {
  /** Names it in cursors. */
  id: string;
  srid: number;
  bboxWgs84: number[] | null;
  /** When its features are true; null: they have no date. */
  interval: Interval | null;
  /** How many features it holds. */
  count: number;
  /** Values all its features share, by property: a filter on these leaves out whole segments. */
  constants: Record<string, string>;
}

/** A feature as it is read; what is not named here is a property. */
export interface FeatureRow {
  key: string | number;
  featureId: string;
  /** GeoJSON text. */
  geometry: string;
  [property: string]: unknown;
}

export interface PageQuestion {
  after: string | undefined;
  count: number;
  crs: Crs;
  /** Begins with `and`, or is empty. */
  where: RawBuilder<unknown>;
}

export type ColumnType = 'text' | 'code' | 'integer' | 'number' | 'boolean' | 'departement';

export interface FilterColumn {
  type: ColumnType;
  description: string;
}

/** Segments in reading order. `pin` goes into the cursor, and brings the same segments back. */
export interface OpenCollection {
  pin: string;
  segments: Segment[];
  /** Same text, same features. Undefined where that cannot be told. */
  version: string | undefined;
}

export interface FeatureSource {
  /** Properties that can be asked for by name. */
  columns: ReadonlyMap<string, FilterColumn>;
  /** The segments, as they are now or as `cursor` pinned them. Throws Gone when those have been removed. */
  open(context: ServerContext, snapshot: Snapshot, collection: Collection, cursor?: Cursor): Promise<OpenCollection>;
  /** At most `count` features behind `after`, in the order of the key. */
  page(collection: Collection, segment: Segment, question: PageQuestion): RawBuilder<FeatureRow>;
  /** Counts to `cap` at most. */
  count(segment: Segment, where: RawBuilder<unknown>, cap: number): RawBuilder<{ count: number }>;
  /** The statement for one feature; undefined when no such id can be. */
  item(snapshot: Snapshot, collection: Collection, featureId: string, crs: Crs): RawBuilder<FeatureRow> | undefined;
}

/** How each kind of collection is read. */
export type FeatureSources = Record<Collection['kind'], FeatureSource>;

/** Where a page ended. Holds no page size, so another `limit` may follow, and no character that a URL would have to escape. */
export interface Cursor {
  pin: string;
  segmentId: string;
  key: string;
}

export const formatCursor = ({ pin, segmentId, key }: Cursor) => `${pin}.${segmentId}.${key}`;

export function parseCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  const [whole, pin, segmentId, key] = /^(\d{1,15})\.(\d{1,15}(?:-\d{1,15})?)\.(\w{1,15})$/.exec(text) ?? [];
  if (whole === undefined) throw new InvalidParameter('cursor', text, 'a cursor out of a "next" link');
  return { pin: pin!, segmentId: segmentId!, key: key! };
}

/** Throws when a key is no `rang`, where one is wanted. */
export function checkRang({ key }: Cursor): void {
  if (/^\d{1,10}$/.test(key) && Number(key) < 2 ** 31) return;
  throw new InvalidParameter('cursor', key, 'a cursor out of a "next" link of this collection');
}
