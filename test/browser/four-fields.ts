/** Two millésimes of four squares of 200 m, published by the pipeline itself: tiles, statistics and differences are real. */
import type { ObjetOccupationSol } from '../../pipeline/artefacts.ts';
import { makePairs } from '../../pipeline/changes/make-pairs.ts';
import { silentReport } from '../../pipeline/log.ts';
import { publish } from '../../pipeline/publish/publish.ts';
import { polygonWkb } from '../../pipeline/wkb.ts';
import type { Database } from '../../sql/database.ts';

const SIDE_M = 200;
const [X, Y] = [506_000, 6_287_000];

/** From the south-west: west to east, then north. Colours are those of the nomenclature. */
export const FIELDS = [
  { cs: 'CS1.1.1.1', us: 'US5', colourCs: '#ff377a', colourUs: '#be0961' },
  { cs: 'CS2.1.1.2', us: 'US1.2', colourCs: '#00a600', colourUs: '#008000' },
  { cs: 'CS1.2.2', us: 'US6.3', colourCs: '#00ccf2', colourUs: '#f0f028' },
  { cs: 'CS2.2.1', us: 'US1.1', colourCs: '#ccf24d', colourUs: '#ffffa8' },
];

/** In the second millésime the last field is built on. */
export async function publishFields(database: Database, attribution: string): Promise<void> {
  await publishYear(database, 2019, FIELDS, attribution);
  await publishYear(database, 2022, [...FIELDS.slice(0, 3), FIELDS[0]!], attribution);
}

async function publishYear(database: Database, millesime: number, fields: typeof FIELDS, attribution: string) {
  const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };
  await publish(
    database,
    { objets: () => objects(fields), count: fields.length },
    {
      departement: '999',
      millesime,
      srid: 2154,
      origine: 'produced',
      etat: 'auto',
      attribution,
      licence: 'Licence Ouverte 2.0',
    },
    { requireCoverage: true, keepHours: 24, preparePairs: (revisionId) => makePairs(database, revisionId, ctx) },
    ctx,
  );
}

async function* objects(fields: typeof FIELDS): AsyncGenerator<ObjetOccupationSol> {
  for (const [index, { cs, us }] of fields.entries()) {
    const [x, y] = [X + (index % 2) * SIDE_M, Y + Math.floor(index / 2) * SIDE_M];
    const ring = [
      [x, y],
      [x, y + SIDE_M],
      [x + SIDE_M, y + SIDE_M],
      [x + SIDE_M, y],
      [x, y],
    ];
    yield {
      id: `OCSGE${String(index + 1).padStart(19, '0')}`,
      code_cs: cs,
      code_us: us,
      source: 'test',
      ossature: 0,
      id_origine: '',
      code_or: '',
      confiance: 0.87,
      us_source: null,
      us_rule: null,
      us_share: null,
      wkb: polygonWkb({ type: 'Polygon', coordinates: [ring] }),
    };
  }
}
