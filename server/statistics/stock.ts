import type { Handler, ServerContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { formatLinks, respond } from '../http.ts';
import { requestPath } from '../links.ts';
import { parseYear, readQuery } from '../params.ts';
import type { Millesime } from '../published-collections.ts';
import type { Snapshot } from '../registry.ts';
import { areas, millesimeWarnings, percent } from '../surfaces.ts';
import { readStockRows, type StockRow } from './queries.ts';
import { readTerritory, TERRITORY_PARAMETERS, type Territory } from './territory.ts';

/** `GET /statistics/stock?commune=…|departement=…&millesime=…`: ground of each class, one entry per year. */
export const stockGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    const query = readQuery(requestPath(req).query, [...TERRITORY_PARAMETERS, 'millesime']);
    const snapshot = await context.registry.snapshot();
    const territory = await readTerritory(context, query);
    const millesimes = chooseMillesimes(snapshot, territory, query.get('millesime'));
    const rows = await readStockRows(context.database, millesimes, territory);
    const years = [...new Set(millesimes.map((entry) => entry.millesime))].sort((a, b) => a - b);
    respond(context, req, res, {
      page: 'stock',
      body: {
        territoire: describeTerritory(territory),
        attribution: [...new Set(millesimes.map((entry) => entry.attribution))].join(' ; ') || undefined,
        stocks: years.map((year) =>
          stockOfYear(
            snapshot,
            territory,
            millesimes.filter((entry) => entry.millesime === year),
            rows,
          ),
        ),
        links: formatLinks(context, req),
      },
    });
  };

export const describeTerritory = ({ niveau, code, nom, departement, aireDm2 }: Territory) => ({
  niveau,
  code,
  nom,
  departement,
  ...(aireDm2 === null ? {} : areas(aireDm2)),
});

function chooseMillesimes({ millesimes }: Snapshot, territory: Territory, asked: string | undefined): Millesime[] {
  const year = asked === undefined ? undefined : parseYear('millesime', asked);
  const here = millesimes.filter(({ departement }) => (territory.departement ?? departement) === departement);
  const chosen = here.filter(({ millesime }) => year === undefined || millesime === year);
  if (chosen.length > 0 || (year === undefined && territory.niveau === 'tout')) return chosen;
  const published = here.map(({ millesime }) => millesime).join(', ') || 'none';
  throw new NotFound(`nothing is published here${year ? ` for ${year}` : ''}; published millésimes: ${published}`);
}

function stockOfYear(snapshot: Snapshot, territory: Territory, millesimes: Millesime[], all: StockRow[]) {
  const revisions = new Set(millesimes.map(({ revisionId }) => revisionId));
  const rows = all.filter((row) => revisions.has(row.revisionId));
  const covered = sum(rows);
  const reference = territory.aireDm2 ?? covered;
  const artificial = sum(rows.filter((row) => row.artificiel));
  const impermeable = sum(rows.filter((row) => row.impermeable));
  const byCode = (column: 'codeCs' | 'codeUs', dimension: 'CS' | 'US') =>
    snapshot.nomenclature
      .filter((entry) => entry.dimension === dimension)
      .map(({ code, libelle, couleur }) => ({
        code,
        libelle,
        couleur,
        rows: rows.filter((row) => row[column] === code),
      }))
      .filter((entry) => entry.rows.length > 0)
      .map(({ rows: ofCode, ...names }) => ({ ...names, ...shares(ofCode, reference, artificial) }));
  return {
    millesime: millesimes[0]!.millesime,
    departements: millesimes.map(({ departement }) => departement),
    etat: [...new Set(millesimes.map(({ etat }) => etat))],
    surface: areas(covered),
    /** What percentages are of: the territory where its limits are known, else the ground the objects cover. */
    reference: { ...areas(reference), sur: territory.aireDm2 === null ? 'surface couverte' : 'territoire' },
    artificiel: { ...areas(artificial), pourcent: percent(artificial, reference) },
    impermeable: { ...areas(impermeable), pourcent: percent(impermeable, reference) },
    couverture: byCode('codeCs', 'CS'),
    usage: byCode('codeUs', 'US'),
    avertissements: millesimeWarnings(millesimes),
  };
}

function shares(rows: StockRow[], reference: number, artificialTotal: number) {
  const all = sum(rows);
  const artificial = sum(rows.filter((row) => row.artificiel));
  return {
    ...areas(all),
    pourcent: percent(all, reference),
    artificiel: { ...areas(artificial), pourcent_artificiel: percent(artificial, artificialTotal) },
    impermeable: areas(sum(rows.filter((row) => row.impermeable))),
  };
}

const sum = (rows: { aireDm2: number }[]) => rows.reduce((total, row) => total + row.aireDm2, 0);
