/** The zone construite of a millésime. */
import { sql } from 'kysely';
import { geometryText } from '../feature-geojson.ts';
import { checkRang, type FeatureRow, type FeatureSource, type FilterColumn, type Segment } from '../feature-source.ts';
import { type Collection, type Millesime, millesimeInterval } from '../published-collections.ts';
import { pinnedRevision } from './pinned-revision.ts';

const COLUMNS = new Map<string, FilterColumn>([
  ['id', { type: 'text', description: 'Identifiant du polygone' }],
  ['departement', { type: 'departement', description: 'Code du département : 62, 062 ou D062' }],
  ['millesime', { type: 'integer', description: 'Année du millésime' }],
]);

const properties = sql`id as "featureId", id, departement, millesime, round(aire_m2 * 100) / 100 as aire_m2`;

export const zonesSource: FeatureSource = {
  columns: COLUMNS,
  async open(context, _snapshot, collection, cursor) {
    const millesime = millesimeOf(collection);
    const { departement, millesime: year, revisionId, srid, bboxWgs84 } = millesime;
    const current = {
      id: revisionId,
      departement,
      millesime: year,
      srid,
      bboxWgs84,
      nombreZones: millesime.nombreZones,
    };
    if (cursor !== undefined) checkRang(cursor);
    const row = cursor === undefined ? current : await pinnedRevision(context, cursor, millesime);
    const segment: Segment = {
      id: String(row.id),
      srid: row.srid,
      bboxWgs84: row.bboxWgs84,
      interval: millesimeInterval(millesime),
      count: row.nombreZones ?? 0,
      constants: { departement, millesime: String(year) },
    };
    return { pin: '0', segments: [segment], version: `z${row.id}` };
  },
  page: (_collection, segment, { after, count, crs, where }) => sql<FeatureRow>`
    select rang as key, ${geometryText(crs, segment.srid)} as geometry, ${properties}
      from published.zone_construite             -- primary key (revision_id, rang)
     where revision_id = ${segment.id}::bigint and rang > ${after ?? 0}::int ${where}
     order by rang
     limit ${count}`,
  count: (segment, where, cap) => sql<{ count: number }>`
    select count(*) as count
      from (select from published.zone_construite where revision_id = ${segment.id}::bigint ${where} limit ${cap}) as found`,
  item: (_snapshot, collection, featureId, crs) => {
    const { revisionId, srid } = millesimeOf(collection);
    return sql<FeatureRow>`
      select rang as key, ${geometryText(crs, srid)} as geometry, ${properties}
        from published.zone_construite           -- primary key: the revision's rows are read through
       where revision_id = ${revisionId} and id = ${featureId}
       limit 1`;
  },
};

function millesimeOf(collection: Collection): Millesime {
  if (collection.kind === 'zone') return collection.millesime;
  throw new TypeError(`${collection.collectionId} holds no zone construite`);
}
