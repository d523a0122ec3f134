/** Communes and départements. Each keeps the CRS of its département, so a segment is the territories of one CRS. */
import { sql } from 'kysely';
import { InvalidParameter } from '../errors.ts';
import { geometryText } from '../feature-geojson.ts';
import type { FeatureRow, FeatureSource, FilterColumn, Segment } from '../feature-source.ts';
import type { Collection } from '../published-collections.ts';

const COLUMNS = new Map<string, FilterColumn>([
  ['code', { type: 'text', description: 'Code INSEE' }],
  ['nom', { type: 'text', description: 'Nom' }],
  ['departement', { type: 'departement', description: 'Code du département : 62, 062 ou D062' }],
  ['annee', { type: 'integer', description: 'Année du code' }],
]);

const niveauOf = (collection: Collection) => (collection.kind === 'territoire' ? collection.niveau : '');

const properties = sql`code as "featureId", code, nom, niveau, departement, annee, round(aire_m2 * 100) / 100 as aire_m2, attribution`;

export const territoiresSource: FeatureSource = {
  columns: COLUMNS,
  async open({ database }, _snapshot, collection, cursor) {
    const { rows } = await sql<{ srid: number; count: number; ecriture: number }>`
      select st_srid(geom) as srid, count(*) as count, max(ecriture) as ecriture
        from published.territoire                -- primary key (niveau, code)
       where niveau = ${niveauOf(collection)}
       group by 1
       order by 1`.execute(database.db);
    const segments: Segment[] = rows.map(({ srid, count }) => ({
      id: String(srid),
      srid,
      count,
      bboxWgs84: collection.bboxWgs84,
      interval: null,
      constants: { niveau: niveauOf(collection) },
    }));
    if (cursor !== undefined && !segments.some((segment) => segment.id === cursor.segmentId)) {
      throw new InvalidParameter('cursor', cursor.segmentId, 'a cursor out of a "next" link of this collection');
    }
    // an import writes rows anew, and what it takes away lowers the count
    const version = rows.map(({ srid, count, ecriture }) => `${srid}-${count}-${ecriture}`).join('.');
    return { pin: '0', segments, version: `t${version}` };
  },
  page: (_collection, segment, { after, count, crs, where }) => sql<FeatureRow>`
    select code as key, ${geometryText(crs, segment.srid)} as geometry, ${properties}
      from (select * from published.territoire   -- primary key (niveau, code); materialized: boxes of one CRS only
             where niveau = ${segment.constants['niveau']} and st_srid(geom) = ${segment.id}::int offset 0) as territoire
     where code > ${after ?? ''} ${where}
     order by code
     limit ${count}`,
  count: (segment, where, cap) => sql<{ count: number }>`
    select count(*) as count
      from (select from (select * from published.territoire
                          where niveau = ${segment.constants['niveau']} and st_srid(geom) = ${segment.id}::int offset 0) as territoire
             where true ${where} limit ${cap}) as found`,
  item: (_snapshot, collection, featureId, crs) => sql<FeatureRow>`
    select code as key, ${geometryText(crs, 0)} as geometry, ${properties}
      from published.territoire                  -- primary key (niveau, code)
     where niveau = ${niveauOf(collection)} and code = ${featureId}`,
};
