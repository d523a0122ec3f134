/** The product's rules in SQL: a bad row is found, a good one is not; deliveries need not keep them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOES_ON_BELOW, WATER_AS_GIVEN } from '../../../pipeline/quality/small-ossature.ts';
import { producedRules } from '../../../pipeline/run.ts';
import { openTestDatabase } from '../../database.ts';
import { meadowWith, type ProducedSketch, publisherOf } from './produced-sketches.ts';
import { box, demo, publishSketch, type Sketch } from './squares.ts';

const database = await openTestDatabase();

const { publishProduced, refused } = publisherOf(database);

const house: ProducedSketch = { id: 'maison', code_cs: 'CS1.1.1.1', code_us: 'US5', rings: [box(20, 20, 20, 10)] };
const yard: ProducedSketch = { id: 'cour', code_cs: 'CS1.1.2.1', code_us: 'US5', rings: [box(60, 60, 30, 20)] };

test('objects at their unit and width are published', async () => {
  const { rapport } = await publishProduced(meadowWith(house));
  const names = (rapport['verifications'] as { nom: string; passe: boolean }[]).map(
    ({ nom, passe }) => `${nom} ${passe}`,
  );
  for (const name of ['objects reach their minimal unit', 'objects reach their width', 'the ossature hangs together'])
    assert.ok(names.includes(`${name} true`), names.join('\n'));
});

test('a building under 200 m² is refused', () =>
  refused(
    meadowWith({ ...house, rings: [box(20, 20, 20, 9)] }),
    /reach their minimal unit.*maison \(180\.0 m² of CS1\.1\.1\.1/,
  ));

test('600 m² are enough in the zone construite, and nowhere else', async () => {
  await refused(meadowWith(yard), /minimal unit.*cour \(600\.0 m²/);
  await publishProduced(meadowWith(yard), { zones: [box(50, 50, 60, 60)] });
  await refused(meadowWith(yard), /minimal unit.*cour/, { zones: [box(75, 50, 60, 60)] });
});

test('400 m² are enough nowhere, but with a reason', async () => {
  const small = meadowWith({ ...yard, rings: [box(60, 60, 20, 20)] });
  const zones = [box(50, 50, 60, 60)];
  await refused(small, /minimal unit.*cour \(400\.0 m²/, { zones });
  const listed = [{ id: 'cour', rule: 'surface' as const, reason: 'entourée d’ossature' }];
  const { revisionId } = await publishProduced(small, { zones, listed });
  const { rows } = await database.pool.query(
    'select id, regle, raison from production.exception where revision_id = $1',
    [revisionId],
  );
  assert.deepEqual(rows, [{ id: 'cour', regle: 'surface', raison: 'entourée d’ossature' }]);
});

test('a strip under its width is refused, one as wide as the drawing may leave it is not', async () => {
  const strip = (width: number): ProducedSketch => ({ ...yard, id: 'bande', rings: [box(10, 10, 180, width)] });
  const zones = [box(0, 0, 200, 200)];
  await refused(meadowWith(strip(6)), /reach their width.*bande \(nowhere 10 m wide/, { zones });
  await publishProduced(meadowWith(strip(8.5)), { zones });
  await publishProduced(meadowWith({ ...strip(6), code_cs: 'CS1.1.1.2', code_us: 'US3' }), { zones });
  await refused(meadowWith({ ...strip(3), code_cs: 'CS1.1.1.2', code_us: 'US3' }), /nowhere 5 m wide/, { zones });
  const listed = [{ id: 'bande', rule: 'largeur' as const, reason: 'essai' }];
  await publishProduced(meadowWith(strip(6)), { zones, listed });
});

/** A road of so many metres from one side of the extent to the other. */
const crossedBy = (width: number, more: Partial<ProducedSketch> = {}): ProducedSketch[] => [
  { id: 'pré', rings: [box(0, 0, 200, 50)] },
  { id: 'pré au nord', rings: [box(0, 50 + width, 200, 50)] },
  {
    ...{ id: 'route', code_cs: 'CS1.1.1.2', code_us: 'US4.1.1', ossature: 1, rings: [box(0, 50, 200, width)] },
    ...more,
  },
];

test('of 5 m of ossature two pixels may be lost, of 10 m of another cover what its drawing and one pixel’s diagonal take', async () => {
  const zones = [box(0, 0, 200, 100)];
  const grid = { srid: 2154, originX: 0, originY: 0, widthPx: 100, heightPx: 100 };
  for (const resolutionM of [0.2, 0.5, 1]) {
    const rules = producedRules({ grid: { ...grid, resolutionM } }, { listedPath: '' }, {});
    const { widthToleranceM, ossatureToleranceM } = rules;
    const under = 5 - 2 * resolutionM - 0.05;
    await refused(crossedBy(under), /route \(nowhere 5 m wide, ossature/, { zones, ossatureToleranceM });
    await publishProduced(crossedBy(under + 0.1), { zones, ossatureToleranceM });
    const least = 10 - 2 * Math.max(0.5, 1.1 * resolutionM) - Math.SQRT2 * resolutionM;
    const yardOf = (width: number) => crossedBy(width, { ...yard, ossature: 0, rings: [box(0, 50, 200, width)] });
    await refused(yardOf(least - 0.05), /cour \(nowhere 10 m wide, CS1\.1\.2\.1/, { zones, widthToleranceM });
    await publishProduced(yardOf(least + 0.05), { zones, widthToleranceM });
  }
});

test('ossature of 4 m is refused, but with a reason; of 5 m less what its drawing takes it is not', async () => {
  const zones = [box(0, 0, 200, 100)];
  await refused(crossedBy(4), /reach their width.*route \(nowhere 5 m wide, ossature of CS1\.1\.1\.2/, { zones });
  const listed = [{ id: 'route', rule: 'largeur' as const, reason: 'tronçon d’ossature court entre deux croisements' }];
  await publishProduced(crossedBy(4), { zones, listed });
  await publishProduced(crossedBy(4.2), { zones });
  await publishProduced(crossedBy(6, { code_cs: 'CS1.2.2', code_us: 'US6.3' }), { zones });
});

test('a building narrows the ossature round it', async () => {
  const around: ProducedSketch = {
    ...{ id: 'route', code_cs: 'CS1.1.1.2', code_us: 'US4.1.1', ossature: 1 },
    rings: [box(30, 30, 48, 48), [...box(33, 33, 42, 42)].reverse()],
  };
  const inside: ProducedSketch = { ...house, rings: [box(33, 33, 42, 42)] };
  const meadow: ProducedSketch = { id: 'pré', rings: [box(0, 0, 200, 200), [...box(30, 30, 48, 48)].reverse()] };
  const zones = [box(0, 0, 200, 200)];
  await refused([meadow, around, inside], /reach their width.*route \(nowhere 5 m wide/, { zones });
});

test('a strip that only ends at the outline is as narrow there as elsewhere', async () => {
  const across: ProducedSketch[] = crossedBy(6, { ...yard, ossature: 0, rings: [box(0, 50, 200, 6)] });
  await refused(across, /reach their width.*cour \(nowhere 10 m wide/, { zones: [box(0, 0, 200, 100)] });
  const west: [number, number][] = [
    [-20, 0],
    [0, 0],
    [0, 50],
    [0, 56],
    [0, 106],
    [-20, 106],
  ];
  const nodata = [west];
  await refused(across, /reach their width.*cour \(nowhere 10 m wide/, { zones: [box(0, 0, 200, 100)], nodata });
});

test('a strip along the outline may go on beyond it', () =>
  publishProduced(
    [
      { id: 'pré', rings: [box(0, 0, 200, 200)] },
      { ...yard, id: 'bord', rings: [box(200, 0, 6, 200)] },
    ],
    { zones: [box(0, 0, 206, 200)] },
  ).then(() => {}));

test('a wood that references call forest and is under 20 m wide is listed', async () => {
  const hedge: ProducedSketch = { id: 'haie', code_cs: 'CS2.1.1.1', code_us: 'US1.2', rings: [box(10, 10, 180, 15)] };
  const { revisionId } = await publishProduced(meadowWith(hedge));
  const { rows } = await database.pool.query('select id, regle from production.exception where revision_id = $1', [
    revisionId,
  ]);
  assert.deepEqual(rows, [{ id: 'haie', regle: 'largeur' }]);
});

test('a piece of ossature inside other objects is refused; one at the border, or that goes on, is not', async () => {
  const road = (id: string, ring: [number, number][]): ProducedSketch => ({
    ...{ id, code_cs: 'CS1.1.1.2', code_us: 'US4.1.1', ossature: 1 as const, rings: [ring] },
  });
  await refused(meadowWith(road('île', box(50, 50, 40, 5))), /the ossature hangs together.*île \(a piece of 200\.0 m²/);
  const atBorder: ProducedSketch[] = [
    {
      id: 'pré',
      rings: [
        [
          [0, 0],
          [200, 0],
          [200, 100],
          [160, 100],
          [160, 105],
          [200, 105],
          [200, 200],
          [0, 200],
        ],
      ],
    },
    road('bout', box(160, 100, 40, 5)),
  ];
  await refused(atBorder, /minimal unit.*bout \(200\.0 m² of CS1\.1\.1\.2/);
  const listed = [{ id: 'bout', rule: 'surface' as const, reason: 'ossature coupée par l’emprise' }];
  await publishProduced(atBorder, { listed });
});

test('a piece of ossature that nothing touches may be, where it is listed as going on below the ground, or as water', async () => {
  const island: ProducedSketch = { ...yard, id: 'île', code_us: 'US4.1.1', ossature: 1, rings: [box(50, 50, 40, 5)] };
  const because = (reason: string) => ({ listed: [{ id: 'île', rule: 'surface' as const, reason }] });
  const hangs = /the ossature hangs together.*île \(a piece of 200\.0 m²/;
  await refused(meadowWith(island), hangs);
  await refused(meadowWith(island), hangs, because('tronçon d’ossature court entre deux croisements'));
  await publishProduced(meadowWith(island), because(GOES_ON_BELOW));
  await publishProduced(meadowWith({ ...island, code_cs: 'CS1.2.2', code_us: 'US6.3' }), because(WATER_AS_GIVEN));
});

test('a needle and a vertex given twice are refused; the sharp corner of an extent is not', async () => {
  const zones = [box(50, 50, 60, 60)];
  const edge = (...top: [number, number][]): ProducedSketch => ({
    ...yard,
    rings: [[[60, 60], [90, 60], [90, 80], ...top, [60, 80]]],
  });
  const needle = edge([75.05, 80], [75, 95], [74.95, 80]);
  await refused(meadowWith(needle), /no border folds back.*cour \(a corner of 0\.382° at 506075\.00 6287095\.00/, {
    zones,
  });
  await refused(meadowWith(edge([75, 80], [75, 80])), /no vertex is there twice in a row.*cour \(1 vertices/, {
    zones,
  });
  await publishProduced(meadowWith(edge([75.5, 80], [75, 95], [74.5, 80])), { zones });
  const wedge: ProducedSketch = {
    id: 'coin',
    rings: [
      [
        [0, 0],
        [2000, 0],
        [2000, 17],
      ],
    ],
  };
  await publishProduced([wedge]);
  const cutSharply: ProducedSketch[] = [
    {
      id: 'pré',
      rings: [
        [
          [0, 0],
          [2000, 0],
          [2000, 17],
        ],
      ],
    },
    {
      ...{ id: 'reste', code_cs: 'CS1.2.1', code_us: 'US6.3' },
      rings: [
        [
          [0, 0],
          [2000, 17],
          [2000, 200],
          [0, 200],
        ],
      ],
    },
  ];
  await publishProduced(cutSharply);
});

test('a needle into ground that no image knows is refused as any other', async () => {
  const needle: [number, number][] = [
    [60, 60],
    [90, 60],
    [90, 80],
    [75.05, 80],
    [75, 95],
    [74.95, 80],
    [60, 80],
  ];
  const [meadow] = meadowWith({ id: '', rings: [needle] });
  await refused([meadow!], /no border folds back.*pré \(a corner of 0\.382° at 506075\.00 6287095\.00/, {
    nodata: [needle],
  });
});

test('a zone construite on ground that no image knows is refused; it may go round it', async () => {
  const [meadow] = meadowWith({ id: '', rings: [box(60, 60, 30, 20)] });
  const nodata = [box(60, 60, 30, 20)];
  await refused([meadow!], /zones lie on objects.*zone 0/, { nodata, zones: [box(65, 65, 100, 10)] });
  await publishProduced([meadow!], { nodata, zones: [box(90, 60, 60, 20)] });
});

test('holes that touch in a chain part the interior: refused', async () => {
  const at = (id: string, x: number, y: number): ProducedSketch => ({ ...house, id, rings: [box(x, y, 15, 15)] });
  const ring = [at('sud', 60, 40), at('est', 75, 55), at('nord', 60, 70), at('ouest', 45, 55)];
  await refused(meadowWith(...ring), /geometries are valid polygons.*pré \(Interior is disconnected/);
  await publishProduced(meadowWith(...ring.slice(1)));
});

test('a zone construite that leaves the extent is refused', () =>
  refused(meadowWith(house), /zones lie on objects.*zone 0/, { zones: [box(150, 150, 80, 20)] }));

test('attributes are complete in all we produce', async () => {
  await refused(meadowWith({ ...house, confiance: null }), /attributes are complete.*maison \(no confidence/);
  await refused(meadowWith({ ...house, source: '' }), /attributes are complete.*maison \(no source/);
});

test('a delivery with all of that is published', async () => {
  const sketches: Sketch[] = meadowWith({ ...yard, rings: [box(60, 60, 20, 3)] }).map(({ rings, ...sketch }) => ({
    ...sketch,
    rings,
  }));
  const { rapport } = await publishSketch(database, sketches, demo(2021, { origine: 'imported' }), {
    requireCoverage: false,
  });
  assert.equal(rapport['est_couverture'], true);
});
