/** Differences between two published millésimes of a département, as features. */
import { sql } from 'kysely';
import { Gone, InvalidParameter } from '../errors.ts';
import { geometryText } from '../feature-geojson.ts';
import {
  type Cursor,
  checkRang,
  type FeatureRow,
  type FeatureSource,
  type FilterColumn,
  type Segment,
} from '../feature-source.ts';
import { type Collection, type Pair, pairBbox, pairInterval } from '../published-collections.ts';

const COLUMNS = new Map<string, FilterColumn>([
  ['id', { type: 'text', description: 'Identifiant de la différence' }],
  ['id_avant', { type: 'text', description: "Identifiant de l'objet au premier millésime" }],
  ['id_apres', { type: 'text', description: "Identifiant de l'objet au second millésime" }],
  ['cs_avant', { type: 'code', description: 'Couverture au premier millésime, ou au-dessus' }],
  ['cs_apres', { type: 'code', description: 'Couverture au second millésime, ou au-dessus' }],
  ['us_avant', { type: 'code', description: 'Usage au premier millésime, ou au-dessus' }],
  ['us_apres', { type: 'code', description: 'Usage au second millésime, ou au-dessus' }],
  ['artificiel_avant', { type: 'boolean', description: 'Artificialisé au premier millésime' }],
  ['artificiel_apres', { type: 'boolean', description: 'Artificialisé au second millésime' }],
  ['impermeable_avant', { type: 'boolean', description: 'Imperméable au premier millésime' }],
  ['impermeable_apres', { type: 'boolean', description: 'Imperméable au second millésime' }],
]);

const properties = sql`id as "featureId", id, id_avant, id_apres, cs_avant, cs_apres, us_avant, us_apres, artificiel_avant,
  artificiel_apres, impermeable_avant, impermeable_apres, aire_dm2 / 100.0::float8 as aire_m2`;

/** The revisions of a segment `12-13`. */
const revisions = ({ id }: Pick<Segment, 'id'>) => {
  const [avant, apres] = id.split('-');
  return sql`revision_avant = ${avant}::bigint and revision_apres = ${apres}::bigint`;
};

export const differencesSource: FeatureSource = {
  columns: COLUMNS,
  async open({ database }, _snapshot, collection, cursor) {
    if (cursor !== undefined) checkRang(cursor);
    const pair = pairOf(collection);
    const segment = segmentOf(pair, `${pair.avant.revisionId}-${pair.apres.revisionId}`);
    if (cursor === undefined || cursor.segmentId === segment.id) {
      return { pin: '0', segments: [segment], version: `d${segment.id}` };
    }
    const former = segmentOf(pair, formerPair(cursor));
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from published.difference where ${revisions(former)}` // primary key
      .execute(database.db);
    if (rows[0]!.count === 0) {
      throw new Gone('the differences this link was made on have been removed: start again without "cursor"');
    }
    return { pin: '0', segments: [{ ...former, count: rows[0]!.count }], version: `d${former.id}` };
  },
  page: (_collection, segment, { after, count, crs, where }) => sql<FeatureRow>`
    select rang as key, ${geometryText(crs, segment.srid)} as geometry, ${properties}
      from published.difference                  -- primary key (revision_avant, revision_apres, rang)
     where ${revisions(segment)} and rang > ${after ?? 0}::int ${where}
     order by rang
     limit ${count}`,
  count: (segment, where, cap) => sql<{ count: number }>`
    select count(*) as count
      from (select from published.difference where ${revisions(segment)} ${where} limit ${cap}) as found`,
  item: (_snapshot, collection, featureId, crs) => {
    const { avant, apres } = pairOf(collection);
    return sql<FeatureRow>`
      select rang as key, ${geometryText(crs, apres.srid)} as geometry, ${properties}
        from published.difference                -- primary key: the pair's rows are read through
       where ${revisions({ id: `${avant.revisionId}-${apres.revisionId}` })} and id = ${featureId}
       limit 1`;
  },
};

function pairOf(collection: Collection): Pair {
  if (collection.kind === 'difference') return collection.pair;
  throw new TypeError(`${collection.collectionId} holds no differences`);
}

const segmentOf = (pair: Pair, id: string): Segment => ({
  id,
  srid: pair.apres.srid,
  bboxWgs84: pairBbox(pair),
  interval: pairInterval(pair),
  count: pair.nombre,
  constants: {},
});

function formerPair({ segmentId }: Cursor): string {
  if (/^\d+-\d+$/.test(segmentId)) return segmentId;
  throw new InvalidParameter('cursor', segmentId, 'a cursor out of a "next" link of this collection');
}
