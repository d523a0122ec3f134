/** Objects of OCCUPATION_SOL: of one millésime, or of all. */
import { type RawBuilder, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { Crs } from '../crs.ts';
import { geometryText } from '../feature-geojson.ts';
import {
  type Cursor,
  checkRang,
  type FeatureRow,
  type FeatureSource,
  type FilterColumn,
  type OpenCollection,
} from '../feature-source.ts';
import { parseDepartement } from '../params.ts';
import type { Collection, Millesime } from '../published-collections.ts';
import type { Snapshot } from '../registry.ts';
import { notHere, readRevisions, revisionToRead, segmentOf, startAgain } from './pinned-revision.ts';

const COLUMNS = new Map<string, FilterColumn>([
  ['id', { type: 'text', description: "Identifiant de l'objet" }],
  ['code_cs', { type: 'code', description: 'Couverture ; un code choisit aussi tout ce qui est sous lui' }],
  ['code_us', { type: 'code', description: 'Usage ; un code choisit aussi tout ce qui est sous lui' }],
  ['departement', { type: 'departement', description: 'Code du département : 62, 062 ou D062' }],
  ['millesime', { type: 'integer', description: 'Année du millésime' }],
  ['artificiel', { type: 'boolean', description: 'Surface artificialisée' }],
  ['impermeable', { type: 'boolean', description: 'Surface imperméable' }],
  ['critere_seuil', { type: 'boolean', description: 'Verdict qui tient aux seuils de surface' }],
  ['ossature', { type: 'integer', description: "1 : objet de l'ossature, 0 : autre" }],
  ['source', { type: 'text', description: "Source de l'objet" }],
  ['id_origine', { type: 'text', description: "Identifiant de l'objet d'origine" }],
  ['code_or', { type: 'text', description: "Code de l'objet d'origine" }],
  ['us_source', { type: 'text', description: "Donnée qui a décidé de l'usage" }],
  ['us_rule', { type: 'text', description: "Règle qui a décidé de l'usage" }],
]);

export const objectsSource: FeatureSource = {
  columns: COLUMNS,
  open: async (context, snapshot, collection, cursor) => {
    if (cursor !== undefined) checkRang(cursor);
    return collection.kind === 'millesime'
      ? openMillesime(context, collection, cursor)
      : openTout(context, snapshot, cursor);
  },
  page: (collection, segment, { after, count, crs, where }) => sql<FeatureRow>`
    select rang as key, ${objectColumns(collection, crs, segment.srid)}
      from published.occupation_sol              -- one partition; its primary key (revision_id, rang)
     where revision_id = ${segment.id}::bigint and rang > ${after ?? 0}::int ${where}
     order by rang
     limit ${count}`,
  count: (segment, where, cap) => sql<{ count: number }>`
    select count(*) as count
      from (select from published.occupation_sol where revision_id = ${segment.id}::bigint ${where} limit ${cap}) as found`,
  item: (snapshot, collection, featureId, crs) => {
    const found = findMillesime(snapshot, collection, featureId);
    if (found === undefined) return undefined;
    return sql<FeatureRow>`
      select rang as key, ${objectColumns(collection, crs, found.srid)}
        from published.occupation_sol            -- one partition; its index on id
       where revision_id = ${found.revisionId} and id = ${found.id}
       order by rang
       limit 1`;
  },
};

function objectColumns(collection: Collection, crs: Crs, srid: number): RawBuilder<unknown> {
  // In the collection of everything an id alone does not say which object: départements and millésimes share ids.
  const featureId =
    collection.kind === 'tout' ? sql`lpad(departement, 3, '0') || '-' || millesime || '-' || id` : sql`id`;
  return sql`${featureId} as "featureId", ${geometryText(crs, srid)} as geometry, id, code_cs, code_us, departement, millesime,
             source, ossature, id_origine, code_or, round(aire_m2 * 100) / 100 as aire_m2, artificiel, critere_seuil, impermeable, confiance, us_source,
             us_rule, us_share`;
}

async function openMillesime(
  context: ServerContext,
  { millesime }: Extract<Collection, { kind: 'millesime' }>,
  cursor: Cursor | undefined,
): Promise<OpenCollection> {
  const row = await revisionToRead(context, millesime, cursor);
  return { pin: '0', segments: [segmentOf(row, millesime, row.nombreObjets)], version: `r${row.id}` };
}

/** All revisions that were current at one publication, by département and millésime. */
async function openTout(
  context: ServerContext,
  snapshot: Snapshot,
  cursor: Cursor | undefined,
): Promise<OpenCollection> {
  const pin = cursor?.pin ?? String(snapshot.sequence);
  const published = await sql<{ id: number }>`
    select revision_id as id
      from (select distinct on (departement, millesime) departement, millesime, revision_id
              from published.publication         -- index (departement, millesime, sequence desc)
             where sequence <= ${pin}::bigint
             order by departement, millesime, sequence desc) as last
     where revision_id is not null
     order by departement, millesime`.execute(context.database.db);
  const ids = published.rows.map((row) => row.id);
  const rows = await readRevisions(context, ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  if (rows.length < ids.length) throw startAgain();
  if (cursor !== undefined && !ids.includes(Number(cursor.segmentId))) throw notHere(cursor);
  const segments = ids.map((id) => {
    const row = byId.get(id)!;
    const isRowsOwn = ({ departement, millesime }: Millesime) =>
      departement === row.departement && millesime === row.millesime;
    return segmentOf(row, snapshot.millesimes.find(isRowsOwn), row.nombreObjets);
  });
  return { pin, segments, version: `r${ids.join('-')}` };
}

/** Which revision holds a feature, and the object's own id. */
function findMillesime(snapshot: Snapshot, collection: Collection, featureId: string) {
  if (collection.kind === 'millesime') return { ...collection.millesime, id: featureId };
  const [, departement, year, id] = /^(\d{3}|02[AB])-(\d{4})-(.+)$/.exec(featureId) ?? [];
  if (departement === undefined) return undefined;
  const code = parseDepartement(departement);
  const millesime = snapshot.millesimes.find((entry) => entry.departement === code && entry.millesime === Number(year));
  return millesime && { ...millesime, id: id! };
}
