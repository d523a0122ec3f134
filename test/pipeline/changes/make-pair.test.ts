import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { makePair } from '../../../pipeline/changes/make-pair.ts';
import { makePairs } from '../../../pipeline/changes/make-pairs.ts';
import { remakeFlux } from '../../../pipeline/changes/remake-flux.ts';
import { silentReport } from '../../../pipeline/log.ts';
import { openTestDatabase } from '../../database.ts';
import { addCommune, context, loadRevision, makeCurrent, type Parcel, rectangle } from './coverages.ts';

const database = await openTestDatabase();
const { pool } = database;

/** Each test has a département of its own. */
const pair = async (departement: string, before: Parcel[], after: Parcel[]) => {
  const avant = await loadRevision(database, departement, 2019, before);
  const apres = await loadRevision(database, departement, 2022, after);
  return { avant: avant.revisionId, apres: apres.revisionId };
};

const pairRow = async (avant: number, apres: number) => {
  const { rows } = await pool.query(
    `select nombre, identiques, aire_comparee_dm2 as comparee, aire_avant_seule_dm2 as avant_seule,
            aire_apres_seule_dm2 as apres_seule
       from production.difference_paire where revision_avant = $1 and revision_apres = $2`,
    [avant, apres],
  );
  return rows[0];
};

/** What `difference` says of a pair, one line a row, in its order. */
const differences = async (avant: number, apres: number) => {
  const { rows } = await pool.query<{ line: string }>(
    `select concat_ws(' ', rang, cs_avant, us_avant, '→', cs_apres, us_apres, aire_dm2, 'dm2',
              round((ST_XMin(geom) - 506000)::numeric), round((ST_YMin(geom) - 6287000)::numeric), ST_GeometryType(geom)) as line
       from production.difference where revision_avant = $1 and revision_apres = $2 order by rang`,
    [avant, apres],
  );
  return rows.map((row) => row.line);
};

const leftovers = async () => {
  const { rows } = await pool.query(
    `select (select count(*) from production.paire_reste) + (select count(*) from production.paire_piece)
          + (select count(*) from production.paire_morceau) + (select count(*) from production.paire_fragment)
          + (select count(*) from production.paire_travail) as n`,
  );
  return rows[0].n;
};

const field = (x0: number, y0: number, x1: number, y1: number): Parcel => ({
  cs: 'CS2.2.1',
  us: 'US1.1',
  rings: [rectangle(x0, y0, x1, y1)],
});
const house = (x0: number, y0: number, x1: number, y1: number): Parcel => ({
  cs: 'CS1.1.1.1',
  us: 'US5',
  rings: [rectangle(x0, y0, x1, y1)],
});

/** Down into the field and up again, twice: the southern side of one house, the northern of the field below it. */
const teeth = [
  [0, 10],
  [10, 10],
  [10, 5],
  [30, 5],
  [30, 10],
  [60, 10],
  [60, 5],
  [80, 5],
  [80, 10],
  [90, 10],
];

suite('differences of two millésimes', () => {
  test('a house on a field is the house; the rest of the field is compared and equal', async () => {
    const hole = { ...field(0, 0, 100, 100), rings: [rectangle(0, 0, 100, 100), rectangle(40, 40, 50, 52)] };
    const { avant, apres } = await pair(
      '01',
      [field(0, 0, 100, 100), field(100, 0, 150, 100)],
      [field(100, 0, 150, 100), hole, house(40, 40, 50, 52)],
    );
    await makePair(database, avant, apres, context());
    assert.deepEqual(await differences(avant, apres), ['1 CS2.2.1 US1.1 → CS1.1.1.1 US5 12000 dm2 40 40 ST_Polygon']);
    assert.deepEqual(await pairRow(avant, apres), {
      ...{ nombre: 1, identiques: 1, comparee: 1_500_000, avant_seule: 0, apres_seule: 0 },
    });
    const { rows } = await pool.query(
      `select d.id, artificiel_avant, artificiel_apres, impermeable_apres, geojson_wgs84 from production.difference d
        where revision_avant = $1`,
      [avant],
    );
    assert.equal(rows[0].id, 'OCSGE2019000000000000001-OCSGE2022000000000000003-1');
    assert.deepEqual(
      [rows[0].artificiel_avant, rows[0].artificiel_apres, rows[0].impermeable_apres],
      [false, true, true],
    );
    assert.match(rows[0].geojson_wgs84, /^\{"type":"Polygon","coordinates":\[\[\[0\.\d{5,7},43\.\d{5,7}\],/);
    assert.equal(await leftovers(), 0);
  });

  test('identical geometry: only a change of usage, or of the verdict alone, is a difference', async () => {
    const before = [field(0, 0, 10, 10), field(10, 0, 20, 10), field(20, 0, 30, 10)];
    const after = before.map((parcel, i) => (i === 1 ? { ...parcel, us: 'US1.2' } : parcel));
    const { avant, apres } = await pair('02', before, after);
    await pool.query('update production.occupation_sol set artificiel = true where revision_id = $1 and rang = 3', [
      apres,
    ]);
    await makePair(database, avant, apres, context());
    assert.deepEqual(await differences(avant, apres), [
      '1 CS2.2.1 US1.1 → CS2.2.1 US1.2 10000 dm2 10 0 ST_Polygon',
      '2 CS2.2.1 US1.1 → CS2.2.1 US1.1 10000 dm2 20 0 ST_Polygon',
    ]);
    assert.equal((await pairRow(avant, apres)).identiques, 3);
  });

  test('an intersection in two parts is two rows, from the west', async () => {
    const { avant, apres } = await pair(
      '03',
      [field(0, 0, 90, 10), house(0, 10, 90, 20)],
      [
        { ...house(0, 0, 0, 0), rings: [[...teeth, [90, 20], [0, 20], [0, 10]]] },
        { ...field(0, 0, 0, 0), rings: [[...teeth.toReversed(), [0, 0], [90, 0], [90, 10]]] },
      ],
    );
    await makePair(database, avant, apres, context());
    const { rows } = await pool.query<{ id: string }>(
      'select id from production.difference where revision_avant = $1 order by rang',
      [avant],
    );
    assert.deepEqual(await differences(avant, apres), [
      '1 CS2.2.1 US1.1 → CS1.1.1.1 US5 10000 dm2 10 5 ST_Polygon',
      '2 CS2.2.1 US1.1 → CS1.1.1.1 US5 10000 dm2 60 5 ST_Polygon',
    ]);
    assert.deepEqual(
      rows.map(({ id }) => id.slice(-2)),
      ['-1', '-2'],
    );
  });

  test('ground that one date does not cover is told, not compared', async () => {
    const { avant, apres } = await pair('04', [field(0, 0, 100, 10)], [field(40, 0, 100, 10), house(100, 0, 125, 10)]);
    await makePair(database, avant, apres, context());
    assert.deepEqual(await differences(avant, apres), []);
    assert.deepEqual(await pairRow(avant, apres), {
      ...{ nombre: 0, identiques: 0, comparee: 60_000, avant_seule: 40_000, apres_seule: 25_000 },
    });
  });

  test('a delivery that overlaps itself: every pair of objects is compared, the same geometry twice is matched twice', async () => {
    const twice = [field(0, 0, 10, 10), { ...field(0, 0, 10, 10), cs: 'CS2.1.1.1' }];
    const { avant, apres } = await pair(
      '05',
      [...twice, field(20, 0, 30, 10), field(25, 0, 35, 10)],
      [...twice.toReversed(), house(20, 0, 35, 10)],
    );
    await makePair(database, avant, apres, context());
    assert.deepEqual(await differences(avant, apres), [
      '1 CS2.2.1 US1.1 → CS1.1.1.1 US5 10000 dm2 20 0 ST_Polygon',
      '2 CS2.2.1 US1.1 → CS1.1.1.1 US5 10000 dm2 25 0 ST_Polygon',
    ]);
    assert.deepEqual(await pairRow(avant, apres), {
      ...{ nombre: 2, identiques: 2, comparee: 40_000, avant_seule: 0, apres_seule: 0 },
    });
  });

  test('flows are cut by communes, again when these change; ground in none has a row without one', async () => {
    await addCommune(database, '06', '06001', rectangle(0, 0, 15, 50));
    await addCommune(database, '06', '06002', rectangle(15, 0, 24, 50));
    const { avant, apres } = await pair('06', [field(10, 0, 30, 10)], [house(10, 0, 30, 10)]);
    await makePair(database, avant, apres, context());
    const flows = async () => {
      const { rows } = await pool.query(
        'select commune, cs_avant, us_apres, aire_dm2 from production.statistique_flux where revision_avant = $1 order by commune',
        [avant],
      );
      return rows.map((row) => Object.values(row).join(' '));
    };
    const cut = ['06001 CS2.2.1 US5 5000', '06002 CS2.2.1 US5 9000', ' CS2.2.1 US5 6000'];
    assert.deepEqual(await flows(), cut);
    await remakeFlux(database, '06', context());
    assert.deepEqual(await flows(), cut);
    await addCommune(database, '06', '06003', rectangle(24, 0, 29, 50));
    await remakeFlux(database, '06', context());
    assert.deepEqual(await flows(), [...cut.slice(0, 2), '06003 CS2.2.1 US5 5000', ' CS2.2.1 US5 1000']);
  });

  test('surfaces whose edges nearly coincide, which make GEOS throw where there is no grid, share what they share', async () => {
    const star = (turn: number) => {
      const ring = Array.from({ length: 40 }, (_, i) => {
        const [angle, radius] = [(i * Math.PI) / 20 + turn, i % 2 ? 100 : 80];
        return `${506_000.123 + radius * Math.cos(angle)} ${6_287_000.456 + radius * Math.sin(angle)}`;
      });
      return `POLYGON((${[...ring, ring[0]].join(',')}))`;
    };
    for (let power = 2; power < 15; power += 0.25) {
      const { rows } = await pool.query(
        `select ST_Area($1::geometry) as whole, ST_Area(production.surface_commune($1, $2)) as shared,
                ST_Area(production.surface_seule($1, $2)) as alone`,
        [star(0), star(10 ** -power)],
      );
      assert.equal(rows.length, 1, `turned by 1e-${power}: the statement came to its end`);
      const { whole, shared, alone } = rows[0];
      assert.ok(Math.abs(shared + alone - whole) < 0.005, `turned by 1e-${power}: ${shared} + ${alone} = ${whole}`);
    }
  });
});

suite('making pairs', () => {
  test('stopped half-way, no pair is visible and nothing is left; made again it is whole; made twice it is made once', async () => {
    const { avant, apres } = await pair('07', [field(0, 0, 10, 10)], [house(0, 0, 5, 10), field(5, 0, 10, 10)]);
    for (const where of ['Identical objects', 'Overlay', 'Flows']) {
      const stop = new AbortController();
      const step = (label: string) => {
        if (label === where) stop.abort();
        return silentReport.step(label, 0, '');
      };
      const ctx = { ...context(stop.signal), report: { ...silentReport, step } };
      await assert.rejects(makePair(database, avant, apres, ctx), { name: 'Stopped' }, where);
      assert.equal(await pairRow(avant, apres), undefined);
      assert.equal(await leftovers(), 0);
    }
    await Promise.all([makePair(database, avant, apres, context()), makePair(database, avant, apres, context())]);
    assert.deepEqual(await differences(avant, apres), ['1 CS2.2.1 US1.1 → CS1.1.1.1 US5 5000 dm2 0 0 ST_Polygon']);
    assert.equal(await leftovers(), 0);
  });

  test('what a killed process left is taken away by the next', async () => {
    await pool.query(
      `with t as (insert into production.paire_travail values (gen_random_uuid(), now() - interval '2 days') returning travail)
       insert into production.paire_reste select travail, 'avant', 1, 1 from t`,
    );
    const { avant, apres } = await pair('08', [field(0, 0, 10, 10)], [field(0, 0, 10, 10)]);
    await makePair(database, avant, apres, context());
    assert.equal(await leftovers(), 0);
  });

  test('a revision is paired with the current revision of every other millésime, the earlier year first', async () => {
    const y2016 = await loadRevision(database, '09', 2016, [field(0, 0, 10, 10)]);
    const y2022 = await loadRevision(database, '09', 2022, [house(0, 0, 10, 10)]);
    const former2019 = await loadRevision(database, '09', 2019, [field(0, 0, 10, 10)]);
    await makeCurrent(database, '09', 2016, y2016.revisionId);
    await makeCurrent(database, '09', 2022, y2022.revisionId);
    await makeCurrent(database, '09', 2019, former2019.revisionId);
    const y2019 = await loadRevision(database, '09', 2019, [house(0, 0, 10, 10)]);
    await makePairs(database, y2019.revisionId, context());
    const { rows } = await pool.query(
      `select millesime_avant, revision_avant, millesime_apres, revision_apres, nombre
         from production.difference_paire where departement = '09' order by 1`,
    );
    assert.deepEqual(rows.map(Object.values), [
      [2016, y2016.revisionId, 2019, y2019.revisionId, 1],
      [2019, y2019.revisionId, 2022, y2022.revisionId, 0],
    ]);
  });
});
