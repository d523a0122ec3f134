import type { Handler, ServerContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { formatLinks, respond } from '../http.ts';
import { requestPath } from '../links.ts';
import { parseYear, readQuery, required } from '../params.ts';
import type { Pair } from '../published-collections.ts';
import type { Snapshot } from '../registry.ts';
import { areas, millesimeWarnings, percent } from '../surfaces.ts';
import { type FluxRow, readFluxRows } from './queries.ts';
import { describeTerritory } from './stock.ts';
import { readTerritory, TERRITORY_PARAMETERS, type Territory } from './territory.ts';

/** `GET /statistics/flux?from=2019&to=2022&commune=…|departement=…`: ground that changed verdict between two years. */
export const fluxGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    const query = readQuery(requestPath(req).query, [...TERRITORY_PARAMETERS, 'from', 'to']);
    const from = parseYear('from', required(query, 'from', 'the year of the first millésime'));
    const to = parseYear('to', required(query, 'to', 'the year of the second millésime'));
    const snapshot = await context.registry.snapshot();
    const territory = await readTerritory(context, query);
    const pairs = choosePairs(snapshot, territory, from, to);
    const rows = await readFluxRows(context.database, pairs, territory);
    respond(context, req, res, {
      page: 'flux',
      body: { ...fluxOf(snapshot, territory, pairs, rows), links: formatLinks(context, req) },
    });
  };

function choosePairs({ pairs }: Snapshot, territory: Territory, from: number, to: number): Pair[] {
  const here = pairs.filter(({ departement }) => (territory.departement ?? departement) === departement);
  const chosen = here.filter(({ avant, apres }) => avant.millesime === from && apres.millesime === to);
  if (chosen.length > 0) return chosen;
  const known =
    [...new Set(here.map(({ avant, apres }) => `${avant.millesime}-${apres.millesime}`))].join(', ') || 'none';
  throw new NotFound(`there are no differences from ${from} to ${to} here; published pairs: ${known}`);
}

function fluxOf(snapshot: Snapshot, territory: Territory, pairs: Pair[], rows: FluxRow[]) {
  const compared = pairs.reduce((total, pair) => total + pair.aireCompareeDm2, 0);
  const reference = territory.aireDm2 ?? compared;
  const millesimes = [...new Set(pairs.flatMap(({ avant, apres }) => [avant, apres]))];
  return {
    territoire: describeTerritory(territory),
    from: pairs[0]!.avant.millesime,
    to: pairs[0]!.apres.millesime,
    departements: pairs.map(({ departement }) => departement),
    attribution: [...new Set(millesimes.map(({ attribution }) => attribution))].join(' ; '),
    reference: { ...areas(reference), sur: territory.aireDm2 === null ? 'surface comparée' : 'territoire' },
    /** Of the départements concerned, whatever the territory: pairs are compared département by département. */
    surface_comparee: areas(compared),
    surface_avant_seule: areas(pairs.reduce((total, pair) => total + pair.aireAvantSeuleDm2, 0)),
    surface_apres_seule: areas(pairs.reduce((total, pair) => total + pair.aireApresSeuleDm2, 0)),
    artificialisation: verdictFlux(snapshot, rows, 'artificiel', reference),
    impermeabilisation: verdictFlux(snapshot, rows, 'impermeable', reference),
    avertissements: millesimeWarnings(millesimes),
  };
}

/**
 * Ground that gained a verdict, lost it, and the difference. What is gained is told of the new class, what is lost of the old
 * one (observatory of artificialisation, merge_artif_commune_flux_by_sol). `variation` also counts ground that keeps the verdict
 * and goes from one class to another, so that each class's variation is the difference of its two stocks.
 */
function verdictFlux(snapshot: Snapshot, rows: FluxRow[], verdict: 'artificiel' | 'impermeable', reference: number) {
  const before: keyof FluxRow = `${verdict}Avant`;
  const after: keyof FluxRow = `${verdict}Apres`;
  const told = (entering: FluxRow[], leaving: FluxRow[]) => {
    const gained = sum(entering.filter((row) => !row[before]));
    const lost = sum(leaving.filter((row) => !row[after]));
    const share = (dm2: number) => ({ ...areas(dm2), pourcent: percent(dm2, reference) });
    const variation = areas(sum(entering) - sum(leaving));
    return { gagne: share(gained), perdu: share(lost), net: share(gained - lost), variation };
  };
  const byCode = (dimension: 'CS' | 'US', avant: 'csAvant' | 'usAvant', apres: 'csApres' | 'usApres') =>
    snapshot.nomenclature
      .filter((entry) => entry.dimension === dimension)
      .map(({ code, libelle, couleur }) => {
        const was = (row: FluxRow) => row[before] && row[avant] === code;
        const is = (row: FluxRow) => row[after] && row[apres] === code;
        const entering = rows.filter((row) => is(row) && !was(row));
        const leaving = rows.filter((row) => was(row) && !is(row));
        return { code, libelle, couleur, entering, leaving };
      })
      .filter(({ entering, leaving }) => entering.length + leaving.length > 0)
      .map(({ entering, leaving, ...names }) => ({ ...names, ...told(entering, leaving) }));
  return {
    ...told(
      rows.filter((row) => row[after] && !row[before]),
      rows.filter((row) => row[before] && !row[after]),
    ),
    couverture: byCode('CS', 'csAvant', 'csApres'),
    usage: byCode('US', 'usAvant', 'usApres'),
  };
}

const sum = (rows: { aireDm2: number }[]) => rows.reduce((total, row) => total + row.aireDm2, 0);
