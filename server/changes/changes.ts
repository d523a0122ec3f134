/** What changed between two millésimes of a département: the polygons, and the sums. */
import { sql } from 'kysely';
import type { Handler, ServerContext } from '../context.ts';
import { collectionCrs, findCrs } from '../crs.ts';
import { NotFound } from '../errors.ts';
import { HTML_LIMIT_DEFAULT, sendFeatures } from '../feature-collection.ts';
import { readFilters } from '../feature-filters.ts';
import { parseCursor } from '../feature-source.ts';
import { chooseFormat, formatLinks, MEDIA, respond } from '../http.ts';
import { baseUrl, requestPath } from '../links.ts';
import { parseBbox, parseDepartement, parseLimit, parseYear, readQuery, required } from '../params.ts';
import type { Collection } from '../published-collections.ts';
import { findPair, type Snapshot } from '../registry.ts';
import { areas, pairWarnings } from '../surfaces.ts';
import { differencesSource } from './differences.ts';

type PairCollection = Extract<Collection, { kind: 'difference' }>;

const PAIR_PARAMETERS = ['departement', 'from', 'to'];
const CHANGES_PARAMETERS = [...PAIR_PARAMETERS, 'bbox', 'bbox-crs', 'crs', 'limit', 'cursor'];

/** `GET /changes?departement=999&from=2019&to=2022` */
export const changesGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    const { columns } = differencesSource;
    const query = readQuery(requestPath(req).query, [...CHANGES_PARAMETERS, ...columns.keys()]);
    const snapshot = await context.registry.snapshot();
    const collection = pairCollection(snapshot, query);
    const offered = collectionCrs(collection.storageSrid);
    const cursor = parseCursor(query.get('cursor'));
    const html = chooseFormat(req, MEDIA.geojson) === 'html';
    const asked = {
      limit: parseLimit(query.get('limit'), html ? HTML_LIMIT_DEFAULT : undefined),
      crs: findCrs('crs', query.get('crs'), offered),
      box: parseBbox(query.get('bbox'), findCrs('bbox-crs', query.get('bbox-crs'), offered)),
      filters: readFilters(query, columns, snapshot),
    };
    const opened = await differencesSource.open(context, snapshot, collection, cursor);
    await sendFeatures(context, req, res, {
      question: { source: differencesSource, collection, opened, cursor, datetime: undefined, ...asked },
      page: 'changes',
      hits: false,
      extra: pairFacts(collection),
    });
  };

function pairCollection(snapshot: Snapshot, query: Map<string, string>): PairCollection {
  const departement = parseDepartement(required(query, 'departement', 'a code such as 62 or 2A'));
  const from = parseYear('from', required(query, 'from', 'the year of the first millésime'));
  const to = parseYear('to', required(query, 'to', 'the year of the second millésime'));
  const pair = findPair(snapshot, departement, from, to);
  if (pair !== undefined) return pair;
  const years = snapshot.millesimes
    .filter((entry) => entry.departement === departement)
    .map((entry) => entry.millesime);
  const published = years.length === 0 ? 'none' : years.join(', ');
  throw new NotFound(
    `département ${departement} has no published differences from ${from} to ${to}; published millésimes: ${published}`,
  );
}

const pairFacts = ({ pair }: PairCollection) => ({
  departement: pair.departement,
  from: pair.avant.millesime,
  to: pair.apres.millesime,
  avertissements: pairWarnings(pair),
});

/** `GET /changes/summary?departement=999&from=2019&to=2022`: areas from → to, by couverture, usage and verdict. */
export const changesSummaryGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    const query = readQuery(requestPath(req).query, PAIR_PARAMETERS);
    const snapshot = await context.registry.snapshot();
    const collection = pairCollection(snapshot, query);
    const { pair, collectionId, title } = collection;
    const [avant, apres] = [pair.avant.revisionId, pair.apres.revisionId];
    const rows = await readTransitions(context, avant, apres);
    const href = `${baseUrl(req, context.config.publicUrl)}/collections/${collectionId}`;
    respond(context, req, res, {
      page: 'changes-summary',
      body: {
        ...pairFacts(collection),
        attribution: collection.attribution,
        nombre: pair.nombre,
        objets_identiques: pair.identiques,
        surface_comparee: areas(pair.aireCompareeDm2),
        surface_avant_seule: areas(pair.aireAvantSeuleDm2),
        surface_apres_seule: areas(pair.aireApresSeuleDm2),
        surface_changee: areas(rows.filter(({ sur }) => sur === 'objet').reduce((sum, row) => sum + row.aireDm2, 0)),
        couverture: matrix(rows, 'couverture'),
        usage: matrix(rows, 'usage'),
        artificialisation: matrix(rows, 'artificialisation'),
        impermeabilisation: matrix(rows, 'impermeabilisation'),
        classes: classesNamed(snapshot, rows),
        links: [...formatLinks(context, req), { href, rel: 'collection', type: MEDIA.json, title }],
      },
    });
  };

interface TransitionRow {
  sur: string;
  avant: string | null;
  apres: string | null;
  aireDm2: number;
}

const matrix = (rows: TransitionRow[], sur: string) =>
  rows
    .filter((row) => row.sur === sur && row.avant !== row.apres)
    .map(({ avant, apres, aireDm2 }) => ({ avant, apres, ...areas(aireDm2) }));

/** Label and colour of each code the matrices name. */
const classesNamed = ({ nomenclature }: Snapshot, rows: TransitionRow[]) => {
  const named = new Set(rows.flatMap(({ avant, apres }) => (avant === apres ? [] : [avant, apres])));
  return nomenclature
    .filter(({ code }) => named.has(code))
    .map(({ code, libelle, couleur }) => ({ code, libelle, couleur }));
};

/** One row per from → to of each kind; `objet`: what changed in anything. Index: statistique_flux_paire. */
async function readTransitions({ database }: ServerContext, avant: number, apres: number): Promise<TransitionRow[]> {
  const { rows } = await sql<TransitionRow>`
    with flux as (
      select cs_avant, cs_apres, us_avant, us_apres, artificiel_avant, artificiel_apres, impermeable_avant, impermeable_apres,
             aire_dm2
        from published.statistique_flux where revision_avant = ${avant} and revision_apres = ${apres}
    ), transition as (
      select 'couverture' as sur, cs_avant as avant, cs_apres as apres, aire_dm2 from flux
      union all select 'usage', us_avant, us_apres, aire_dm2 from flux
      union all select 'artificialisation', artificiel_avant::text, artificiel_apres::text, aire_dm2 from flux
      union all select 'impermeabilisation', impermeable_avant::text, impermeable_apres::text, aire_dm2 from flux
      union all select 'objet', null, null, aire_dm2 from flux
       where (cs_avant, us_avant, artificiel_avant) is distinct from (cs_apres, us_apres, artificiel_apres)
    )
    select sur, avant, apres, sum(aire_dm2)::bigint as "aireDm2" from transition
     group by sur, avant, apres order by sur, 4 desc, avant, apres`.execute(database.db);
  return rows;
}
