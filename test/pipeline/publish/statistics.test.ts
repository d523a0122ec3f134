import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Position } from 'geojson';
import { makePair } from '../../../pipeline/changes/make-pair.ts';
import { makeStock } from '../../../pipeline/publish/statistics.ts';
import { openTestDatabase } from '../../database.ts';
import { addCommune, context, loadRevision, type Parcel, rectangle, saw } from '../changes/coverages.ts';

const database = await openTestDatabase();
const { pool } = database;

const load = async (departement: string, millesime: number, parcels: Parcel[]) => {
  const { revisionId, table } = await loadRevision(database, departement, millesime, parcels);
  await makeStock(database, revisionId, table, context());
  return revisionId;
};

suite('stocks', () => {
  test('by commune and class; ground in no commune has a row without one; made again they are replaced', async () => {
    await addCommune(database, '01', '01001', rectangle(0, 0, 100, 100));
    await addCommune(database, '01', '01002', rectangle(100, 0, 130, 100));
    const field = { cs: 'CS2.2.1', us: 'US1.1' };
    const parcels = [
      { ...field, rings: [rectangle(0, 0, 40, 100)] },
      { cs: 'CS1.1.1.1', us: 'US5', rings: [rectangle(40, 0, 140, 10)] },
      { ...field, rings: [rectangle(40, 10, 140, 100)] },
    ];
    const { revisionId, table } = await loadRevision(database, '01', 2019, parcels);
    for (let times = 0; times < 2; times++) await makeStock(database, revisionId, table, context());
    const { rows } = await pool.query(
      `select commune, code_cs, code_us, artificiel, impermeable, aire_dm2
         from production.statistique_stock where revision_id = $1 order by commune, code_cs`,
      [revisionId],
    );
    assert.deepEqual(
      rows.map((row) => Object.values(row).join(' ')),
      [
        '01001 CS1.1.1.1 US5 true true 60000',
        '01001 CS2.2.1 US1.1 false false 940000',
        '01002 CS1.1.1.1 US5 true true 30000',
        '01002 CS2.2.1 US1.1 false false 270000',
        ' CS1.1.1.1 US5 true true 10000',
        ' CS2.2.1 US1.1 false false 90000',
      ],
    );
  });

  test('an object of very many vertices is cut by one commune after the other', async () => {
    await addCommune(database, '02', '02001', rectangle(0, -10, 100, 300));
    await addCommune(database, '02', '02002', rectangle(100, -10, 400, 300));
    const field = { cs: 'CS2.2.1', us: 'US1.1' };
    const parcels = [
      { ...field, rings: [saw(20_000, 0, 250, 9)] }, // as high everywhere, but for its teeth: 250 m
      { ...field, rings: [rectangle(0, 260, 100, 270)] },
    ];
    const { revisionId, table } = await loadRevision(database, '02', 2019, parcels);
    await makeStock(database, revisionId, table, context());
    const { rows } = await pool.query(
      'select commune, aire_dm2 from production.statistique_stock where revision_id = $1 order by commune',
      [revisionId],
    );
    assert.deepEqual(rows.map(Object.values), [
      ['02001', 2_600_000],
      ['02002', 7_500_000],
      [null, 2_500_000],
    ]);
  });
});

/** A coverage of `side` × `side` quadrangles with crooked corners, and a second date: other classes, cut and merged parcels. */
const SIDE = 7;
const STEP_M = 31.7;
const CLASSES = [
  { cs: 'CS1.1.1.1', us: 'US5' },
  { cs: 'CS2.2.1', us: 'US1.1' },
  { cs: 'CS2.1.1.1', us: 'US1.2' },
  { cs: 'CS1.2.1', us: 'US1.1' },
];
const shift = fc.double({ min: -0.4, max: 0.4, noNaN: true });
const cell = fc.record({ before: fc.nat(3), after: fc.nat(3), what: fc.constantFrom('same', 'same', 'class', 'cut') });
const twoDates = fc.record({
  corners: fc.array(fc.tuple(shift, shift), { minLength: (SIDE + 1) ** 2, maxLength: (SIDE + 1) ** 2 }),
  moved: fc.array(fc.boolean(), { minLength: (SIDE + 1) ** 2, maxLength: (SIDE + 1) ** 2 }),
  cells: fc.array(cell, { minLength: SIDE ** 2, maxLength: SIDE ** 2 }),
  border: fc.array(fc.tuple(shift, shift), { minLength: 6, maxLength: 6 }),
});
type TwoDates = typeof twoDates extends fc.Arbitrary<infer Value> ? Value : never;

/** Corner i, j; on the rim it does not move, so that both dates cover the same ground. `late`: some corners moved meanwhile. */
function corner({ corners, moved }: TwoDates, i: number, j: number, late: boolean): Position {
  const rim = i === 0 || j === 0 || i === SIDE || j === SIDE;
  const at = j * (SIDE + 1) + i;
  const [dx, dy] = rim ? [0, 0] : corners[at]!;
  const factor = late && moved[at]! ? 0.6 : 1;
  return [(i + dx * factor) * STEP_M, (j + dy * factor) * STEP_M];
}

function parcelsAt(plan: TwoDates, late: boolean): Parcel[] {
  return plan.cells.flatMap(({ before, after, what }, index) => {
    const [i, j] = [index % SIDE, Math.floor(index / SIDE)];
    const [a, b, c, d] = [
      [i, j],
      [i + 1, j],
      [i + 1, j + 1],
      [i, j + 1],
    ].map(([x, y]) => corner(plan, x!, y!, late)) as [Position, Position, Position, Position];
    const was = CLASSES[before]!;
    if (!late || what === 'same') return [{ ...was, rings: [[a, b, c, d, a]] }];
    if (what === 'class') return [{ ...CLASSES[after]!, rings: [[a, b, c, d, a]] }];
    // Cut along the diagonal that lies inside even when the quadrangle is not convex: corners move by less than half a step.
    const m: Position = [(a[0]! + b[0]! + c[0]! + d[0]!) / 4, (a[1]! + b[1]! + c[1]! + d[1]!) / 4];
    return [
      { ...was, rings: [[a, b, m, d, a]] },
      { ...CLASSES[after]!, rings: [[b, c, d, m, b]] },
    ];
  });
}

/** Stocks after − stocks before, and what flowed in − out, by commune and class, dm². */
const BALANCE = `
  with changement as (
    select commune, code_cs as cs, code_us as us, artificiel, impermeable,
           case when revision_id = $2 then aire_dm2 else -aire_dm2 end as stock, 0 as flux
      from production.statistique_stock where revision_id in ($1, $2)
    union all
    select commune, cs_apres, us_apres, artificiel_apres, impermeable_apres, 0, aire_dm2
      from production.statistique_flux where revision_avant = $1 and revision_apres = $2
    union all
    select commune, cs_avant, us_avant, artificiel_avant, impermeable_avant, 0, -aire_dm2
      from production.statistique_flux where revision_avant = $1 and revision_apres = $2
  )
  select commune, cs, us, sum(stock)::int as stock, sum(flux)::int as flux
    from changement group by commune, cs, us, artificiel, impermeable`;

suite('stocks and flows', () => {
  test('agree to 1 m² per commune and class on any two coverages of the same ground, communes cutting through objects', async () => {
    let departement = 10;
    let flowed = 0;
    const property = fc.asyncProperty(twoDates, async (plan) => {
      const code = String(departement++);
      const width = SIDE * STEP_M;
      const border = plan.border.map(([dx], k): Position => [width * (0.5 + dx * 0.3), (width * k) / 5]);
      await addCommune(database, code, `${code}001`, [[0, 0], ...border, [0, width], [0, 0]]);
      // The second leaves a strip in the north-east that lies in no commune.
      await addCommune(database, code, `${code}002`, [...border, [width * 0.8, width], [width, 0], border[0]!]);
      const avant = await load(code, 2019, parcelsAt(plan, false));
      const apres = await load(code, 2022, parcelsAt(plan, true));
      await makePair(database, avant, apres, context());
      const { rows } = await pool.query(BALANCE, [avant, apres]);
      for (const { commune, cs, us, stock, flux } of rows) {
        assert.ok(
          Math.abs(stock - flux) <= 100,
          `${commune} ${cs} ${us}: stocks differ by ${stock} dm², flows by ${flux}`,
        );
        flowed += Math.abs(flux);
      }
      const pair = await pool.query(
        'select aire_avant_seule_dm2 + aire_apres_seule_dm2 as alone from production.difference_paire where revision_avant = $1',
        [avant],
      );
      assert.equal(pair.rows[0].alone, 0);
    });
    await fc.assert(property, { numRuns: 12, seed: 20190, endOnFailure: true });
    assert.ok(flowed > 1_000_000, `ground changed hands: ${flowed} dm²`);
  });
});
