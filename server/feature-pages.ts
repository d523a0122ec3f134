/** Reads the features a request asks for, batch by batch: one statement per batch, nothing held between two. */
import type { RawBuilder } from 'kysely';
import type { ServerContext } from './context.ts';
import type { Crs } from './crs.ts';
import { boxOfSegment, type PropertyFilter, segmentMatches, whereClause } from './feature-filters.ts';
import { featureText } from './feature-geojson.ts';
import type { Cursor, FeatureSource, OpenCollection, Segment } from './feature-source.ts';
import { type Interval, overlaps, type QueryBox } from './params.ts';
import type { Collection } from './published-collections.ts';

const BATCH = 1_000;
/** numberMatched is counted to here; where more match it is left out. */
const COUNT_CAP = 10_000;
/** With more features than this behind a filter, counting is not cheap: numberMatched is left out. */
const COUNTABLE = 1_000_000;

export interface FeatureQuestion {
  source: FeatureSource;
  collection: Collection;
  opened: OpenCollection;
  limit: number;
  cursor: Cursor | undefined;
  crs: Crs;
  box: QueryBox | undefined;
  datetime: Interval | undefined;
  filters: PropertyFilter[];
}

/** What was handed out so far; `next` is set when there is more. */
export interface PageEnd {
  numberReturned: number;
  next: Cursor | undefined;
}

/** Segments that may match, from the cursor's on. Features without a date match every datetime (req. fc-time-response C). */
function segmentsAsked({ opened, datetime, filters }: FeatureQuestion, cursor?: Cursor): Segment[] {
  const from = cursor === undefined ? 0 : opened.segments.findIndex((segment) => segment.id === cursor.segmentId);
  return opened.segments
    .slice(from)
    .filter(({ interval }) => datetime === undefined || interval === null || overlaps(datetime, interval))
    .filter((segment) => segmentMatches(segment, filters));
}

/** Undefined when the box asked for does not reach the segment. */
async function whereOf(
  { database }: ServerContext,
  segment: Segment,
  { box, filters }: FeatureQuestion,
): Promise<RawBuilder<unknown> | undefined> {
  const boxInSegment = box && (await boxOfSegment(database, box, segment));
  return box !== undefined && boxInSegment === undefined ? undefined : whereClause(segment, filters, boxInSegment);
}

/** Yields features in batches and returns where it ended. */
export async function* readFeatures(
  context: ServerContext,
  question: FeatureQuestion,
): AsyncGenerator<string[], PageEnd> {
  const { source, collection, opened, limit, cursor, crs } = question;
  let numberReturned = 0;
  let last: Cursor | undefined;
  for (const segment of segmentsAsked(question, cursor)) {
    let after = segment.id === cursor?.segmentId ? cursor.key : undefined;
    const where = await whereOf(context, segment, question);
    for (let more = where !== undefined; more; ) {
      const remaining = limit - numberReturned;
      const count = Math.min(BATCH, remaining + 1); // one too many tells that a next page exists
      const page = source.page(collection, segment, { after, count, crs, where: where! });
      const { rows } = await page.execute(context.database.db);
      more = rows.length === count;
      const handed = rows.slice(0, remaining);
      if (handed.length > 0) {
        after = String(handed.at(-1)!.key);
        last = { pin: opened.pin, segmentId: segment.id, key: after };
        numberReturned += handed.length;
        yield handed.map(featureText);
      }
      if (rows.length > remaining) return { numberReturned, next: last };
    }
  }
  return { numberReturned, next: undefined };
}

/** Exact when it is cheap (or `exact` is asked for), else undefined. */
export async function countMatched(
  context: ServerContext,
  question: FeatureQuestion,
  exact = false,
): Promise<number | undefined> {
  const segments = segmentsAsked(question);
  const known = segments.reduce((sum, segment) => sum + segment.count, 0);
  const narrowed = question.filters.some(({ name }) =>
    segments.some((segment) => segment.constants[name] === undefined),
  );
  if (question.box === undefined && !narrowed) return known;
  if (!exact && known > COUNTABLE) return undefined;
  const cap = exact ? Number.MAX_SAFE_INTEGER : COUNT_CAP + 1;
  let matched = 0;
  for (const segment of segments) {
    const where = await whereOf(context, segment, question);
    if (where === undefined) continue;
    const { rows } = await question.source.count(segment, where, cap - matched).execute(context.database.db);
    matched += rows[0]!.count;
    if (matched >= cap) return undefined;
  }
  return matched;
}
