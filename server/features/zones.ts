/** The zone construite of a millésime. */
import { sql } from 'kysely';
import { geometryText } from '../feature-geojson.ts';
import { checkRang, type FeatureRow, type FeatureSource, type FilterColumn } from '../feature-source.ts';
import type { Collection, Millesime } from '../published-collections.ts';
import { revisionToRead, segmentOf } from './pinned-revision.ts';

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
    if (cursor !== undefined) checkRang(cursor);
    const row = await revisionToRead(context, millesime, cursor);
    const segment = segmentOf(row, millesime, row.nombreZones ?? 0);
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
