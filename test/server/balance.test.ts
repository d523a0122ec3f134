/** Stocks and flows come from different tables; as HTTP tells them they agree, per commune and class, to 1 m². */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import request from 'supertest';
import { openTestDatabase } from '../database.ts';
import { publishPair, publishSquares, testApp } from './published-fixture.ts';

const database = await openTestDatabase();
const app = testApp(database);
const avant = await publishSquares(database, { millesime: 2019, count: 20 });
const apres = await publishSquares(database, { millesime: 2022, count: 20 });
await publishPair(database, { avant, apres, years: [2019, 2022], artif: 0, desartif: 0, comparedM2: 1_000_000 });

const COMMUNES = ['99901', '99902', '99903'];
await database.pool.query(
  `insert into production.territoire
   select 'commune', code, code, '999', null, 2024, 'fictif', 876.4000000024096, st_makeenvelope(506000, 6287000, 506010, 6287010, 2154),
          '{"type":"Polygon","coordinates":[]}' from unnest($1::text[]) as code`,
  [COMMUNES],
);

/** Class, usage, artificial, impermeable. */
const CLASSES: [string, string, boolean, boolean][] = [
  ['CS1.1.1.1', 'US5', true, true],
  ['CS1.1.1.1', 'US2', true, true],
  ['CS1.1.1.2', 'US5', true, true],
  ['CS1.1.2.1', 'US2', true, false],
  ['CS2.2.1', 'US5', true, false],
  ['CS2.2.1', 'US1.1', false, false],
  ['CS1.1.1.2', 'US1.1', false, true],
];

/** The same numbers at every run (Lehmer's generator). */
let state = 20_190_622;
const random = (below: number) => {
  state = (state * 48_271) % 2_147_483_647;
  return state % below;
};

// Cells of ground, each with its class before and after: stocks are their sums by one, flows by both.
for (const commune of [...COMMUNES, null]) {
  for (let cell = 0; cell < 60; cell++) {
    const [was, is] = [CLASSES[random(CLASSES.length)]!, CLASSES[random(CLASSES.length)]!];
    const dm2 = 1 + random(1_000_000);
    for (const [revision, classes] of [
      [avant, was],
      [apres, is],
    ] as const) {
      await database.pool.query('insert into production.statistique_stock values ($1, $2, $3, $4, $5, $6, $7)', [
        revision,
        commune,
        ...classes,
        dm2,
      ]);
    }
    if (was === is) continue;
    await database.pool.query(
      'insert into production.statistique_flux values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
      [avant, apres, commune, ...was, ...is, dm2],
    );
  }
}

interface Ground {
  aire_m2: number;
}
interface ClassStock {
  code: string;
  artificiel: Ground;
  impermeable: Ground;
}
interface ClassFlux {
  code: string;
  gagne: Ground;
  perdu: Ground;
  variation: Ground;
}
const get = async (path: string) => (await request(app).get(path).expect(200)).body;

suite('stocks and flows agree to 1 m²', () => {
  for (const place of [...COMMUNES.map((code) => `commune=${code}`), 'departement=999']) {
    test(`class by class, ${place}`, async () => {
      const { stocks } = await get(`/statistics/stock?${place}`);
      const flux = await get(`/statistics/flux?${place}&from=2019&to=2022`);
      let inside = 0;
      for (const [name, verdict] of [
        ['artificialisation', 'artificiel'],
        ['impermeabilisation', 'impermeable'],
      ] as const) {
        const totals = stocks.map((stock: ClassStock) => stock[verdict].aire_m2);
        assert.ok(Math.abs(totals[1] - totals[0] - flux[name].variation.aire_m2) <= 1, `${name}, total`);
        assert.equal(flux[name].variation.aire_m2, flux[name].net.aire_m2);
        for (const dimension of ['couverture', 'usage'] as const) {
          for (const code of new Set(CLASSES.flat().filter((value) => typeof value === 'string'))) {
            const of = (list: ClassStock[]) => list.find((entry) => entry.code === code)?.[verdict].aire_m2 ?? 0;
            const told = flux[name][dimension].find((entry: ClassFlux) => entry.code === code) as ClassFlux | undefined;
            const variation = told?.variation.aire_m2 ?? 0;
            const difference = of(stocks[1][dimension]) - of(stocks[0][dimension]);
            assert.ok(Math.abs(difference - variation) <= 1, `${name} ${code}: ${difference} and ${variation}`);
            if (told && Math.abs(told.gagne.aire_m2 - told.perdu.aire_m2 - variation) > 1) inside++;
          }
        }
      }
      assert.ok(inside > 0, 'some ground went from one class to another inside the verdict');
    });
  }

  test('a class that only moved inside the verdict is told', async () => {
    await database.pool.query(
      `insert into production.territoire values ('commune', '99904', 'Clos', '999', null, 2024, 'fictif', 100,
         st_makeenvelope(506000, 6287000, 506010, 6287010, 2154), '{"type":"Polygon","coordinates":[]}')`,
    );
    await database.pool.query(
      `insert into production.statistique_flux values ($1, $2, '99904', 'CS1.1.1.1', 'US5', true, true, 'CS1.1.1.2', 'US5', true, true, 4250)`,
      [avant, apres],
    );
    const { artificialisation } = await get('/statistics/flux?commune=99904&from=2019&to=2022');
    const told = artificialisation.couverture.map(({ code, gagne, perdu, variation }: ClassFlux) => [
      code,
      gagne.aire_m2,
      perdu.aire_m2,
      variation.aire_m2,
    ]);
    assert.deepEqual(told, [
      ['CS1.1.1.1', 0, 0, -42.5],
      ['CS1.1.1.2', 0, 0, 42.5],
    ]);
    assert.deepEqual(artificialisation.usage, []);
    assert.deepEqual(artificialisation.variation, { aire_m2: 0, aire_ha: 0 });
  });
});

test('areas have 2 decimals in m² and 6 in ha at most', async () => {
  await database.pool.query(`update production.occupation_sol set aire_m2 = 876.4000000024096 where revision_id = $1`, [
    apres,
  ]);
  await database.pool.query(
    `update production.revision set superposition_m2 = 1234.5600000001, est_couverture = false where id = $1`,
    [apres],
  );
  for (const path of [
    '/',
    '/collections',
    '/collections/communes/items',
    '/collections/occupation-sol-999-2022/items',
    '/collections/occupation-sol-999-2022/items/OCSGE0000000000000000001',
    '/changes?departement=999&from=2019&to=2022',
    '/changes/summary?departement=999&from=2019&to=2022',
    '/statistics/stock?commune=99901',
    '/statistics/stock',
    '/statistics/flux?departement=999&from=2019&to=2022',
  ]) {
    const { text } = await request(app).get(path).expect(200);
    assert.doesNotMatch(text, /_m2":-?\d*\.\d{3}|_m2":[^,}]*e-|_ha":-?\d*\.\d{7}/, path);
  }
});
