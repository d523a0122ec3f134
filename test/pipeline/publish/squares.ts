/** Tiny coverages for the publish tests: axis-parallel polygons near the demonstration territory. */
import type { ObjetOccupationSol } from '../../../pipeline/artefacts.ts';
import { makePairs } from '../../../pipeline/changes/make-pairs.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { type PublishOptions, publish } from '../../../pipeline/publish/publish.ts';
import type { MillesimeDescription } from '../../../pipeline/publish/revision.ts';
import { polygonWkb } from '../../../pipeline/wkb.ts';
import type { Database } from '../../../sql/database.ts';

export const ctx = { report: silentReport, signal: new AbortController().signal, threads: 1 };

const ORIGIN = [506_000, 6_287_000] as const;

export interface Sketch {
  id: string;
  /** Rings of [x, y] in metres from the origin, open. */
  rings: [number, number][][];
  code_cs?: string;
  code_us?: string;
}

export const box = (x: number, y: number, width: number, height: number): [number, number][] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];

export function objetOf({ id, rings, code_cs = 'CS2.2.1', code_us = 'US1.1' }: Sketch): ObjetOccupationSol {
  const coordinates = rings.map((ring) => [...ring, ring[0]!].map(([x, y]) => [ORIGIN[0] + x, ORIGIN[1] + y]));
  return {
    id,
    code_cs,
    code_us,
    source: 'test',
    ossature: 0,
    id_origine: 'NC',
    code_or: 'NC',
    confiance: 0.5,
    us_source: null,
    us_rule: null,
    us_share: null,
    wkb: polygonWkb({ type: 'Polygon', coordinates }),
  };
}

/** Three neighbours: a field with a pond in it (the pond is an object), and a car park beside. */
export const field: Sketch[] = [
  {
    id: 'champ',
    rings: [
      [
        [0, 0],
        [100, 0],
        [100, 50],
        [100, 100],
        [0, 100],
      ],
      [
        [40, 40],
        [60, 40],
        [60, 60],
        [40, 60],
      ],
    ],
  },
  { id: 'mare', rings: [box(40, 40, 20, 20)], code_cs: 'CS1.2.2', code_us: 'US6.3' },
  {
    id: 'parking',
    rings: [
      [
        [100, 0],
        [150, 0],
        [150, 100],
        [100, 100],
        [100, 50],
      ],
    ],
    code_cs: 'CS1.1.1.2',
    code_us: 'US3',
  },
];

export async function* stream(sketches: Sketch[]): AsyncGenerator<ObjetOccupationSol> {
  for (const sketch of sketches) yield objetOf(sketch);
}

export const demo = (millesime: number, words: Partial<MillesimeDescription> = {}): MillesimeDescription => ({
  departement: '999',
  millesime,
  srid: 2154,
  origine: 'produced',
  etat: 'auto',
  attribution: 'essai',
  licence: 'aucune',
  ...words,
});

/** Publishes a sketch as something we produced. */
export const publishSketch = (
  database: Database,
  sketches: Sketch[],
  millesime: MillesimeDescription,
  options: Partial<PublishOptions> = {},
) =>
  publish(
    database,
    { objets: () => stream(sketches), count: sketches.length },
    millesime,
    {
      requireCoverage: true,
      keepHours: 24,
      preparePairs: (revisionId) => makePairs(database, revisionId, ctx),
      ...options,
    },
    ctx,
  );
